import AsyncHTTPClient
import Foundation
import NIOHTTP1

/// One request of an account's history, as fal tells it.
///
/// `Payload` is the caller's own type for JSON: inputs and answers are passed through, and numbers keep what that type keeps of them.
package struct PastRequest<Payload: Decodable & Sendable>: Sendable {
    /// fal's name for it, which the queue knows too.
    package let id: String
    /// The endpoint, such as `fal-ai/hidream-o1-image/edit`.
    package let endpoint: String
    /// When fal took it, in milliseconds since 1970: the time it was sent, else when it was begun or ended.
    package let at: Int64
    /// The HTTP status of its answer; nil when fal does not say.
    package let statusCode: Int?
    /// What was asked; nil when fal has not kept it.
    package let input: Payload?
    /// What was answered; nil when fal has not kept it.
    package let output: Payload?

    package init(
        id: String, endpoint: String, at: Int64, statusCode: Int? = nil, input: Payload? = nil, output: Payload? = nil
    ) {
        self.id = id
        self.endpoint = endpoint
        self.at = at
        self.statusCode = statusCode
        self.input = input
        self.output = output
    }
}

extension FalPlatform {
    /// At most this many endpoints can be asked for at once.
    package static let endpointLimit = 50

    /// All requests of some endpoints in a window of time, newest first, each once, with inputs and answers.
    ///
    /// `from` and `to` are milliseconds since 1970, `to` exclusive. The cursor counts pages, so a window that has ended gives each
    /// request once, while one that still grows can skip some. Cost: one call for every 100. Requests that were sent with payload
    /// storage off are not told, and one may take a moment to appear. Throws `unauthorized` or `forbidden` for a key that may not
    /// read it; a name that is no endpoint is `malformedEndpoint`, one that fal does not know may be `rejected`. `tryingOnce` leaves
    /// trouble that can pass to the caller.
    package func requests<Payload: Decodable & Sendable>(
        of endpoints: [String], from: Int64, to: Int64, onlySuccessful: Bool, tryingOnce: Bool = false,
        as payload: Payload.Type
    ) async throws(FalError) -> [PastRequest<Payload>] {
        var query: [(name: String, value: String)] = []
        for endpoint in endpoints {
            _ = try EndpointID(endpoint)
            query.append(("endpoint_id", endpoint))
        }
        query += [
            ("start", WireTime.text(from)), ("end", WireTime.text(to)), ("expand", "payloads"), ("limit", "100"),
        ]
        if onlySuccessful { query.append(("status", "success")) }
        var found: [PastRequest<Payload>] = []
        var seen: Set<String> = []
        var cursors: Set<String> = []
        var cursor: String?
        repeat {
            let page: RequestPage<Payload> = try await page(query + (cursor.map { [("cursor", $0)] } ?? []), tryingOnce)
            found += page.requests.filter { seen.insert($0.id).inserted }
            cursor = page.next
            // A server that names a page twice would be asked for ever.
            if let next = cursor, !cursors.insert(next).inserted { cursor = nil }
        } while cursor != nil
        return found
    }

    private func page<Payload>(
        _ query: [(name: String, value: String)], _ isTriedOnce: Bool
    ) async throws(FalError) -> RequestPage<Payload> {
        var call = call("/models/requests/by-endpoint", query)
        call.isTriedOnce = isTriedOnce
        return try await transport.perform(call) { response in
            let bytes = try await FalTransport.bytes(response)
            do {
                return try JSONDecoder().decode(RequestPage<Payload>.self, from: Data(bytes))
            } catch {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the request history is not a list of requests",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
        }
    }
}

/// One page: `items`, and where the next one begins. What is no request is passed over.
private struct RequestPage<Payload: Decodable & Sendable>: Decodable {
    let requests: [PastRequest<Payload>]
    /// Nil after the last page.
    let next: String?

    private enum CodingKeys: String, CodingKey { case items, next = "next_cursor", hasMore = "has_more" }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        requests = try container.decode([Item].self, forKey: .items).compactMap(\.request)
        let hasMore = try? container.decode(Bool.self, forKey: .hasMore)
        next = hasMore == false ? nil : try? container.decode(String.self, forKey: .next)
    }

    private struct Item: Decodable {
        let request: PastRequest<Payload>?

        private enum CodingKeys: String, CodingKey {
            case id = "request_id"
            case endpoint = "endpoint_id"
            case sent = "sent_at"
            case started = "started_at"
            case ended = "ended_at"
            case status = "status_code"
            case input = "json_input"
            case output = "json_output"
        }

        init(from decoder: any Decoder) throws {
            guard let container = try? decoder.container(keyedBy: CodingKeys.self),
                let id = try? container.decode(String.self, forKey: .id), EndpointID.isPathSegment(id),
                let endpoint = try? container.decode(String.self, forKey: .endpoint),
                let at = [CodingKeys.sent, .started, .ended].lazy
                    .compactMap({ try? container.decode(String.self, forKey: $0) }).compactMap(WireTime.milliseconds)
                    .first
            else {
                request = nil
                return
            }
            request = PastRequest(
                id: id, endpoint: endpoint, at: at, statusCode: try? container.decode(Int.self, forKey: .status),
                input: try? container.decode(Payload.self, forKey: .input),
                output: try? container.decode(Payload.self, forKey: .output))
        }
    }
}

/// Times as fal's platform API writes them: ISO 8601, with any fraction of a second, in UTC or with an offset.
enum WireTime {
    /// `2026-11-26T14:02:03.004Z`.
    static func text(_ milliseconds: Int64) -> String {
        // A whole second and its thousandths apart, since a double may round the last of them down.
        let (seconds, rest) = (milliseconds.quotientRoundedDown(by: 1000), milliseconds.remainderRoundedDown(by: 1000))
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        let digits = String(rest)
        return "\(whole.dropLast()).\(String(repeating: "0", count: 3 - digits.count))\(digits)Z"
    }

    /// Milliseconds since 1970, cut down; nil for what is no time.
    static func milliseconds(_ text: String) -> Int64? {
        var whole = text
        var thousandths: Int64 = 0
        if let point = text.firstIndex(of: ".") {
            let digits = text[text.index(after: point)...].prefix { $0.isASCII && $0.isNumber }
            thousandths = Int64((digits + "000").prefix(3)) ?? 0
            whole = text[..<point] + String(text[text.index(point, offsetBy: digits.count + 1)...])
        }
        let hasZone = whole.hasSuffix("Z") || whole.dropFirst(11).contains { $0 == "+" || $0 == "-" }
        guard let date = try? Date(hasZone ? whole : whole + "Z", strategy: .iso8601) else { return nil }
        return Int64(date.timeIntervalSince1970) * 1000 + thousandths
    }
}

extension Int64 {
    fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
        (self - remainderRoundedDown(by: divisor)) / divisor
    }

    fileprivate func remainderRoundedDown(by divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
