import AssetModel
import Foundation
import Hummingbird

/// fal's request history: what an account asked and what it got.
///
/// Parameters and members are those of fal's page `platform-apis/v1/models/requests/by-endpoint`, read in copies. What that page
/// leaves open is chosen here: a window counts the time at which a request ended, since that is what the list is sorted by; a request
/// appears once it has ended; one whose pictures stand inside its answer (`sync_mode`) does not appear, as the model pages say; an
/// endpoint that does not exist is a 404.
extension SandboxResponder {
    func requestHistory(_ exchange: Exchange) async -> SandboxAnswer {
        if await state.fails(.historyForbidden) {
            return Self.platformError(403, "authorization_error", "This key may not read the request history")
        }
        if await state.fails(.historyError) { return Self.platformError(500, "server_error", "Internal Server Error") }
        let query: HistoryQuery
        do {
            query = try HistoryQuery(
                exchange.request.uri.queryParameters.map { (String($0.key), String($0.value)) }, state.now)
        } catch {
            return Self.platformError(error.status, error.type, error.message)
        }
        var items = await state.history(of: exchange.account, query.endpoints).filter(query.matches).flatMap { job in
            [Self.historyItem(of: job, exchange, withPayloads: query.isExpanded)].compactMap(\.self)
        }
        if await state.fails(.historyLate) { items = [] }
        if await state.fails(.historyTwice) {
            items = items.flatMap { item in [item, item.setting("request_id", to: .string(Self.twin(of: item)))] }
        }
        let first = min(query.page * query.limit, items.count)
        let last = min(first + query.limit, items.count)
        let next = last < items.count ? Data("\(query.page + 2)".utf8).base64EncodedString() : nil
        return .json(
            200,
            .object([
                "items": .array(Array(items[first..<last])), "has_more": .bool(next != nil),
                "next_cursor": next.map(JSONValue.string) ?? .null,
            ]))
    }

    private static func historyItem(of job: SandboxJob, _ exchange: Exchange, withPayloads: Bool) -> JSONValue? {
        guard let started = job.startedAt, let ended = job.endedAt, case .finished(let outcome, let seconds) = job.phase
        else { return nil }
        let answer = SandboxResult.answer(outcome, exchange.base)
        var members: [String: JSONValue] = [
            "request_id": .string(job.id), "endpoint_id": .string(job.request.model.endpoint),
            "sent_at": .string(job.sentAt.description), "started_at": .string(started.description),
            "ended_at": .string(ended.description), "status_code": .integer(Int64(answer.status)),
            "duration": .number(seconds),
        ]
        if withPayloads {
            members["json_input"] = job.request.input
            if case .json(let output) = answer.body { members["json_output"] = output }
        }
        return .object(members)
    }

    /// The same twin at every look: the id backwards.
    private static func twin(of item: JSONValue) -> String { String((item["request_id"]?.text ?? "").reversed()) }

    /// An error in the shape of the platform API.
    static func platformError(_ status: Int, _ type: String, _ message: String) -> SandboxAnswer {
        .json(status, .object(["error": .object(["type": .string(type), "message": .string(message)])]))
    }
}

/// What a request for the history asks for.
struct HistoryQuery {
    /// 1 to 50 endpoints.
    private(set) var endpoints: [String] = []
    private(set) var limit = 50
    /// Counted from 0.
    private(set) var page = 0
    private(set) var isExpanded = false
    private var start: Timestamp?
    private var end: Timestamp
    private var status: String?
    private var requestID: String?

    /// Why a request for the history is refused.
    struct Refusal: Error {
        let status: Int
        let type: String
        let message: String
    }

    /// A parameter that is not known is ignored, as fal does with a query.
    init(_ parameters: [(name: String, value: String)], _ now: Timestamp) throws(Refusal) {
        end = now.adding(seconds: 1)
        for (name, value) in parameters {
            switch name {
            case "endpoint_id": endpoints += value.split(separator: ",").map(String.init)
            case "start": start = try Self.time(value, name)
            case "end": end = try Self.time(value, name)
            case "status": status = value
            case "request_id": requestID = value
            case "expand": isExpanded = isExpanded || value.split(separator: ",").contains("payloads")
            case "limit":
                guard let number = Int(value), 1...100 ~= number else { throw Self.invalid("limit must be 1 to 100") }
                limit = number
            case "cursor":
                guard let data = Data(base64Encoded: value), let number = Int(String(decoding: data, as: UTF8.self)),
                    number >= 1
                else { throw Self.invalid("cursor is invalid") }
                page = number - 1
            default: break
            }
        }
        guard 1...50 ~= endpoints.count else { throw Self.invalid("endpoint_id must be given 1 to 50 times") }
        if let stranger = endpoints.first(where: { SandboxModel(named: $0) == nil }) {
            throw Refusal(status: 404, type: "not_found", message: "Endpoint \(stranger) not found")
        }
        // A day back, or 90 when one request is asked for.
        start = start ?? now.adding(seconds: requestID == nil ? -86_400 : -90 * 86_400)
    }

    /// Whether a request is one of those that are asked for.
    func matches(_ job: SandboxJob) -> Bool {
        guard let ended = job.endedAt, case .finished(let outcome, _) = job.phase, ended >= start ?? ended, ended < end,
            requestID == nil || requestID == job.id, job.request.input["sync_mode"] != .bool(true)
        else { return false }
        let isSuccess = if case .pictures = outcome { true } else { false }
        return switch status {
        case nil: true
        case "success": isSuccess
        default: !isSuccess
        }
    }

    private static func invalid(_ message: String) -> Refusal {
        Refusal(status: 400, type: "validation_error", message: message)
    }

    private static func time(_ text: String, _ name: String) throws(Refusal) -> Timestamp {
        let whole = text.hasSuffix("Z") ? String(text.dropLast()) : text
        for ending in ["Z", ".000Z", "T00:00:00.000Z"] {
            if let time = Timestamp(parsing: whole + ending) { return time }
        }
        throw invalid("\(name) is not an ISO 8601 time")
    }
}
