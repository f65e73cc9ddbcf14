package import AssetLibrary
import AssetModel

extension HistoryOutcome {
    /// `request_id generation model prompt created_at outcome expired error`: `outcome` is `new known awaited not_kept failed`.
    package var json: JSONObject {
        func object(
            _ outcome: String, _ request: HistoryRequest, _ run: Run.ID?, expired: Int = 0, _ error: LibraryError? = nil
        ) -> JSONObject {
            [
                "request_id": JSONValue(request.id), "generation": JSONValue(run), "model": JSONValue(request.model),
                "prompt": JSONValue(request.prompt), "created_at": JSONValue(request.at),
                "outcome": JSONValue(outcome), "expired": JSONValue(expired),
                "error": error.map { .object($0.json) } ?? .null,
            ]
        }
        return switch self {
        case .new(let request, let run, let expired): object("new", request, run?.id, expired: expired)
        case .known(let request, let run): object("known", request, run)
        case .awaited(let request, let run): object("awaited", request, run)
        case .notKept(let request): object("not_kept", request, nil)
        case .failed(let request, let error): object("failed", request, nil, error)
        }
    }
}
