/// What a sandbox does wrong on purpose, fixed at its start. There is no endpoint that could change it.
package struct SandboxScript: Sendable, Hashable {
    /// The faults, each of them independent of the others; of two of a kind the first one counts.
    package var faults: [SandboxFault]

    /// Nothing goes wrong.
    package static let faithful = SandboxScript(faults: [])

    /// A script of these faults.
    package init(faults: [SandboxFault]) {
        self.faults = faults
    }

    /// Reads faults in their text form, as `SandboxFault(parsing:)` does; the first wrong one is the error.
    package init(parsing texts: [String]) throws(SandboxError) {
        var faults: [SandboxFault] = []
        for text in texts { faults.append(try SandboxFault(parsing: text)) }
        self.init(faults: faults)
    }
}

/// What is left of a script while the sandbox runs: how often each kind of fault still happens.
struct RemainingFaults {
    private var left: [SandboxFault.Kind: Int]

    init(_ script: SandboxScript) {
        left = Dictionary(script.faults.map { ($0.kind, $0.number ?? .max) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether this fault happens now, which uses it up once.
    mutating func take(_ kind: SandboxFault.Kind) -> Bool {
        guard let times = left[kind], times > 0 else { return false }
        if times < .max { left[kind] = times - 1 }
        return true
    }

    /// The number of a fault that does not count times, or 0 when the script does not have it.
    func number(_ kind: SandboxFault.Kind) -> Int { left[kind] ?? 0 }
}
