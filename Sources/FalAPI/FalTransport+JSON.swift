import AsyncHTTPClient
import NIOCore
import NIOHTTP1

extension FalTransport {
    /// What every API call says about itself (protocol facts, section 1.4, as the JS client does).
    static let jsonHeaders: HTTPHeaders = ["Accept": "application/json", "Content-Type": "application/json"]

    /// The longest answer that is read: results with pictures inside them (`sync_mode`) are tens of megabytes.
    static let largestAnswer = 512 * 1024 * 1024

    /// The whole body of an answer.
    static func bytes(_ response: HTTPClientResponse) async throws -> [UInt8] {
        let body = try await response.body.collect(upTo: largestAnswer)
        return Array(body.readableBytesView)
    }

    /// The body as JSON; throws `garbled` when it is not.
    static func json(_ response: HTTPClientResponse) async throws -> LooseJSON {
        guard let value = LooseJSON(parsing: try await bytes(response)), case .object = value else {
            throw AttemptFailure.garbled(
                .unintelligible(
                    what: "a JSON object was expected", requestID: response.headers.first(name: "x-fal-request-id")))
        }
        return value
    }
}
