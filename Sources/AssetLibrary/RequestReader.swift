import AssetCatalog
public import AssetModel
import Foundation

/// Makes requests from what people write and from runs of earlier.
struct RequestReader: Sendable {
    let history: History
    let resolver: NameResolver

    func request(again run: Run) async throws -> RunRequest {
        let known = try await history.catalog.assets(run.references.members)
        var request = RunRequest(model: run.model, prompt: run.prompt)
        request.references = try run.references.members.map { digest in
            guard let asset = known[digest] else {
                throw LibraryError(
                    .notFound, code: "unknown_asset", "\(digest.short): a reference of \(run.id) is not in the library")
            }
            return ReferencePicture(asset)
        }
        request.parameters = run.parameters
        request.seed = request.seed ?? run.seed
        request.sending = Sending(run.sending, of: request.references, to: run.model)
        request.terms = run.terms
        return request
    }

    func request(_ model: String, input: JSONValue) async throws -> RunRequest {
        var references: [ReferencePicture] = []
        var places: [String: [String]] = [:]
        for field in input.pictureFields where !field.isAddress {
            let found = try await pictures(of: field)
            guard field.isInArray || found.count == 1 else {
                throw LibraryError(
                    .invalidInput, code: "several_pictures",
                    "\(field.path): \(field.text) names \(found.count) pictures, and there is room for one")
            }
            places[field.path] = found.map { PictureField.placeholder(of: $0.asset) }
            for picture in found where !references.contains(where: { $0.asset == picture.asset }) {
                references.append(picture)
            }
        }
        let request = RunRequest(
            model: model, input: input.replacingPictureFields { places[$0.path] ?? [$0.text] }, references: references)
        return request.withReferencesUnplaced()
    }

    func changing(_ request: RunRequest, _ changes: [(name: String, value: String)]) async throws -> RunRequest {
        if let model = EditModels.entry(request.model), model.undescribedFields(of: request).isEmpty {
            var changed = request
            for (name, value) in changes { try changed.set(name, to: value) }
            return changed
        }
        guard !changes.isEmpty else { return request }
        var input = request.input
        for (name, value) in changes { input = RunInput.setting(name, to: value, in: input) }
        var changed = try await self.request(request.model, input: input)
        (changed.sending, changed.terms) = (request.sending, request.terms)
        return changed
    }

    private func pictures(of field: PictureField) async throws -> [ReferencePicture] {
        let word = field.text.hasPrefix("asset:") ? String(field.text.dropFirst(6)) : field.text
        do {
            return try await resolver.pictures(named: [word], relativePathHint: true)
        } catch {
            throw LibraryError(error).prefixed(field.path)
        }
    }
}

extension RunRequest {
    /// A described model takes its references in one field: there they need no placeholders, so that the request is the same as
    /// one that was made with them.
    func withReferencesUnplaced() -> RunRequest {
        let placeholders = references.map { JSONValue.string(PictureField.placeholder(of: $0.asset)) }
        guard EditModels.entry(model) != nil, parameters[.references] == .array(placeholders) else { return self }
        var request = self
        request.parameters = parameters.setting(.references, to: nil)
        return request
    }
}

/// A model's input as people write and change it.
public enum RunInput {
    /// Reads the input from UTF-8 JSON; it must be an object. `name` stands in the errors.
    public static func parsing(_ text: String, _ name: String) throws(LibraryError) -> JSONValue {
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw LibraryError(.invalidInput, code: "not_json", "\(name): not valid JSON")
        }
        guard case .object = value else {
            throw LibraryError(
                .invalidInput, code: "no_object",
                "\(name): the input must be a JSON object, such as {\"prompt\": \"…\"}")
        }
        return value
    }

    /// The input with one of its fields changed to what a person typed: JSON where it is JSON, else the text itself; an empty
    /// text takes the field away.
    public static func setting(_ name: String, to text: String, in input: JSONValue) -> JSONValue {
        guard !text.isEmpty else { return input.setting(name, to: nil) }
        // A prompt is text whatever it looks like.
        let isPrompt = name == InputField.prompt.rawValue
        let value = isPrompt ? nil : try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        return input.setting(name, to: value ?? .string(text))
    }
}

extension PictureField {
    /// Whether it says where something is to anybody, not only here.
    var isAddress: Bool {
        DataURI.isOne(text)
            || text.range(of: "^[A-Za-z][A-Za-z0-9+.-]*://", options: .regularExpression) != nil
    }
}
