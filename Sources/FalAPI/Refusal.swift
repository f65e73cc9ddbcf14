import Foundation
import NIOHTTP1

/// What a server said when it did not say yes: status, the headers that matter, and the body as one sentence.
///
/// Headers and bodies: protocol facts, sections 5.1 and 5.2 (documented).
struct Refusal: Sendable, Hashable {
    /// The HTTP status, 300 or higher.
    var status: Int
    /// The body's `detail` as one sentence, when there was one.
    var detail: String?
    /// fal's machine-readable kind: `error_type`, the matching header, or the first entry's `type`.
    var type: String?
    /// `detail` was a list of fields, which only models write.
    var isFieldList = false
    /// How long the server asked us to wait.
    var retryAfter: Duration?
    /// `X-Fal-Retryable`, or `X-Fal-Needs-Retry` as newer pages call it; nil when neither was sent.
    var isRetryable: Bool?
    /// A 504 because the start deadline that the caller itself had set ran out.
    var isOwnStartTimeout = false
    /// fal's name for the request.
    var requestID: String?
    /// Scheme, host and port that a redirect names.
    var redirectOrigin: String?

    /// Whether the answer to a result request says how the run failed, rather than that fal is unavailable now.
    var isOutcomeOfRun: Bool {
        if isFieldList || isOwnStartTimeout { return true }
        guard let type else { return false }
        return type.hasPrefix("runner_") || ["startup_timeout", "request_timeout", "generation_timeout"].contains(type)
    }

    /// The error for callers. `isKeyed` says whether the key was sent: only then is a 401 about the key.
    func error(isKeyed: Bool, readsOutcome: Bool = false) -> FalError {
        switch status {
        case 300..<400: return .redirected(status: status, to: redirectOrigin)
        case 401 where isKeyed: return .unauthorized(detail: detail, requestID: requestID)
        case 402 where isKeyed, 403 where isKeyed:
            return .forbidden(status: status, detail: detail, requestID: requestID)
        case 429: return .throttled(retryAfter: retryAfter, detail: detail, requestID: requestID)
        case 500... where isOwnStartTimeout || (readsOutcome && isOutcomeOfRun):
            return .failed(detail: detail ?? "HTTP \(status)", type: type, requestID: requestID)
        case 408, 500...: return .unavailable(status: status, detail: detail, requestID: requestID)
        default: return .rejected(status: status, detail: detail, type: type, requestID: requestID)
        }
    }
}

extension Refusal {
    /// Reads an answer. `body` may be anything: a proxy's HTML page has no detail.
    init(status: Int, headers: HTTPHeaders, body: [UInt8], redacting credential: FalCredential?) {
        let json = LooseJSON(parsing: body)
        let entries = json?["detail"]?.array
        self.status = status
        detail =
            entries.map { FieldComplaint.sentence(for: $0) }
            ?? ["detail", "message", "error", "status"].lazy.compactMap { json?[$0]?.string }.first
            // The platform API's own shape.
            ?? json?["error"]?["message"]?.string
        detail = detail.map { PlainText.oneLine(credential?.redacting($0) ?? $0) }
        if detail?.isEmpty == true { detail = nil }
        type = json?["error_type"]?.string ?? headers.first(name: "x-fal-error-type") ?? entries?.first?["type"]?.string
        isFieldList = entries != nil
        retryAfter = Self.retryAfter(in: headers)
        isRetryable = Self.flag(headers, "x-fal-retryable") ?? Self.flag(headers, "x-fal-needs-retry")
        isOwnStartTimeout = status == 504 && headers.first(name: "x-fal-request-timeout-type")?.lowercased() == "user"
        requestID = (headers.first(name: "x-fal-request-id") ?? json?["request_id"]?.string)
            .map { PlainText.oneLine($0, limit: 100) }
    }

    private static func flag(_ headers: HTTPHeaders, _ name: String) -> Bool? {
        switch headers.first(name: name)?.lowercased() {
        case "1", "true", "yes": true
        case "0", "false", "no": false
        default: nil
        }
    }

    /// `Retry-After` in seconds, or as a date counted from the answer's own `Date`, so that no clock of ours takes part.
    private static func retryAfter(in headers: HTTPHeaders) -> Duration? {
        guard let text = headers.first(name: "retry-after") else { return nil }
        // A day is longer than any deadline here; the bound prevents overflow.
        if let seconds = Double(text) {
            return seconds.isFinite && seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil
        }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        guard let then = format.date(from: text), let now = headers.first(name: "date").flatMap(format.date(from:))
        else {
            return nil
        }
        return .seconds(min(max(0, then.timeIntervalSince(now)), 86_400))
    }
}
