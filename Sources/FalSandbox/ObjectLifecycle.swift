import AssetModel
import Foundation

/// How long a file lives and who may read it, as the lifecycle header of an upload or a request says.
struct ObjectLifecycle: Sendable, Hashable {
    /// How long a file lives.
    enum Lifetime: Sendable, Hashable {
        /// Nothing was said: as long as the account says.
        case accountDefault
        /// An explicit null, or 0.
        case forever
        case seconds(Int)
    }

    var lifetime = Lifetime.accountDefault
    var access = AccessRules()

    /// The header's two names. Uploads take either, requests only the second.
    static let uploadHeader = "x-fal-object-lifecycle"
    static let preferenceHeader = "x-fal-object-lifecycle-preference"

    /// Nothing was said.
    init() {}

    /// Reads a header's JSON. What fal does with a wrong one is not known; here it is refused, so that the mistake is
    /// seen.
    init(parsing text: String, header: String) throws(ModelFailure) {
        func problem(_ message: String, _ type: String) -> ModelFailure {
            var problem = InputProblem([], message, type: type, input: .string(text))
            problem.location = [.string("header"), .string(header)]
            return ModelFailure([problem])
        }
        guard case .object(let members)? = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
            throw problem("Input should be a valid dictionary", "dict_type")
        }
        switch members["expiration_duration_seconds"] {
        case nil: break
        case .null, .integer(0): lifetime = .forever
        case let value?:
            // A century is more than anyone means, and adding it to the time does not overflow.
            guard let seconds = value.int, 1...3_153_600_000 ~= seconds else {
                throw problem("expiration_duration_seconds should be a positive integer or null", "int_type")
            }
            lifetime = .seconds(seconds)
        }
        guard let rules = members["initial_acl"], rules != .null else { return }
        guard let access = AccessRules(rules) else {
            throw problem("initial_acl should have a default and rules of allow, forbid or hide", "value_error")
        }
        self.access = access
    }
}

/// Who may read a file.
struct AccessRules: Sendable, Hashable {
    /// What a reader gets: the file, a 403, or a 404.
    enum Decision: String, Sendable {
        case allow, forbid, hide
    }

    /// For everyone who is not named.
    var everybody = Decision.allow
    /// By the nickname of an account; in the sandbox that is the id of its key.
    var named: [String: Decision] = [:]

    /// Public, as files are by default.
    init() {}

    /// Reads `initial_acl`; nil when it has another shape.
    init?(_ json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        if let text = members["default"] {
            guard let decision = Decision(rawValue: text.text ?? "") else { return nil }
            everybody = decision
        }
        for rule in members["rules"]?.elements ?? [] {
            guard let user = rule["user"]?.text, let decision = Decision(rawValue: rule["decision"]?.text ?? "") else {
                return nil
            }
            named[user] = decision
        }
    }

    /// What this reader gets; nil stands for a reader without a token. The owner may always read.
    func decision(for reader: String?, owner: String) -> Decision {
        guard let reader else { return everybody }
        return reader == owner ? .allow : named[reader] ?? everybody
    }
}
