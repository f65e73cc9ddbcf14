package import AssetLibrary
import AssetModel
package import LibraryJSON

extension WebhookReport {
    /// `status request_id outcome generation error`: the answer to one delivery and what came of it.
    package func json(in library: Library) -> JSONObject {
        [
            "status": JSONValue(status), "request_id": JSONValue(requestID), "outcome": JSONValue(outcome.name),
            "generation": outcome.run.map { .object($0.json(in: library)) } ?? .null,
            "error": outcome.error.map { .object($0.json) } ?? .null,
        ]
    }
}

extension WebhookReport.Outcome {
    /// A stable name for machines.
    fileprivate var name: String {
        switch self {
        case .turnedAway: "turned_away"
        case .underWay: "under_way"
        case .interrupted: "interrupted"
        case .taken(.unknownRequest): "unknown_request"
        case .taken(.elsewhere): "elsewhere"
        case .taken(.alreadyEnded): "already_ended"
        case .taken(.failed): "failed"
        case .taken(.finished): "finished"
        }
    }

    fileprivate var run: Run? {
        switch self {
        case .underWay(let run), .taken(.elsewhere(let run)), .taken(.alreadyEnded(let run)),
            .taken(.failed(let run, _)):
            run
        case .taken(.finished(let edit)): edit.run
        case .turnedAway, .interrupted, .taken(.unknownRequest): nil
        }
    }

    fileprivate var error: LibraryError? {
        switch self {
        case .turnedAway(let error), .taken(.failed(_, let error)): error
        default: nil
        }
    }
}
