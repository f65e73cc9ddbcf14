import AssetModel
import Foundation
import Hummingbird

/// fal's queue: submit, status and its stream, result, cancel; and the synchronous runs beside it.
extension SandboxResponder {
    func submit(_ endpoint: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        guard let model = SandboxModel(named: endpoint) else { return Self.noModel(endpoint) }
        let input = try await readJSON(&exchange)
        if let refusal = await submitFault(input) { return refusal }
        let query = exchange.request.uri.queryParameters
        if let limit = query["fal_max_queue_length"].flatMap({ Int($0) }), await state.queueLength > limit {
            return .later(429, "The queue is longer than \(limit)", type: "queue_full")
        }
        if configuration.validation == .atSubmit {
            do {
                _ = try ModelInput(input, for: model)
            } catch {
                return SandboxResult.failure(error)
            }
        }
        let webhook = query["fal_webhook"].map(String.init)
        let (job, position) = await state.enqueue(
            SandboxJob.Request(
                model: model, input: input, base: exchange.base, account: exchange.account,
                lifecycle: try exchange.outputLifecycle, webhook: webhook,
                isStored: exchange.header("x-fal-store-io") != "0", startTimeout: try exchange.startTimeout))
        if await state.fails(.submitTimeoutAfterAccept) {
            queue.yield(job.id)
            return .hangUp
        }
        var answer = SandboxAnswer.garbage
        if await !state.fails(.submitGarbage) {
            var members = Self.addresses(of: job, exchange)
            members["status"] = .string(SandboxJob.ReportedStatus.queued.rawValue)
            members["queue_position"] = .integer(Int64(position))
            if webhook != nil { members["gateway_request_id"] = .string(job.id) }
            answer = .json(200, .object(members), headers: ["x-fal-request-id": job.id])
        }
        answer.startsWork = job.id
        return answer
    }

    /// What the script has for a submit that is not accepted.
    private func submitFault(_ input: JSONValue) async -> SandboxAnswer? {
        if await state.fails(.submitReset) { return .hangUp }
        if await state.fails(.submitThrottled) { return .later(429, "Too many requests", type: "rate_limited") }
        if await state.fails(.submitUnavailable) {
            var answer = SandboxAnswer.later(503, "Service is unavailable", type: "service_unavailable")
            answer.headers["x-fal-retryable"] = "true"
            return answer
        }
        if let reference = input["reference_image_urls"]?.elements?.first, await state.fails(.submitFileGone) {
            let problem = InputProblem(
                [.string("reference_image_urls"), .integer(0)], "Failed to download the file",
                type: "file_download_error", input: reference)
            return SandboxResult.failure(ModelFailure([problem]))
        }
        guard await state.fails(.submitRefused) else { return nil }
        let problem = InputProblem(
            [.string("prompt")], "The content could not be processed because it was flagged by a content checker.",
            type: "content_policy_violation", input: input["prompt"])
        return SandboxResult.failure(ModelFailure([problem]))
    }

    func status(_ address: SandboxRoute.QueueAddress, _ exchange: Exchange) async -> SandboxAnswer {
        if let fault = await statusFault(address) { return fault }
        guard let (job, position) = await state.poll(address) else { return .notFound }
        return .json(
            job.reported == .completed ? 200 : 202, Self.statusMembers(of: job, position, exchange),
            headers: ["x-fal-request-id": job.id])
    }

    /// Every status from now on until the last one; a request that is cancelled while it waits ends the stream.
    func statusStream(_ address: SandboxRoute.QueueAddress, _ exchange: Exchange) async -> SandboxAnswer {
        if let fault = await statusFault(address) { return fault }
        guard let job = await state.job(address) else { return .notFound }
        let events = StatusEvents(state: state, address: address) { Self.statusMembers(of: $0, $1, exchange) }
        return SandboxAnswer(status: 200, headers: ["x-fal-request-id": job.id], body: .events(events))
    }

    private func statusFault(_ address: SandboxRoute.QueueAddress) async -> SandboxAnswer? {
        if await state.stalls(.statusStalled, address.id) { return .stalled(.statusStalled) }
        if await state.fails(.statusReset) { return .hangUp }
        if await state.fails(.statusError) { return .broken }
        if await state.fails(.statusGarbage) { return .garbage }
        return nil
    }

    func result(_ address: SandboxRoute.QueueAddress, _ exchange: Exchange) async -> SandboxAnswer {
        guard let job = await state.job(address) else { return .notFound }
        guard job.reported == .completed, case .finished(let outcome, _) = job.phase else {
            return .detail(400, "Request is still in progress")
        }
        if await state.fails(.resultLost) { return .notFound }
        if await state.fails(.resultUnavailable) { return .broken }
        if await state.fails(.resultGarbage) { return .garbage }
        var form = PictureURL.served
        if case .pictures = outcome { form = await state.pictureURLs() }
        var answer = SandboxResult.answer(outcome, exchange.base, form)
        answer.headers["x-fal-request-id"] = job.id
        answer.headers.merge(await billing(outcome, job.request.model)) { $1 }
        return answer
    }

    func cancel(_ address: SandboxRoute.QueueAddress) async -> SandboxAnswer {
        switch await state.cancel(address) {
        case .removed: .json(200, .object(["status": .string("OK")]))
        case .requested: .json(202, .object(["status": .string("CANCELLATION_REQUESTED")]))
        case .alreadyCompleted: .json(400, .object(["status": .string("ALREADY_COMPLETED")]))
        case .notFound: .notFound
        }
    }

    func run(_ endpoint: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        guard let model = SandboxModel(named: endpoint) else { return Self.noModel(endpoint) }
        let body = try await readJSON(&exchange)
        let request = SandboxJob.Request(
            model: model, input: body, base: exchange.base, account: exchange.account,
            lifecycle: try exchange.outputLifecycle)
        let outcome: SandboxJob.Outcome
        do {
            let drawn = try await painter.run(request) { Task.isCancelled }
            outcome = drawn.map(SandboxJob.Outcome.pictures) ?? .cancelled
        } catch {
            outcome = .failed(error)
        }
        var answer = SandboxResult.answer(outcome, exchange.base)
        answer.headers.merge(await billing(outcome, model)) { $1 }
        return answer
    }

    /// A run whose result comes as the one event of a stream: these models report nothing before.
    func stream(_ endpoint: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        let answer = try await run(endpoint, &exchange)
        guard answer.status == 200, case .json(let output) = answer.body else { return answer }
        let events = AsyncStream { stream in
            stream.yield(output)
            stream.finish()
        }
        return SandboxAnswer(status: 200, body: .events(events))
    }

    // MARK: - Pieces

    private static func addresses(of job: SandboxJob, _ exchange: Exchange) -> [String: JSONValue] {
        let application = SandboxRoute.application(of: job.request.model.endpoint)
        let base = "\(exchange.base.url)/\(application)/requests/\(job.id)"
        return [
            "request_id": .string(job.id), "response_url": .string(base), "status_url": .string("\(base)/status"),
            "cancel_url": .string("\(base)/cancel"),
        ]
    }

    private static func statusMembers(of job: SandboxJob, _ position: Int, _ exchange: Exchange) -> JSONValue {
        let reported = job.reported
        let wantsLogs = ["1", "true"].contains(exchange.request.uri.queryParameters["logs"].map(String.init))
        var members = addresses(of: job, exchange)
        members["status"] = .string(reported.rawValue)
        members["queue_position"] = reported == .queued ? .integer(Int64(position)) : .null
        members["logs"] = wantsLogs && reported != .queued ? .array(job.logs) : .null
        if reported == .completed, case .finished(let outcome, let seconds) = job.phase {
            members["metrics"] = .object(["inference_time": .number(seconds)])
            if let (error, type) = SandboxResult.error(of: outcome) {
                members["error"] = .string(error)
                members["error_type"] = .string(type)
            }
        }
        return .object(members)
    }

    private static func noModel(_ endpoint: String) -> SandboxAnswer {
        .detail(404, "Application \"\(endpoint)\" not found")
    }
}
