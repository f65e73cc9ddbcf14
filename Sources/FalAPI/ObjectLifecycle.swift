/// How long a stored file lives and who may read it: for an upload, or for what a model makes. A link is public unless
/// the account says otherwise.
///
/// Fixed when the file is announced; it cannot be changed from here afterwards (protocol facts, section 2.8).
package struct ObjectLifecycle: Sendable, Hashable {
    /// What a reader of the file gets.
    package enum Access: String, Sendable, Hashable, Codable {
        /// The file.
        case allow
        /// 403.
        case forbid
        /// 404, as if the file did not exist.
        case hide
    }

    /// An exception for one fal user.
    package struct Rule: Sendable, Hashable, Codable {
        /// The user's nickname at fal; unknown ones are dropped there silently.
        package var user: String
        /// What that user gets.
        package var access: Access

        /// A rule for one user.
        package init(user: String, access: Access) {
            self.user = user
            self.access = access
        }
    }

    /// When fal deletes the file; nil means the account's default, which may be never or may not.
    package var lifetime: Lifetime?
    /// What everyone else gets, including people without an account; nil means the account's default. The owner can always
    /// read.
    package var access: Access?
    /// Exceptions from `access`, in order.
    package var rules: [Rule]

    /// Without arguments: the account's defaults.
    package init(lifetime: Lifetime? = nil, access: Access? = nil, rules: [Rule] = []) {
        self.lifetime = lifetime
        self.access = access
        self.rules = rules
    }

    /// The same with a lifetime in seconds; nil means the account's default.
    package init(expiresAfterSeconds: Int?, access: Access? = nil, rules: [Rule] = []) {
        self.init(lifetime: expiresAfterSeconds.map { .seconds($0) }, access: access, rules: rules)
    }

    /// For everyone with the link, whatever the account's default is.
    package static func publicLink(lifetime: Lifetime? = nil) -> ObjectLifecycle {
        ObjectLifecycle(lifetime: lifetime, access: .allow)
    }

    /// For the owner and some users; to all others the file does not exist.
    package static func privateTo(_ users: [String] = [], lifetime: Lifetime? = nil) -> ObjectLifecycle {
        ObjectLifecycle(lifetime: lifetime, access: .hide, rules: users.map { Rule(user: $0, access: .allow) })
    }

    /// The name that goes with requests, where it is about the files a model makes.
    static let outputHeaderName = "X-Fal-Object-Lifecycle-Preference"

    /// Both names that a server may look for on an upload, which accepts either (trap 10).
    static let uploadHeaderNames = ["X-Fal-Object-Lifecycle", outputHeaderName]

    /// The header's JSON in ASCII; nil when there is nothing to say, because an empty object is never sent.
    var headerValue: String? {
        guard lifetime != nil || access != nil || !rules.isEmpty else { return nil }
        return WireJSON.bytes(Wire(value: self)).map(WireJSON.asciiText)
    }

    private struct Wire: Encodable {
        let value: ObjectLifecycle

        private enum Key: String, CodingKey {
            case seconds = "expiration_duration_seconds"
            case list = "initial_acl"
        }

        private struct List: Encodable {
            let `default`: String?
            let rules: [Entry]?
        }

        private struct Entry: Encodable {
            let user: String
            let decision: String
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            switch value.lifetime {
            case nil: break
            case .never: try container.encodeNil(forKey: .seconds)
            case .seconds(let seconds): try container.encode(max(1, seconds), forKey: .seconds)
            }
            let entries = value.rules.map { Entry(user: $0.user, decision: $0.access.rawValue) }
            guard value.access != nil || !entries.isEmpty else { return }
            try container.encode(
                List(default: value.access?.rawValue, rules: entries.isEmpty ? nil : entries), forKey: .list)
        }
    }
}

/// Options of an upload: how long the file lives and who may read it.
package typealias UploadOptions = ObjectLifecycle

/// How long a stored file lives.
package enum Lifetime: Sendable, Hashable, Codable {
    /// For ever. Sent as an explicit `null`, which fal's pages document for that; a long number would end one day and may
    /// be refused, and leaving the field out, as fal's clients do for "never", means the account's default (trap 9).
    case never
    /// This many seconds; below 1 it is sent as 1, since 0 would mean "never" to fal.
    case seconds(Int)

    /// The names that fal's clients give to lifetimes, in seconds (protocol facts, section 2.8).
    package static let named: [String: Lifetime] = [
        "never": .never, "immediate": .seconds(60), "1h": .seconds(3600), "1d": .seconds(86_400),
        "7d": .seconds(604_800), "30d": .seconds(2_592_000), "1y": .seconds(31_536_000),
    ]

    /// Reads a name of `named` or a whole number of seconds from 1; nil for anything else.
    package init?(_ text: String) {
        if let known = Self.named[text] {
            self = known
        } else if let seconds = Int(text), seconds > 0, !text.hasPrefix("+") {
            self = .seconds(seconds)
        } else {
            return nil
        }
    }
}
