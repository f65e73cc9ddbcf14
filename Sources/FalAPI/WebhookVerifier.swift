import Crypto
import Foundation

/// Tells whether a request that claims to be a webhook from fal is one (protocol facts, section 3.8, documented).
///
/// What is signed is the request id, the user id, the time and the SHA-256 of the body's bytes as they came: verify before
/// anything parses them. Answer within 15 s, and expect the same delivery more than once.
package struct WebhookVerifier: Sendable {
    /// Why a request is not accepted as a webhook from fal.
    package enum Flaw: String, Sendable, Hashable {
        /// One of the four headers is missing, repeated or malformed.
        case incompleteHeaders = "incomplete_headers"
        /// It was signed more than 300 s before or after now.
        case stale
        /// None of the keys made the signature over these bytes.
        case wrongSignature = "wrong_signature"
        /// It is signed, but its body is not JSON with a request id and a status.
        case noDelivery = "no_delivery"
    }

    /// How far the signature's time and ours may be apart, in seconds.
    package static let tolerance: Int64 = 300

    private let keys: WebhookKeys

    /// Any of the keys may have signed: fal changes them from time to time.
    package init(keys: WebhookKeys) { self.keys = keys }

    /// Checks a request and reads what it says. `headers` are all of them, as name and value, in any case and order;
    /// `body` the bytes as they came; `now` the time in Unix seconds. Throws `untrustedWebhook`.
    package func verify(
        headers: [(name: String, value: String)], body: [UInt8], now: Int64
    ) throws(FalError) -> WebhookDelivery {
        let claim = try Claim(headers, now: now)
        let digest = SHA256.hash(data: body).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let message = Data([claim.requestID, claim.userID, claim.timestamp, digest].joined(separator: "\n").utf8)
        let isSigned = keys.keys.contains { key in
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key)
            return key?.isValidSignature(claim.signature, for: message) == true
        }
        guard isSigned else { throw .untrustedWebhook(.wrongSignature) }
        guard let delivery = WebhookDelivery(body) else { throw .untrustedWebhook(.noDelivery) }
        return delivery
    }

    /// Checks what needs neither a key nor the body: that the headers are there and readable, and the time they name is
    /// now. Do this before reading the body or fetching fal's keys, either of which a stranger could otherwise cause.
    /// Throws `untrustedWebhook`.
    package static func checkForm(of headers: [(name: String, value: String)], now: Int64) throws(FalError) {
        _ = try Claim(headers, now: now)
    }

    /// What the four headers say, once they are well formed.
    private struct Claim {
        /// A signature has 128 characters and an id 36; no value is longer than this.
        private static let longestValue = 256

        let requestID: String
        let userID: String
        /// As it was signed.
        let timestamp: String
        let signature: [UInt8]

        init(_ headers: [(name: String, value: String)], now: Int64) throws(FalError) {
            func value(_ name: String) throws(FalError) -> String {
                let values = headers.filter { $0.name.lowercased() == name }.map(\.value)
                guard values.count == 1, 1...Self.longestValue ~= values[0].utf8.count,
                    values[0].utf8.allSatisfy({ 0x20...0x7E ~= $0 })
                else {
                    throw .untrustedWebhook(.incompleteHeaders)
                }
                return values[0]
            }
            requestID = try value("x-fal-webhook-request-id")
            userID = try value("x-fal-webhook-user-id")
            timestamp = try value("x-fal-webhook-timestamp")
            guard let signature = WebhookVerifier.bytes(hex: try value("x-fal-webhook-signature")),
                let signedAt = Int64(timestamp)
            else { throw .untrustedWebhook(.incompleteHeaders) }
            self.signature = signature
            let (distance, overflows) = now.subtractingReportingOverflow(signedAt)
            guard !overflows, distance.magnitude <= WebhookVerifier.tolerance else { throw .untrustedWebhook(.stale) }
        }
    }

    private static func bytes(hex text: String) -> [UInt8]? {
        let digits = text.compactMap(\.hexDigitValue)
        guard digits.count == text.count, digits.count == 128 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}

/// What a webhook says: that a request has ended, and how. Fetch the result itself with `FalQueue.result`, which is the
/// model's output byte for byte; the copy inside a webhook may be missing.
package struct WebhookDelivery: Sendable, Hashable {
    /// The queue's name for the request; the same delivery may come more than once, and this tells it.
    package let requestID: String
    /// The name of the last attempt, which differs after a requeue; nil when missing.
    package let gatewayRequestID: String?
    /// Why the run failed, as one sentence; nil when it did not.
    package let error: String?
    /// Whether the model's output, or its list of problems, is included.
    package let hasPayload: Bool
    /// Why the output is missing although the run succeeded; nil when it is included.
    package let payloadError: String?

    init?(_ body: [UInt8]) {
        guard let json = LooseJSON(parsing: body), let id = json["request_id"]?.string, !id.isEmpty,
            let status = json["status"]?.string, status == "OK" || status == "ERROR"
        else { return nil }
        requestID = id
        gatewayRequestID = json["gateway_request_id"]?.string
        let complaints = (json["payload"]?["detail"]?.array).map { FieldComplaint.sentence(for: $0) }
        let said = complaints ?? json["error"]?.text ?? "fal gave no reason"
        error = status == "ERROR" ? PlainText.oneLine(said) : nil
        hasPayload = json["payload"].map { $0 != .null } ?? false
        payloadError = json["payload_error"]?.text.map { PlainText.oneLine($0) }
    }
}
