import AssetModel
import Foundation

/// What the sandbox answers, before it becomes HTTP.
struct SandboxAnswer: Sendable {
    enum Body: Sendable {
        case none
        case json(JSONValue)
        /// A file as it is, whole.
        case file(StoredFile, headOnly: Bool)
    }

    var status: Int
    var headers: [String: String] = [:]
    var body: Body
    /// Work that begins once the answer has been sent: the request with this id.
    var startsWork: String?
    /// Close the connection instead of answering.
    var hangsUp = false

    static func json(_ status: Int, _ value: JSONValue, headers: [String: String] = [:]) -> SandboxAnswer {
        SandboxAnswer(status: status, headers: headers, body: .json(value))
    }

    /// An error in the shape of fal's infrastructure: a sentence, and a type where there is one.
    static func detail(_ status: Int, _ detail: String, type: String? = nil) -> SandboxAnswer {
        guard let type else { return .json(status, .object(["detail": .string(detail)])) }
        return .json(
            status, .object(["detail": .string(detail), "error_type": .string(type)]),
            headers: ["x-fal-error-type": type])
    }

    /// What the queue says about a request that it does not know.
    static let notFound = SandboxAnswer.json(404, .object(["status": .string("NOT_FOUND")]))
}

extension JSONValue {
    /// The text that goes over the wire. Members are sorted, so that equal values give equal bytes.
    var encoded: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every value can be encoded but a number that is no number, which nobody makes.
        return (try? encoder.encode(self)) ?? Data("null".utf8)
    }
}
