public import AssetModel
import Foundation

/// A wish to any endpoint: its input as JSON, in which pictures of the library, or to be taken into it, have been found.
public struct RunRequest: Hashable, Sendable {
    /// fal's endpoint id.
    public let endpoint: String
    /// The input; where a picture will stand it has the placeholder of `PictureField`.
    public let input: JSONValue
    /// These pictures, each once, by the first place where they stand: objects by the order of their keys, arrays in theirs.
    public let references: [ReferencePicture]
    /// How they are sent.
    public var sending = Sending()
    /// How the request is handed to fal's queue.
    public var terms = SubmitTerms()

    /// The seed that it asks for; nil when it leaves that to the endpoint.
    public var seed: UInt64? { input["seed"]?.seed }

    /// The prompt, byte for byte; empty when the input has none that is text.
    public var prompt: String { input["prompt"]?.text ?? "" }

    /// Everything beside the prompt, as it is written down.
    var parameters: JSONValue {
        guard !prompt.isEmpty, case .object(var fields) = input else { return input }
        fields["prompt"] = nil
        return .object(fields)
    }

    var identity: RecipeIdentity {
        RecipeIdentity(model: endpoint, prompt: prompt, parameters: parameters, references: references.map(\.asset))
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
            throw LibraryError(.invalidInput, code: "not_json", "\(name): no JSON")
        }
        guard case .object = value else {
            throw LibraryError(.invalidInput, code: "no_object", "\(name): the input of a model is a JSON object, { }")
        }
        return value
    }

    /// The input with one of its fields changed to what a person typed: JSON where it is JSON, else the text itself; an empty
    /// text takes the field away.
    public static func setting(_ name: String, to text: String, in input: JSONValue) -> JSONValue {
        guard case .object(var fields) = input else { return input }
        // A prompt is text whatever it looks like.
        let value = name == "prompt" ? nil : try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        fields[name] = text.isEmpty ? nil : value ?? .string(text)
        return .object(fields)
    }
}

extension Library {
    /// Finds the pictures of an input. Nothing is sent, and nothing changes: files are measured where they are.
    ///
    /// In the fields that hold addresses of pictures (`PictureField`) a text can be a path, counted from the current folder, an
    /// id or the beginning of one, `@last`, or `@set`, which takes the place of several elements in an array. Addresses
    /// (`https:` and the like, `data:`) stay as they are, and other fields are never touched. Errors name the place in the
    /// input: no such file, no picture, several where one can stand.
    public func runRequest(_ endpoint: String, input: JSONValue) async throws(LibraryError) -> RunRequest {
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
        return RunRequest(
            endpoint: endpoint, input: input.replacingPictureFields { places[$0.path] ?? [$0.text] },
            references: references)
    }

    /// The input of a run that was written down, to be asked again, as it is or changed: pictures as placeholders, which
    /// `runRequest` reads, and with the seed that the model drew, when none was asked for.
    public func input(again generation: Run) -> JSONValue {
        let references = generation.references.members.map { ($0, PictureField.placeholder(of: $0)) }
        let input = JSONValue.input(
            prompt: generation.prompt, references: references, parameters: generation.parameters)
        guard case .object(var fields) = input else { return input }
        if fields["seed"]?.seed == nil, let seed = generation.seed { fields["seed"] = .seed(seed) }
        return .object(fields)
    }

    /// The same wish for an endpoint with typed inputs, whose sizes and prices are known; nil for any other endpoint, and for an
    /// input that says more than those types can.
    public func editRequest(_ run: RunRequest) -> EditRequest? {
        guard EditModels.all.contains(where: { $0.id == run.endpoint }), case .object(var fields) = run.input,
            let prompt = fields.removeValue(forKey: "prompt")?.text
        else { return nil }
        var request = EditRequest(model: run.endpoint, prompt: prompt, references: run.references)
        let urls = fields.removeValue(forKey: JSONValue.referenceField)?.elements ?? []
        guard urls == run.references.map({ .string(PictureField.placeholder(of: $0.asset)) }) else { return nil }
        for (name, value) in fields {
            do { try request.set(name, to: value) } catch { return nil }
        }
        request.sending = run.sending
        request.terms = run.terms
        return request
    }

    private func pictures(of field: PictureField) async throws(LibraryError) -> [ReferencePicture] {
        let word = field.text.hasPrefix("asset:") ? String(field.text.dropFirst(6)) : field.text
        do {
            return try await pictures(named: [word])
        } catch {
            let hint =
                error.code == "no_such_file" && !word.hasPrefix("/") ? " (paths count from the current folder)" : ""
            throw LibraryError(error.category, code: error.code, "\(field.path): \(error.message)\(hint)")
        }
    }
}

extension PictureField {
    /// Whether it says where something is to anybody, not only here.
    fileprivate var isAddress: Bool {
        text.hasPrefix("data:") || text.hasPrefix("DATA:")
            || text.range(of: "^[A-Za-z][A-Za-z0-9+.-]*://", options: .regularExpression) != nil
    }
}
