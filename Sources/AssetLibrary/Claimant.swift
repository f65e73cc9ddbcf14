import Files

/// Who holds an upload claim, told by its nonce: a process of a machine, so that the claim of one that was killed need not
/// be waited for until its lease ends.
enum Claimant {
    /// A nonce that names this process.
    static func newNonce(_ random: UInt64) -> String { "\(ProcessName.own)#\(String(random, radix: 16))" }

    /// Whether a claim's process is known to be gone.
    static func isGone(_ nonce: String) -> Bool {
        nonce.lastIndex(of: "#").map { ProcessName.isRunning(nonce[..<$0]) == false } ?? false
    }
}
