/// A fal API key, `id:secret`. It never prints: every textual form of it is redacted.
package struct FalCredential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// What can be wrong with a key. None of the cases carries any part of it.
    package enum Flaw: String, Sendable, Hashable {
        /// Nothing is left after trimming.
        case empty
        /// There is no colon with text on both sides.
        case notIDAndSecret = "not_id_and_secret"
        /// It contains white space, a control character or a character outside ASCII.
        case forbiddenCharacter = "forbidden_character"
    }

    /// The half before the colon: names the account's key, opens nothing.
    package let keyID: String
    private let secret: String

    /// Takes a key as fal shows it; white space around it is dropped. Throws `malformedCredential` with the flaw.
    package init(key: String) throws(FalError) {
        let trimmed = key.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
        guard !trimmed.isEmpty else { throw .malformedCredential(.empty) }
        guard String(trimmed).utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            throw .malformedCredential(.forbiddenCharacter)
        }
        let halves = String(trimmed).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty else {
            throw .malformedCredential(.notIDAndSecret)
        }
        keyID = String(halves[0])
        secret = String(halves[1])
    }

    /// The value of the `Authorization` header: the whole pair verbatim after `Key`, neither base64 nor `Bearer`
    /// (protocol facts, section 1.1, recorded).
    var authorization: String { "Key \(keyID):\(secret)" }

    /// `text` without the secret, should a server have echoed it. One of a few letters is none of fal's, and would be found in any sentence.
    func redacting(_ text: String) -> String {
        guard secret.utf8.count >= 6 else { return text }
        var rest = text[...]
        var clean = ""
        while let found = rest.firstRange(of: secret) {
            clean += rest[..<found.lowerBound] + "[redacted]"
            rest = rest[found.upperBound...]
        }
        return clean + rest
    }

    /// Always `FalCredential(redacted)`.
    package var description: String { "FalCredential(redacted)" }

    /// Always `FalCredential(redacted)`.
    package var debugDescription: String { description }

    /// A mirror without children, so that `dump` and test reports show nothing either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
