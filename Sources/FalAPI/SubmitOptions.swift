import Foundation
import NIOHTTP1

/// Options of a submit besides the model's input (protocol facts, section 3.1). Without arguments fal's defaults apply.
package struct SubmitOptions: Sendable, Hashable {
    /// fal's two queues.
    package enum Priority: String, Sendable, Hashable, Codable {
        /// fal's default.
        case normal
        /// Behind all normal requests.
        case low
    }

    /// Which queue; nil is fal's default, which is normal.
    package var priority: Priority?
    /// A word that lets fal prefer a runner which served the same word before; printable ASCII.
    package var runnerHint: String?
    /// How many seconds the request may wait for a runner, more than 1; how long it then runs is not limited by it
    /// (trap 14). When they pass, the run has failed and is not tried again. Sent as `X-Fal-Request-Timeout`, as all of fal's clients do;
    /// its newer reference lists another name beside it, and may call ours the older one (protocol facts, section 0.1).
    package var startTimeoutSeconds: Double?
    /// Lifetime and access of the files that the model makes; it does not cover the inputs (trap 10).
    package var outputs: ObjectLifecycle?
    /// An http or https URL to which fal posts the outcome; see `WebhookVerifier`.
    package var webhook: String?
    /// Whether fal keeps input and output JSON, for its dashboard and so that a result can be fetched later, 30 days by default.
    package var isKept: Bool
    /// Whether fal may put the request back into the queue when a runner breaks down, up to ten times.
    package var isRequeued: Bool
    /// Refuse the request with 429 when more than this many already wait; nil for no limit.
    package var largestQueue: Int?

    /// The defaults are fal's own.
    package init(
        priority: Priority? = nil, runnerHint: String? = nil, startTimeoutSeconds: Double? = nil,
        outputs: ObjectLifecycle? = nil, webhook: String? = nil, isKept: Bool = true, isRequeued: Bool = true,
        largestQueue: Int? = nil
    ) {
        self.priority = priority
        self.runnerHint = runnerHint
        self.startTimeoutSeconds = startTimeoutSeconds
        self.outputs = outputs
        self.webhook = webhook
        self.isKept = isKept
        self.isRequeued = isRequeued
        self.largestQueue = largestQueue
    }

    /// The headers; throws `malformedOption` for a value that fal or HTTP would reject.
    func headers() throws(FalError) -> HTTPHeaders {
        var headers = HTTPHeaders()
        if !isKept { headers.add(name: "X-Fal-Store-IO", value: "0") }
        if let runnerHint {
            guard !runnerHint.isEmpty, runnerHint.utf8.allSatisfy({ 0x20...0x7E ~= $0 }) else {
                throw .malformedOption("runner hint", reason: "it must be printable ASCII")
            }
            headers.add(name: "X-Fal-Runner-Hint", value: runnerHint)
        }
        if let priority { headers.add(name: "X-Fal-Queue-Priority", value: priority.rawValue) }
        if let seconds = startTimeoutSeconds {
            guard seconds > 1, seconds < 1e9 else {
                throw .malformedOption("start timeout", reason: "it must be more than 1 second")
            }
            headers.add(
                name: "X-Fal-Request-Timeout", value: Int(exactly: seconds).map(String.init) ?? String(seconds))
        }
        if let value = outputs?.headerValue { headers.add(name: ObjectLifecycle.outputHeaderName, value: value) }
        if !isRequeued { headers.add(name: "X-Fal-No-Retry", value: "1") }
        return headers
    }

    /// What follows the endpoint in the URL, with its question mark; empty when there is nothing to say.
    func query() throws(FalError) -> String {
        var items: [String] = []
        if let webhook {
            guard (try? WebAddress(webhook)) != nil else {
                throw .malformedOption("webhook", reason: "it is not an http or https URL")
            }
            items.append("fal_webhook=\(Self.escaped(webhook))")
        }
        if let largestQueue {
            guard largestQueue >= 0 else { throw .malformedOption("queue limit", reason: "it must not be negative") }
            items.append("fal_max_queue_length=\(largestQueue)")
        }
        return items.isEmpty ? "" : "?" + items.joined(separator: "&")
    }

    /// Everything but letters, digits and `-._~` as percent escapes, as fal's clients write it.
    private static func escaped(_ text: String) -> String {
        text.utf8.reduce(into: "") { escaped, byte in
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": escaped.unicodeScalars.append(scalar)
            default: escaped += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
