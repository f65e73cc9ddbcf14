import AssetModel
import Foundation

/// What fal says about a finished request: in its result, its status, and its webhook.
enum SandboxResult {
    /// The result as it is fetched.
    static func answer(
        _ outcome: SandboxJob.Outcome, _ base: SandboxBase, _ form: PictureURL = .served
    ) -> SandboxAnswer {
        switch outcome {
        case .pictures(let drawn):
            output(drawn, base, form).map { .json(200, $0) }
                ?? .detail(500, "A stored file is gone", type: "internal_error")
        case .failed(let failure): Self.failure(failure)
        case .cancelled: .detail(499, "Request was cancelled", type: "client_cancelled")
        case .expired: timedOut
        }
    }

    /// A model's failure, with its problems.
    static func failure(_ failure: ModelFailure) -> SandboxAnswer {
        .json(failure.status, failure.json, headers: ["x-fal-retryable": "false"])
    }

    /// How a status and a webhook word a failure; nil for a success.
    static func error(of outcome: SandboxJob.Outcome) -> (error: String, type: String)? {
        switch outcome {
        case .pictures: nil
        case .failed(let failure):
            ("Invalid status code: \(failure.status)", failure.problems.first?.type ?? "internal_server_error")
        case .cancelled: ("Request was cancelled", "client_cancelled")
        case .expired: ("Request timed out", "request_timeout")
        }
    }

    private static var timedOut: SandboxAnswer {
        var answer = SandboxAnswer.detail(504, "Request timed out", type: "request_timeout")
        // The caller's own limit: trying again is of no use.
        answer.headers["x-fal-request-timeout-type"] = "user"
        return answer
    }

    private static func output(_ drawn: DrawnPictures, _ base: SandboxBase, _ form: PictureURL) -> JSONValue? {
        if let echo = drawn.echo { return .object(["input": echo]) }
        var images: [JSONValue] = []
        for picture in drawn.pictures {
            guard let url = form.text(of: picture, base) else { return nil }
            var members: [String: JSONValue] = [
                "url": .string(url), "content_type": .string(picture.file.contentType),
                "file_name": .string(picture.name),
                "file_size": .integer(Int64(picture.file.byteCount - (drawn.tellsBytes ? 0 : 1))),
            ]
            if drawn.tellsSize {
                members["width"] = .integer(Int64(picture.size.width))
                members["height"] = .integer(Int64(picture.size.height))
            }
            images.append(.object(members))
        }
        return .object([
            "images": .array(images), "seed": drawn.seed, "prompt": .string(drawn.prompt),
            "has_nsfw_concepts": .array(drawn.pictures.map { _ in .bool(drawn.isFlagged) }),
            "timings": .object(["inference": .number(drawn.seconds)]),
        ])
    }
}
