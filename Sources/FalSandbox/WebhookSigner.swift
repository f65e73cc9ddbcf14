import AssetModel
import Crypto
import Foundation

/// Signs webhooks with an Ed25519 key that is made at the start and never leaves the process.
struct WebhookSigner: Sendable {
    private let key: Curve25519.Signing.PrivateKey

    /// A new key.
    init() {
        key = Curve25519.Signing.PrivateKey()
    }

    /// A known key, from its 32 bytes.
    init(seed: [UInt8]) throws {
        key = try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
    }

    /// The public half, as a JSON Web Key Set.
    var publicKeys: JSONValue {
        .object([
            "keys": .array([
                .object([
                    "kty": .string("OKP"), "crv": .string("Ed25519"), "use": .string("sig"), "alg": .string("EdDSA"),
                    "kid": .string("sandbox"), "x": .string(Self.base64url(key.publicKey.rawRepresentation)),
                ])
            ])
        ])
    }

    /// The four headers of one delivery: the signature is over request, user, time and the digest of the body.
    func headers(
        requestID: String, userID: String, timestamp: Int64, body: Data
    ) -> [(name: String, value: String)] {
        let digest = Self.hex(SHA256.hash(data: body))
        let message = [requestID, userID, String(timestamp), digest].joined(separator: "\n")
        // Signing fails only for keys held in hardware.
        let signature = (try? key.signature(for: Data(message.utf8))).map(Self.hex) ?? ""
        return [
            ("X-Fal-Webhook-Request-Id", requestID), ("X-Fal-Webhook-User-Id", userID),
            ("X-Fal-Webhook-Timestamp", String(timestamp)), ("X-Fal-Webhook-Signature", signature),
        ]
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    private static func base64url(_ data: Data) -> String {
        data.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
