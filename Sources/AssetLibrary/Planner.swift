import AssetCatalog
import AssetModel
import FalAPI
import SizePlanning

/// Decides everything about a run before anything is sent: `RunRequest → RunPlan`. Reads the catalog; changes nothing.
struct Planner: Sendable {
    let history: History
    let copies: CopyMaker
    let earlier: EarlierRuns
    let environment: Library.Environment
    /// Where requests go; nil when nowhere, and then nothing counts as uploaded.
    let host: RemoteHost?

    /// A model that is described validates and plans; for any other endpoint there is nothing to plan beside what is sent.
    func plan(_ request: RunRequest) async throws -> RunPlan {
        try FalQueue.check(request.model, SubmitOptions(request.terms))
        guard !request.prompt.contains("\0") else {
            throw LibraryError(
                .invalidInput, code: "bad_prompt", "the prompt holds a NUL character, which cannot be kept")
        }
        _ = try ReferenceSet(request.references.map(\.asset))
        guard let model = EditModels.entry(request.model) else { return try await plan(request, undescribed: []) }
        let undescribed = model.undescribedFields(of: request)
        guard undescribed.isEmpty else { return try await plan(request, undescribed: undescribed) }
        try model.check(request)
        return try await plan(request, as: model)
    }

    private func plan(_ request: RunRequest, as model: EditModel) async throws -> RunPlan {
        let planner = SizePlanner(policy: model.sizes(withReferences: !request.references.isEmpty))
        let (size, copies) = try Self.sizes(request, planner, model)
        for (index, (picture, copy)) in zip(request.references, copies).enumerated() {
            try request.sending.checkPixels(of: picture.facts, as: copy, for: model, "reference \(index + 1)")
        }
        var references: [RunPlan.Reference] = []
        for ((picture, view), copy) in zip(zip(request.references, size.references), copies) {
            references.append(try await reference(picture, at: [], view, copy, request.sending))
        }
        let megapixels = size.output.megapixels * Double(request.imageCount ?? 1)
        let warnings =
            PlanWarning.about(size, of: request, planner) + PlanWarning.about(references)
            + PlanWarning.about(request.sending, references) + PlanWarning.aboutPixels(of: references, for: model)
        return RunPlan(
            request: request, references: references, input: Self.input(request, references),
            estimate: .init(size: size, megapixels: megapixels), price: try await price(of: request.model),
            warnings: warnings + (try await earlierWarnings(request)))
    }

    private func plan(_ request: RunRequest, undescribed: [String]) async throws -> RunPlan {
        let fields = request.parameters.pictureFields
        let model = EditModels.entry(request.model)
        let (placed, given) = (Set(fields.compactMap(\.asset)), Set(request.references.map(\.asset)))
        guard placed == given || model != nil && placed.isSubset(of: given) else {
            throw LibraryError(
                .invalidInput, code: "no_reference_field",
                "nothing is known about where \(request.model) takes references", remedy: .setPictureField)
        }
        var references: [RunPlan.Reference] = []
        for (index, picture) in request.references.enumerated() {
            let places = fields.filter { $0.asset == picture.asset }.map(\.path)
            let name = places.first ?? "reference \(index + 1)"
            let copy = try request.sending.copy(of: picture.facts, for: model, name)
            try request.sending.checkPixels(of: picture.facts, as: copy, for: model, name)
            references.append(try await reference(picture, at: places, nil, copy, request.sending))
        }
        let warnings =
            (undescribed.isEmpty ? [] : [PlanWarning.undescribedFields(undescribed)])
            + PlanWarning.about(request.sending, references) + PlanWarning.aboutPixels(of: references, for: model)
        return RunPlan(
            request: request, references: references, input: Self.input(request, references), estimate: nil,
            price: try await price(of: request.model), warnings: warnings + (try await earlierWarnings(request)))
    }

    /// What will have to be sent of a picture: nothing when a URL is known, else a number of bytes, an estimate as long as
    /// the copy does not exist.
    private func reference(
        _ picture: ReferencePicture, at places: [String], _ view: SizePlan.ReferenceView?, _ copy: UploadCopy?,
        _ sending: Sending
    ) async throws -> RunPlan.Reference {
        func reference(_ url: String?, _ byteCount: Int64, isExact: Bool) -> RunPlan.Reference {
            .init(
                picture: picture, places: places, view: view, copy: copy, reusedURL: url, byteCount: byteCount,
                isByteCountExact: isExact)
        }
        let order = UploadOrder(
            asset: picture.asset, facts: picture.facts, copy: copy, access: sending.access, lifetime: sending.lifetime)
        if let host, let upload = try await history.catalog.upload(order.key(on: host), now: environment.now()) {
            return reference(upload.url, upload.byteCount, isExact: true)
        }
        guard let copy else { return reference(nil, picture.facts.byteCount, isExact: true) }
        let (bytes, isExact) = copies.byteCount(copy, of: picture.asset, picture.facts)
        return reference(nil, bytes, isExact: isExact)
    }

    private func price(of endpoint: String) async throws -> UnitPrice? {
        PriceBook(try await history.catalog.prices(of: endpoint)).price(of: endpoint, on: host)
    }

    /// Every size that a request's model supports, as `candidates(for:_:)` finds them, by the price on record.
    func candidates(for request: RunRequest) async throws -> [SizeCandidate] {
        try Self.candidates(for: request, try await price(of: request.model))
    }

    private static func input(_ request: RunRequest, _ references: [RunPlan.Reference]) -> JSONValue {
        request.input(urls: references.map { $0.reusedURL ?? "upload:\($0.picture.asset.hex)" })
    }

    private func earlierWarnings(_ request: RunRequest) async throws -> [PlanWarning] {
        if let run = try await earlier.unknownRun(of: request) { return [.mayHaveBeenSent(run)] }
        return try await earlier.run(of: request).map { [.earlier($0)] } ?? []
    }

    /// The size plan for what will really be sent, and how each reference's copy differs from it.
    static func sizes(
        _ request: RunRequest, _ planner: SizePlanner, _ model: EditModel
    ) throws -> (size: SizePlan, copies: [UploadCopy?]) {
        var copies: [UploadCopy?] = []
        for (index, picture) in request.references.enumerated() {
            copies.append(try request.sending.copy(of: picture.facts, for: model, "reference \(index + 1)"))
        }
        func sentSizes() -> [PixelSize] {
            zip(request.references, copies).map { $1?.size(of: $0.facts) ?? $0.facts.storedSize }
        }
        var size = try planner.plan(request.size, references: sentSizes(), keepAspect: request.keepAspect)
        guard request.sending.shrink, !request.sending.asIs else { return (size, copies) }
        let smaller = planner.smallestEqual(sentSizes(), to: size, request.size, keepAspect: request.keepAspect)
        for (index, picture) in request.references.enumerated() {
            copies[index] = try request.sending.copy(
                of: picture.facts, for: model, "reference \(index + 1)", shrunkTo: smaller[index])
        }
        size = try planner.plan(request.size, references: sentSizes(), keepAspect: request.keepAspect)
        return (size, copies)
    }
}
