import AssetModel
import Foundation
import Hummingbird

/// fal's queue: submit, status, result, cancel; and the synchronous run beside it.
///
/// The status stream and webhooks belong here too and are not built yet.
extension SandboxResponder {
    func submit(_ endpoint: String, _ exchange: inout Exchange) async -> SandboxAnswer {
        guard let model = SandboxModel(named: endpoint) else { return Self.noModel(endpoint) }
        let input: JSONValue
        switch await readJSON(&exchange) {
        case .success(let value): input = value
        case .failure(let refusal): return refusal.answer
        }
        if await state.submitIsRefused() {
            let problem = InputProblem(
                [.string("prompt")], "The content could not be processed because it was flagged by a content checker.",
                type: "content_policy_violation", input: input["prompt"])
            return Self.failure(ModelFailure([problem]))
        }
        if configuration.validation == .atSubmit {
            do {
                _ = try ModelInput(input, for: model)
            } catch {
                return Self.failure(error)
            }
        }
        let (job, position) = await state.enqueue(model, input, authority: exchange.authority)
        if await state.submitIsNotAnswered() {
            queue.yield(job.id)
            return SandboxAnswer(status: 504, body: .none, hangsUp: true)
        }
        var members = Self.addresses(of: job, exchange)
        members["status"] = .string(SandboxJob.ReportedStatus.queued.rawValue)
        members["queue_position"] = .integer(Int64(position))
        var answer = SandboxAnswer.json(200, .object(members), headers: ["x-fal-request-id": job.id])
        answer.startsWork = job.id
        return answer
    }

    func status(_ address: SandboxRoute.QueueAddress, _ exchange: Exchange) async -> SandboxAnswer {
        guard let (job, position) = await state.poll(address) else { return .notFound }
        let reported = job.reported
        let wantsLogs = ["1", "true"].contains(exchange.request.uri.queryParameters["logs"].map(String.init))
        var members = Self.addresses(of: job, exchange)
        members["status"] = .string(reported.rawValue)
        members["queue_position"] = reported == .queued ? .integer(Int64(position)) : .null
        members["logs"] = wantsLogs && reported != .queued ? .array(job.logs) : .null
        if reported == .completed, case .finished(let outcome, let seconds) = job.phase {
            members["metrics"] = .object(["inference_time": .number(seconds)])
            if let (error, type) = Self.error(of: outcome) {
                members["error"] = .string(error)
                members["error_type"] = .string(type)
            }
        }
        return .json(reported == .completed ? 200 : 202, .object(members), headers: ["x-fal-request-id": job.id])
    }

    func result(_ address: SandboxRoute.QueueAddress, _ exchange: Exchange) async -> SandboxAnswer {
        guard let job = await state.job(address) else { return .notFound }
        guard job.reported == .completed, case .finished(let outcome, _) = job.phase else {
            return .detail(400, "Request is still in progress")
        }
        var answer: SandboxAnswer
        switch outcome {
        case .pictures(let drawn): answer = Self.output(drawn, exchange)
        case .failed(let failure): answer = Self.failure(failure)
        case .cancelled: answer = .detail(499, "Request was cancelled", type: "client_cancelled")
        }
        answer.headers["x-fal-request-id"] = job.id
        return answer
    }

    func cancel(_ address: SandboxRoute.QueueAddress) async -> SandboxAnswer {
        switch await state.cancel(address) {
        case .requested: .json(202, .object(["status": .string("CANCELLATION_REQUESTED")]))
        case .alreadyCompleted: .json(400, .object(["status": .string("ALREADY_COMPLETED")]))
        case .notFound: .notFound
        }
    }

    func run(_ endpoint: String, _ exchange: inout Exchange) async -> SandboxAnswer {
        guard let model = SandboxModel(named: endpoint) else { return Self.noModel(endpoint) }
        let body: JSONValue
        switch await readJSON(&exchange) {
        case .success(let value): body = value
        case .failure(let refusal): return refusal.answer
        }
        do {
            let input = try ModelInput(body, for: model)
            let painter = painter.reachable(as: exchange.authority)
            guard let drawn = try await painter.run(model, input, isCancelled: { Task.isCancelled }) else {
                return .detail(499, "Request was cancelled", type: "client_cancelled")
            }
            return Self.output(drawn, exchange)
        } catch {
            return Self.failure(error)
        }
    }

    // MARK: - Pieces

    private static func addresses(of job: SandboxJob, _ exchange: Exchange) -> [String: JSONValue] {
        let base = "\(exchange.base)/\(SandboxRoute.application(of: job.model.endpoint))/requests/\(job.id)"
        return [
            "request_id": .string(job.id), "response_url": .string(base), "status_url": .string("\(base)/status"),
            "cancel_url": .string("\(base)/cancel"),
        ]
    }

    private static func error(of outcome: SandboxJob.Outcome) -> (error: String, type: String)? {
        switch outcome {
        case .pictures: nil
        case .failed(let failure):
            ("Invalid status code: \(failure.status)", failure.problems.first?.type ?? "internal_server_error")
        case .cancelled: ("Request was cancelled", "client_cancelled")
        }
    }

    private static func failure(_ failure: ModelFailure) -> SandboxAnswer {
        .json(failure.status, failure.json, headers: ["x-fal-retryable": "false"])
    }

    private static func noModel(_ endpoint: String) -> SandboxAnswer {
        .detail(404, "Application \"\(endpoint)\" not found")
    }

    private static func output(_ drawn: DrawnPictures, _ exchange: Exchange) -> SandboxAnswer {
        var images: [JSONValue] = []
        for picture in drawn.pictures {
            let url: String
            if let path = picture.servedAt {
                url = "\(exchange.base)/cdn/\(path)"
            } else if let data = FileManager.default.contents(atPath: picture.file.path) {
                url = "data:\(picture.file.contentType);base64,\(data.base64EncodedString())"
            } else {
                return .detail(500, "A stored file is gone", type: "internal_error")
            }
            images.append(
                .object([
                    "url": .string(url), "content_type": .string(picture.file.contentType),
                    "file_name": .string(picture.name), "file_size": .integer(Int64(picture.file.byteCount)),
                    "width": .integer(Int64(picture.size.width)), "height": .integer(Int64(picture.size.height)),
                ]))
        }
        return .json(
            200,
            .object([
                "images": .array(images), "seed": drawn.seed, "prompt": .string(drawn.prompt),
                "has_nsfw_concepts": .array(drawn.pictures.map { _ in .bool(false) }),
                "timings": .object(["inference": .number(drawn.seconds)]),
            ]))
    }
}
