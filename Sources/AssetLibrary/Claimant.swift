import Foundation

/// Who holds an upload claim, told by its nonce: a process of a machine, so that the claim of one that was killed need not
/// be waited for until its lease ends.
enum Claimant {
    /// A nonce that names this process.
    static func newNonce(_ random: UInt64) -> String { "\(getpid())@\(machine)#\(String(random, radix: 16))" }

    /// Whether a claim's process is known to be gone. A catalog is never shared over a network; where containers share one,
    /// their names differ, and nothing is known.
    static func isGone(_ nonce: String) -> Bool {
        guard let at = nonce.firstIndex(of: "@"), let end = nonce.lastIndex(of: "#"), at < end,
            nonce[nonce.index(after: at)..<end] == machine, let process = pid_t(nonce[..<at]), process > 0
        else { return false }
        return kill(process, 0) != 0 && errno == ESRCH
    }

    private static let machine: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
