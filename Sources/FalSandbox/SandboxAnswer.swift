import AssetModel
import Foundation

/// What the sandbox answers, before it becomes HTTP.
struct SandboxAnswer: Sendable {
    enum Body: Sendable {
        case none
        case json(JSONValue)
        case text(String)
        /// A text that is said to be of this type, whatever it is.
        case typed(String, type: String)
        /// A file.
        case file(StoredFile, FileRendering)
        /// Server-sent events, one for each value.
        case events(any AsyncSequence<JSONValue, Never> & Sendable)
    }

    /// How a file is sent.
    enum FileRendering: Sendable, Hashable {
        case whole
        /// Its headers alone.
        case headOnly
        /// Half of its bytes, and then the end of the connection.
        case truncated
        /// As many bytes of something else.
        case noise
        /// A part of its bytes.
        case range(Range<Int>)

        /// The part that is sent; nil for all of it.
        var part: Range<Int>? { if case .range(let part) = self { part } else { nil } }
    }

    var status: Int
    var headers: [String: String] = [:]
    var body: Body
    /// Work that begins once the answer has been sent: the request with this id.
    var startsWork: String?
    /// Close the connection instead of answering.
    var hangsUp = false
    /// Keep the client waiting until this stall is over, before hanging up.
    var stall: SandboxFault.Kind?

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

    /// A closed connection.
    static let hangUp = SandboxAnswer(status: 499, body: .none, hangsUp: true)

    /// No answer, for as long as a stall of this kind lasts.
    static func stalled(_ kind: SandboxFault.Kind) -> SandboxAnswer {
        SandboxAnswer(status: 499, body: .none, hangsUp: true, stall: kind)
    }

    /// An answer of 200 that should be JSON and is not.
    static let garbage = SandboxAnswer(status: 200, body: .text("<html><body>It works!</body></html>"))

    /// Something broke inside fal.
    static let broken = SandboxAnswer.detail(500, "Internal Server Error", type: "internal_error")

    /// Try again in a second.
    static func later(_ status: Int, _ detail: String, type: String) -> SandboxAnswer {
        var answer = SandboxAnswer.detail(status, detail, type: type)
        answer.headers["retry-after"] = "1"
        return answer
    }
}

extension JSONValue {
    /// The text that goes over the wire. Members are sorted, so that equal values give equal bytes.
    var encoded: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Every value but NaN can be encoded, and the sandbox never makes one.
        return (try? encoder.encode(self)) ?? Data("null".utf8)
    }
}
