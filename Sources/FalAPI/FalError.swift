/// What can go wrong between us and fal. Every case says whether trying again can help, and names fal's request when known.
package enum FalError: Error, Sendable, Hashable {
    /// The API key does not have the form that fal gives out; no part of it is repeated here.
    case malformedCredential(FalCredential.Flaw)
    /// A text is not an absolute http or https URL.
    case malformedAddress(String)
    /// A text that should name a model's endpoint, such as `fal-ai/hidream-o1-image/edit`, cannot be part of a URL.
    case malformedEndpoint(String)
    /// A submit option has a value that fal or HTTP would reject; nothing was sent.
    case malformedOption(String, reason: String)
    /// A call that needs the API key was made without one.
    case missingCredential
    /// fal does not know the key (401).
    case unauthorized(detail: String?, requestID: String?)
    /// fal knows the key but refuses the call: no permission, or the account is locked (402, 403).
    case forbidden(status: Int, detail: String?, requestID: String?)
    /// The request itself is wrong; `detail` names the fields, `type` is fal's machine-readable kind.
    case rejected(status: Int, detail: String?, type: String?, requestID: String?)
    /// Too many requests (429), still so after every retry.
    case throttled(retryAfter: Duration?, detail: String?, requestID: String?)
    /// The server failed (408, 5xx), and kept failing through every retry.
    case unavailable(status: Int, detail: String?, requestID: String?)
    /// No connection could be made; nothing was sent.
    case unreachable(origin: String, reason: String)
    /// The server did not answer, or a transfer stalled, for longer than allowed.
    case timedOut(origin: String)
    /// The connection ended in the middle.
    case interrupted(origin: String, reason: String)
    /// A submit was sent and its answer never came, or does not say whether the job exists. Sending it again may bill twice.
    case outcomeUnknown(reason: String, requestID: String?)
    /// The request was accepted and ran, and the run ended in an error.
    case failed(detail: String, type: String?, requestID: String?)
    /// The answer is not what the protocol says.
    case unintelligible(what: String, requestID: String?)
    /// A URL that needs the key points to a scheme, host or port that is not configured; nothing was sent there.
    case foreignHost(origin: String)
    /// The server redirects a call that carries the key or a body; it was not followed. `to` is an origin, not a whole URL.
    case redirected(status: Int, to: String?)
    /// A file is not served at its URL, or not to us (401, 403, 404, 410).
    case gone(status: Int, origin: String)
    /// A stored or downloaded file does not have the announced number of bytes.
    case sizeMismatch(expected: Int64, actual: Int64)
    /// The local file is not the one that was measured before the upload, or changed during it.
    case fileChanged(path: String)
    /// The local file cannot be opened or read, or is not a regular file.
    case unreadableFile(path: String, reason: String)
    /// A request that claims to be a webhook from fal is not one, or is too old.
    case untrustedWebhook(WebhookVerifier.Flaw)
    /// The task was cancelled before anything that costs money could have happened.
    case cancelled
}

extension FalError {
    /// A stable name in snake_case, for programs.
    package var code: String {
        switch self {
        case .malformedCredential: "malformed_credential"
        case .malformedAddress: "malformed_address"
        case .malformedEndpoint: "malformed_endpoint"
        case .malformedOption: "malformed_option"
        case .missingCredential: "missing_credential"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .rejected: "rejected"
        case .throttled: "throttled"
        case .unavailable: "unavailable"
        case .unreachable: "unreachable"
        case .timedOut: "timed_out"
        case .interrupted: "interrupted"
        case .outcomeUnknown: "outcome_unknown"
        case .failed: "failed"
        case .unintelligible: "unintelligible"
        case .foreignHost: "foreign_host"
        case .redirected: "redirected"
        case .gone: "gone"
        case .sizeMismatch: "size_mismatch"
        case .fileChanged: "file_changed"
        case .unreadableFile: "unreadable_file"
        case .untrustedWebhook: "untrusted_webhook"
        case .cancelled: "cancelled"
        }
    }

    /// Whether the same call, made later, can succeed without anyone changing anything. False for `outcomeUnknown`: there
    /// the danger is that it already did.
    package var isTransient: Bool {
        switch self {
        case .throttled, .unavailable, .unreachable, .timedOut, .interrupted, .sizeMismatch: true
        case .failed(_, let type?, _):
            // Protocol facts, sections 5.3 and 5.4 (documented). The caller's own start deadline has these types too, and
            // a longer wait for a free runner can help there as well.
            type.hasPrefix("runner_")
                || [
                    "request_timeout", "startup_timeout", "generation_timeout", "internal_error",
                    "internal_server_error",
                    "downstream_service_error", "downstream_service_unavailable",
                ].contains(type)
        default: false
        }
    }

    /// fal's name for the request that failed; nil when none was given.
    package var requestID: String? {
        switch self {
        case .unauthorized(_, let id), .forbidden(_, _, let id), .rejected(_, _, _, let id), .throttled(_, _, let id),
            .unavailable(_, _, let id), .outcomeUnknown(_, let id), .failed(_, _, let id), .unintelligible(_, let id):
            id
        default: nil
        }
    }
}

extension FalError: CustomStringConvertible {
    /// What happened, and to which request: lower case, no full stop, so that it can follow a name and a colon.
    package var description: String {
        requestID.map { "\(sentence) (fal request \($0))" } ?? sentence
    }

    /// What happened, without the request id.
    var sentence: String {
        switch self {
        case .malformedCredential(.empty): "the fal key is empty"
        case .malformedCredential(.notIDAndSecret): "the fal key does not have the form id:secret"
        case .malformedCredential(.forbiddenCharacter): "the fal key contains a space or another character no key has"
        case .malformedAddress(let text): "“\(PlainText.oneLine(text, limit: 100))” is not an http or https URL"
        case .malformedEndpoint(let text): "“\(PlainText.oneLine(text, limit: 100))” is not a valid fal endpoint"
        case .malformedOption(let name, let reason): "the \(name) cannot be sent: \(reason)"
        case .missingCredential: "this needs a fal key, and none is configured"
        case .unauthorized(let detail, _): "fal did not accept the key (HTTP 401)\(Self.colon(detail))"
        case .forbidden(let status, let detail, _) where status == 402 || detail?.contains("xhausted balance") == true:
            "your fal account is out of credit (HTTP \(status))\(Self.colon(detail))"
        case .forbidden(let status, let detail, _):
            "the key is not allowed to do this (HTTP \(status))\(Self.colon(detail))"
        case .rejected(let status, let detail, _, _): "the request was refused (HTTP \(status))\(Self.colon(detail))"
        case .throttled(let wait?, let detail, _):
            "fal is busy (HTTP 429), retry after \(wait.components.seconds) s\(Self.colon(detail))"
        case .throttled(nil, let detail, _): "fal is busy (HTTP 429)\(Self.colon(detail))"
        case .unavailable(let status, let detail, _):
            "the server is not available (HTTP \(status))\(Self.colon(detail))"
        case .unreachable(let origin, let reason): "cannot reach \(origin): \(reason)"
        case .timedOut(let origin): "\(origin) did not answer in time"
        case .interrupted(let origin, let reason): "the connection to \(origin) was lost: \(reason)"
        case .outcomeUnknown(let reason, _): "it is unknown whether fal accepted the request: \(reason)"
        case .failed(let detail, _, _): "the run failed: \(detail)"
        case .unintelligible(let what, _): "the answer was not understood: \(what)"
        case .foreignHost(let origin):
            "fal's answer points to \(origin), which is not the configured host, so the key was not sent there"
        case .redirected(let status, let origin?):
            "the server redirects to \(origin) (HTTP \(status)); the redirect was not followed"
        case .redirected(let status, nil): "the server redirects to an unusable address (HTTP \(status))"
        case .gone(let status, let origin) where status == 401 || status == 403:
            "\(origin) does not let us read the file (HTTP \(status))"
        case .gone(let status, let origin): "the file is no longer available at \(origin) (HTTP \(status))"
        case .sizeMismatch(let expected, let actual): "the file has \(actual) bytes where \(expected) were expected"
        case .fileChanged(let path): "\(path) changed while it was being uploaded"
        case .unreadableFile(let path, let reason): "\(path) cannot be read: \(reason)"
        case .untrustedWebhook(.incompleteHeaders): "not a webhook from fal: signature headers are missing or malformed"
        case .untrustedWebhook(.stale): "the webhook's signature is more than five minutes off"
        case .untrustedWebhook(.wrongSignature): "not a webhook from fal: the signature does not match any of its keys"
        case .untrustedWebhook(.noDelivery): "the webhook is signed by fal but names no request"
        case .cancelled: "the call was cancelled"
        }
    }

    private static func colon(_ detail: String?) -> String { detail.map { ": \($0)" } ?? "" }
}
