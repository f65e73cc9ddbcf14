package import AssetLibrary
import AssetModel

extension JSONObject {
    /// What went wrong: a stable code for programs, a sentence for people.
    package static func error(_ code: String, _ message: String) -> JSONObject {
        ["code": JSONValue(code), "message": JSONValue(message)]
    }
}

extension LibraryError {
    /// `code message request_id generation`; the last two are null where fal or a run has no part in it.
    package var json: JSONObject {
        .error(code, message).adding(["request_id": JSONValue(requestID), "generation": JSONValue(run)])
    }
}

extension IntegrityProblem {
    /// `error`.
    package var json: JSONObject { ["error": .object(.error(code, description))] }
}
