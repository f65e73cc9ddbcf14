import AssetModel
import Foundation
import Hummingbird
import NIOCore

extension SandboxResponder {
    /// A request and what is known about it so far.
    struct Exchange {
        let request: Request
        let context: Context
        /// Scheme, host and port as the client wrote them; answers name themselves by it.
        let base: SandboxBase
        /// The API key, when there is one.
        let key: String?
        /// The account of the CDN token or key that was sent; nil for neither.
        var reader: String?
        var byteCount = 0
        var json: JSONValue?

        /// Whose request it is: the id of the key. Empty only where no credential is needed.
        var account: String { reader ?? "" }

        /// The first header of this name; names are lower case.
        func header(_ name: String) -> String? {
            request.headers.first { $0.name.canonicalName == name }?.value
        }

        /// The lifecycle of an upload: either header will do.
        var uploadLifecycle: ObjectLifecycle {
            get throws(AnswerAsError) {
                try lifecycle(ObjectLifecycle.uploadHeader, ObjectLifecycle.preferenceHeader)
            }
        }

        /// The lifecycle of a request's pictures.
        var outputLifecycle: ObjectLifecycle {
            get throws(AnswerAsError) { try lifecycle(ObjectLifecycle.preferenceHeader) }
        }

        /// How long the request may wait; nil where nothing is said.
        var startTimeout: Duration? {
            get throws(AnswerAsError) {
                guard let text = header("x-fal-request-timeout") else { return nil }
                // A century is long enough.
                guard let seconds = Double(text), seconds > 0, seconds < 3_153_600_000 else {
                    throw AnswerAsError(.detail(400, "X-Fal-Request-Timeout must be a positive number of seconds"))
                }
                return .seconds(seconds)
            }
        }

        private func lifecycle(_ names: String...) throws(AnswerAsError) -> ObjectLifecycle {
            for name in names {
                guard let text = header(name) else { continue }
                do {
                    return try ObjectLifecycle(parsing: text, header: name)
                } catch {
                    throw AnswerAsError(.json(422, error.json))
                }
            }
            return ObjectLifecycle()
        }
    }

    /// The longest JSON body that is read: four references as data URIs, with room to spare.
    static let longestJSON = 64 << 20

    /// Reads a JSON body; throws the answer to give when there is none.
    func readJSON(_ exchange: inout Exchange) async throws(AnswerAsError) -> JSONValue {
        let buffer: ByteBuffer
        do {
            buffer = try await exchange.request.body.collect(upTo: Self.longestJSON)
        } catch is NIOTooManyBytesError {
            throw AnswerAsError(.detail(413, "Request body is too large"))
        } catch {
            throw AnswerAsError(.detail(400, "The request body ended too early", type: "client_disconnected"))
        }
        exchange.byteCount = buffer.readableBytes
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(buffer.readableBytesView)) else {
            let problem = InputProblem([.integer(0)], "JSON decode error", type: "json_invalid")
            throw AnswerAsError(.json(422, ModelFailure([problem]).json))
        }
        exchange.json = value
        return value
    }

    /// Reads a JSON body that must be an object.
    func readFields(_ exchange: inout Exchange) async throws(AnswerAsError) -> FieldReader {
        let body = try await readJSON(&exchange)
        guard case .object(let fields) = body else {
            let problem = InputProblem([], "Input should be a valid dictionary", type: "dict_type", input: body)
            throw AnswerAsError(.json(422, ModelFailure([problem]).json))
        }
        return FieldReader(fields: fields)
    }
}

/// An answer, thrown to end the handling of a request early.
struct AnswerAsError: Error {
    let answer: SandboxAnswer

    init(_ answer: SandboxAnswer) {
        self.answer = answer
    }
}

extension FieldReader {
    /// Throws the 422 when something was wrong.
    func check() throws(AnswerAsError) {
        guard problems.isEmpty else { throw AnswerAsError(.json(422, ModelFailure(problems).json)) }
    }
}
