public import AssetModel
import SizePlanning

extension EditModels {
    /// The entry of an endpoint id; an error that lists the known ones for anything else.
    public static func model(_ id: String) throws(LibraryError) -> EditModel {
        guard let model = entry(id) else {
            let known = all.map(\.id).joined(separator: ", ")
            throw LibraryError(
                .invalidInput, code: "unknown_model",
                "\(id): Atelier does not know this model's sizes and prices; it knows \(known)", remedy: .runWithInput)
        }
        return model
    }
}

extension EditModel {
    /// What the model returns for a size: the rule that decides and the pixels.
    ///
    /// With `keepAspect` the size is that of the only reference; otherwise it is the size asked for. A model that needs
    /// no references is asked about a request without any. Errors: no ratio, or too thin to keep.
    public func output(width: Int, height: Int, keepAspect: Bool) throws(LibraryError) -> (
        rule: SizeRule, size: PixelSize
    ) {
        let planner = SizePlanner(policy: sizes(withReferences: needsReferences || keepAspect))
        let rule = keepAspect ? .keepAspect : planner.usualRule
        do {
            return (rule, try planner.output(rule, width: width, height: height))
        } catch {
            throw LibraryError(error)
        }
    }

    /// How sizes work with references, or without.
    func sizes(withReferences: Bool) -> SizePolicy {
        switch withReferences ? sizesWithReferences : sizesWithoutReferences {
        case .hiDreamO1List: .hiDreamO1Edit
        case .hiDreamO1Grid: .hiDreamO1Create
        }
    }

    /// The parts of a request that this entry says nothing about: nothing can be planned for a request that has any.
    func undescribedFields(of request: RunRequest) -> [String] {
        guard case .object(let fields) = request.parameters else { return [] }
        let known = Set(InputField.parameters.map(\.rawValue))
        return fields.keys.filter { !known.contains($0) }.sorted()
    }

    /// Checks every field against the model's published ranges, so that nothing is sent that can only be refused.
    func check(_ request: RunRequest) throws(LibraryError) {
        for field in InputField.parameters {
            guard request.parameters[field]?.isValid(for: field) ?? true else { throw RunRequest.invalid(field) }
        }
        if request.prompt.allSatisfy(\.isWhitespace) {
            throw LibraryError(.invalidInput, code: "empty_prompt", "the prompt is empty")
        }
        if needsReferences, request.references.isEmpty {
            throw LibraryError(
                .invalidInput, code: "no_reference", "\(id) needs at least one reference", remedy: .addReference)
        }
        if let count = request.imageCount, !imageCount.contains(count) {
            throw outside("the number of images", count, "\(imageCount.lowerBound) to \(imageCount.upperBound)")
        }
        if let count = request.steps, !steps.contains(count) {
            throw outside("the number of steps", count, "\(steps.lowerBound) to \(steps.upperBound)")
        }
        if let strength = request.guidance, !guidance.contains(strength) {
            throw outside("guidance", strength, "\(Int(guidance.lowerBound)) to \(Int(guidance.upperBound))")
        }
        if let format = request.outputFormat, !outputFormats.contains(format) {
            throw outside("the output format", format.rawValue, outputFormats.map(\.rawValue).joined(separator: ", "))
        }
    }

    private func outside(
        _ field: String, _ value: some CustomStringConvertible, _ range: String
    ) -> LibraryError {
        LibraryError(.invalidInput, code: "out_of_range", "\(field) is \(value); \(id) accepts \(range)")
    }
}
