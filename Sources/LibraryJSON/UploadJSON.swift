package import AssetLibrary
package import AssetModel

extension Upload {
    /// `digest url host access byte_count uploaded_at lifetime expires_at expiry checked_at lost_at asset copy used`.
    package var json: JSONObject {
        [
            "digest": JSONValue(digest), "url": JSONValue(url), "host": JSONValue(host.name),
            "access": JSONValue(access.rawValue), "byte_count": .integer(byteCount),
            "uploaded_at": JSONValue(uploadedAt), "lifetime": JSONValue(lifetime.description),
            "expires_at": JSONValue(expiresAt), "expiry": JSONValue(expiry.rawValue),
            "checked_at": JSONValue(checkedAt), "lost_at": JSONValue(lostAt), "asset": JSONValue(asset),
            "copy": JSONValue(copy?.description), "used": JSONValue(useCount),
        ]
    }
}

extension UploadOutcome {
    /// The upload, and `new renewed`; or `asset error`.
    package var json: JSONObject {
        switch self {
        case .uploaded(let result):
            result.upload.json.adding(["new": JSONValue(result.isNew), "renewed": JSONValue(result.isRenewed)])
        case .failed(let asset, let error): ["asset": JSONValue(asset), "error": .object(error.json)]
        case .notBegun(let asset):
            [
                "asset": JSONValue(asset),
                "error": .object(.error("not_begun", "not started: it would fail as an earlier one did")),
            ]
        }
    }
}
