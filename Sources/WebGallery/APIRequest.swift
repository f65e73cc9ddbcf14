import AssetLibrary
import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// A request to the API, with its route's parameters taken out of the path.
struct APIRequest: Sendable {
    let request: Request
    /// The parts of the path that the route's template names, decoded.
    let path: [String: String]

    /// The longest JSON body that is read, 4 MB: room for a hundred thousand ids.
    static let longestJSON = 4_000_000

    /// A parameter of the query; nil when it is absent or empty. As browsers write them: `+` is a blank.
    func query(_ name: String) -> String? {
        for pair in (request.uri.query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, Self.decoded(parts[0]) == name else { continue }
            let value = Self.decoded(parts[1])
            return value.isEmpty ? nil : value
        }
        return nil
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingURLPercentEncoding() ?? String(spaced)
    }

    /// A parameter that must be there.
    func required(_ name: String) throws(LibraryError) -> String {
        guard let text = query(name) else {
            throw LibraryError(.invalidInput, code: "bad_parameter", "\(name) is missing")
        }
        return text
    }

    /// A number within bounds. Errors: a text that is none.
    func number(_ name: String, in range: ClosedRange<Int>, default usual: Int) throws(LibraryError) -> Int {
        guard let text = query(name) else { return usual }
        guard let number = Int(text), range.contains(number) else {
            throw LibraryError(
                .invalidInput, code: "bad_parameter",
                "\(name) must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A part of the path that the route's template promises.
    func parameter(_ name: String) -> String { path[name] ?? "" }

    /// An id as it stands in a path: `RUN~3` for `RUN/3`.
    var id: String { GalleryAPI.word(parameter("id")) }

    /// The body as a JSON object with none but these fields: a misspelt one would be a request for something else. Errors: too long, cut
    /// off, no JSON, no object, another field.
    func json(_ fields: String...) async throws(LibraryError) -> JSONValue {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        guard type?.lowercased() == "application/json" else {
            throw LibraryError(.invalidInput, code: "not_json", "the body must be application/json")
        }
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.longestJSON)
        } catch is NIOTooManyBytesError {
            throw LibraryError(.invalidInput, code: "body_too_large", "the body is longer than 4 MB")
        } catch {
            throw LibraryError(.invalidInput, code: "body_cut_off", "the body ended too early")
        }
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView)), value.isObject
        else {
            throw LibraryError(.invalidInput, code: "not_json", "the body is not a JSON object")
        }
        try value.expectFields(fields)
        return value
    }
}

extension JSONValue {
    var isObject: Bool { if case .object = self { true } else { false } }

    /// Errors: an object with a field that is none of these.
    func expectFields(_ fields: [String], in name: String = "the body") throws(LibraryError) {
        guard case .object(let members) = self,
            let unknown = members.keys.filter({ !fields.contains($0) }).min()
        else { return }
        throw LibraryError(
            .invalidInput, code: "unknown_field",
            "\(Words.shortened(unknown)): \(name) has no such field, only \(fields.joined(separator: ", "))")
    }
}
