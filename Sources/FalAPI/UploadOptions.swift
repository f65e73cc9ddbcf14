import Foundation

/// How long a stored file lives and who may read it. A link is public unless the account says otherwise.
///
/// Sent when the upload is announced; it cannot be changed from here afterwards (protocol facts, section 2.8).
public struct UploadOptions: Sendable, Hashable {
    /// What someone gets who asks for the file.
    public enum Access: String, Sendable, Hashable {
        /// The file.
        case allow
        /// 403.
        case forbid
        /// 404, as if there were none.
        case hide
    }

    /// An exception for one fal user.
    public struct Rule: Sendable, Hashable {
        /// The user's nickname at fal; unknown ones are dropped there silently.
        public var user: String
        /// What that user gets.
        public var access: Access

        /// A rule for one user.
        public init(user: String, access: Access) {
            self.user = user
            self.access = access
        }
    }

    /// Seconds until fal deletes the file; below 1 it is sent as 1, since 0 would mean "never" to fal. Nil means the account's default, which may be "never" or may not.
    public var expiresAfterSeconds: Int?
    /// What everybody else gets, people without an account included; nil means the account's default.
    public var access: Access?
    /// Exceptions from `access`, in order.
    public var rules: [Rule]

    /// Without arguments: the account's defaults.
    public init(expiresAfterSeconds: Int? = nil, access: Access? = nil, rules: [Rule] = []) {
        self.expiresAfterSeconds = expiresAfterSeconds
        self.access = access
        self.rules = rules
    }

    /// Both header names a server may look for; uploads accept either (protocol facts, section 8, trap 10).
    static let headerNames = ["X-Fal-Object-Lifecycle", "X-Fal-Object-Lifecycle-Preference"]

    /// The header's JSON in ASCII; nil when there is nothing to say, because an empty object is never sent.
    var headerValue: String? {
        struct Lifecycle: Encodable {
            struct List: Encodable {
                struct Entry: Encodable {
                    let user: String
                    let decision: String
                }
                let `default`: String?
                let rules: [Entry]?
            }
            let expiration_duration_seconds: Int?
            let initial_acl: List?
        }
        let entries = rules.map { Lifecycle.List.Entry(user: $0.user, decision: $0.access.rawValue) }
        let list = Lifecycle.List(default: access?.rawValue, rules: entries.isEmpty ? nil : entries)
        let value = Lifecycle(
            expiration_duration_seconds: expiresAfterSeconds.map { max(1, $0) },
            initial_acl: access == nil && entries.isEmpty ? nil : list
        )
        guard value.expiration_duration_seconds != nil || value.initial_acl != nil else { return nil }
        return WireJSON.bytes(value).map(WireJSON.asciiText)
    }
}

/// Writing the few JSON values we send.
enum WireJSON {
    /// Keys in order and slashes as they are, so that equal values are equal bytes.
    static func bytes(_ value: some Encodable) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try? Array(encoder.encode(value))
    }

    /// JSON as text in which every character outside ASCII is written as `\u` escapes, fit for a header.
    static func asciiText(_ json: [UInt8]) -> String {
        String(decoding: json, as: UTF8.self).utf16.reduce(into: "") { text, unit in
            if unit < 0x80, let scalar = Unicode.Scalar(unit) {
                text.unicodeScalars.append(scalar)
            } else {
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
    }
}
