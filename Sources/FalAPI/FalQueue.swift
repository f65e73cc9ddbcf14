import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// fal's queue: submit a request, follow it, fetch its result, cancel it.
///
/// A request is addressed by the URLs of the submit answer, used as given (protocol facts, section 3; trap 1).
package struct FalQueue: Sendable {
    let transport: FalTransport
    let polling: PollSchedule

    /// Uses the transport's hosts, key and client.
    package init(_ transport: FalTransport) {
        self.init(transport, polling: PollSchedule())
    }

    init(_ transport: FalTransport, polling: PollSchedule) {
        self.transport = transport
        self.polling = polling
    }

    /// Checks, before anything is sent, whether a submit to this endpoint is well formed: throws `malformedEndpoint`, or
    /// `malformedOption` for a value that fal or HTTP would reject. Costs nothing and sends nothing.
    package static func check(_ endpoint: String, _ options: SubmitOptions = SubmitOptions()) throws(FalError) {
        _ = try EndpointID(endpoint)
        _ = try options.headers()
        _ = try options.query()
    }

    /// Submits a model's input to the queue, once.
    ///
    /// `body` is the input as JSON, sent byte for byte; `endpoint` a full id such as `fal-ai/hidream-o1-image/edit`. It is
    /// sent again only when no connection was made, or the refusal was clear (429, or a 503 that asks for a retry).
    /// Anything that leaves open whether the job exists (timeout, lost connection, 5xx, an unintelligible answer,
    /// cancellation after sending) is `outcomeUnknown`: there is no idempotency key, and a repeat may be billed twice.
    ///
    /// `options` are checked before anything is sent (`malformedOption`).
    package func submit(
        _ body: [UInt8], to endpoint: String, options: SubmitOptions = SubmitOptions()
    ) async throws(FalError) -> QueuedRequest {
        let id = try EndpointID(endpoint)
        var call = FalTransport.Call(
            method: .POST, url: "\(transport.endpoints.queue)/\(id.path)\(try options.query())")
        call.headers = FalTransport.jsonHeaders
        call.headers.add(contentsOf: try options.headers())
        call.authority = .key
        call.repeatability = .once
        call.body = BytesBody.make(body)
        let requests = "\(transport.endpoints.queue)/\(id.application)/requests"
        return try await transport.perform(call) { response in
            let answer = try await FalTransport.json(response)
            guard let requestID = answer["request_id"]?.string, EndpointID.isPathSegment(requestID) else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the answer to the submit has no request_id",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
            // fal always sends the three URLs; a server that leaves one out gets the documented form.
            return QueuedRequest(
                requestID: requestID,
                statusURL: answer["status_url"]?.string ?? "\(requests)/\(requestID)/status",
                responseURL: answer["response_url"]?.string ?? "\(requests)/\(requestID)",
                cancelURL: answer["cancel_url"]?.string ?? "\(requests)/\(requestID)/cancel")
        }
    }

    /// Asks once for the request's status, with what the model has printed so far when `logs` is set.
    ///
    /// fal answers 202 while the request waits or runs, and 200 when it has completed; the body alone decides here. A state the protocol does not know is `unintelligible`; a request that fal does not
    /// know (any more) is `rejected` with status 404. `completed` is not success: see `QueueStatus.error`.
    package func status(of request: QueuedRequest, logs: Bool) async throws(FalError) -> QueueStatus {
        let call = call(.GET, request.statusURL.asking("logs=\(logs ? 1 : 0)"))
        return try await transport.perform(call) { response in
            let answer = try await FalTransport.json(response)
            guard let status = QueueStatus(answer) else {
                let text = answer["status"]?.text.map { "“\(PlainText.oneLine($0, limit: 40))”" } ?? "no status at all"
                throw AttemptFailure.garbled(
                    .unintelligible(what: "the queue answered \(text)", requestID: request.requestID))
            }
            return status
        }
    }

    /// Fetches the result: the bare JSON of the model's output, byte for byte, and how much was billed. It is checked to begin like
    /// JSON, and otherwise left to the caller.
    ///
    /// A run that failed answers with its own error: `rejected` for the model's complaints about the input (422), `failed`
    /// for errors while running. How long fal keeps a result depends on the account: ask, rather than count (protocol facts, section 0.1).
    package func result(of request: QueuedRequest) async throws(FalError) -> QueueResult {
        var call = call(.GET, request.responseURL)
        call.repeatability = .outcome
        return try await transport.perform(call) { response in
            let bytes = try await FalTransport.bytes(response)
            guard let first = bytes.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }),
                "{[\"-0123456789tfn".utf8.contains(first)
            else {
                throw AttemptFailure.garbled(
                    .unintelligible(what: "the result is not JSON", requestID: request.requestID))
            }
            let units = response.headers.first(name: "x-fal-billable-units").flatMap(Double.init)
            return QueueResult(bytes: bytes, billableUnits: units.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil })
        }
    }

    /// Asks fal to cancel the request. All four answers are normal; a running request may still complete. What any success says stands
    /// in its body, whose code is not documented for each.
    package func cancel(_ request: QueuedRequest) async throws(FalError) -> CancelAnswer {
        var call = call(.PUT, request.cancelURL)
        call.accepts = [400, 404]
        return try await transport.perform(call) { response in
            switch response.status.code {
            case 404: return .notFound
            case 400:
                let refusal = await transport.refusal(response)
                guard refusal.detail == "ALREADY_COMPLETED" else { throw AttemptFailure.answered(refusal) }
                return .alreadyCompleted
            default:
                let body = try? await response.body.collect(upTo: 64 * 1024)
                switch body.flatMap({ LooseJSON(parsing: Array($0.readableBytesView)) })?["status"]?.string {
                case "OK": return .removed
                case "ALREADY_COMPLETED": return .alreadyCompleted
                case "NOT_FOUND": return .notFound
                default: return .requested
                }
            }
        }
    }

    func call(_ method: HTTPMethod, _ url: String) -> FalTransport.Call {
        var call = FalTransport.Call(method: method, url: url)
        call.headers = ["Accept": "application/json"]
        call.authority = .key
        return call
    }
}
