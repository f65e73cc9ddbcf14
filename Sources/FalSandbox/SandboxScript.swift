/// What a sandbox does wrong on purpose, fixed at its start. There is no endpoint that could change it.
public struct SandboxScript: Sendable, Hashable {
    /// The faults, each of them independent of the others; of two of a kind the first one counts.
    public var faults: [SandboxFault]

    /// Nothing goes wrong.
    public static let faithful = SandboxScript(faults: [])

    /// Takes the faults as they are.
    public init(faults: [SandboxFault]) {
        self.faults = faults
    }

    /// Reads faults in their text form, as `SandboxFault(parsing:)` does; the first wrong one is the error.
    public init(parsing texts: [String]) throws(SandboxError) {
        var faults: [SandboxFault] = []
        for text in texts { faults.append(try SandboxFault(parsing: text)) }
        self.init(faults: faults)
    }
}

/// One way to go wrong. Where a number of times can be left out, the fault never ends.
public enum SandboxFault: Sendable, Hashable, CustomStringConvertible {
    /// The first `times` requests to storage, announcements and uploads alike, get 503.
    case storageUnavailable(times: Int)
    /// The first submits are refused with 422, a content policy violation; nothing is queued.
    case submitRefused(times: Int?)
    /// The first submits are accepted and queued, but the connection is closed without an answer.
    case submitTimeoutAfterAccept(times: Int?)
    /// Each request is reported as waiting, then as running, for its first `polls` status polls.
    case statusSlow(polls: Int)
    /// The first finished requests turn out to have failed: an error in the status, 500 as the result.
    case resultError(times: Int?)

    /// Reads the text form: `storage:503:2`, `submit:422`, `submit:422:1`, `submit:timeout:after-accept`,
    /// `status:slow:3`, `result:error`. Numbers are at least 1.
    public init(parsing text: String) throws(SandboxError) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        func number(_ index: Int) -> Int? {
            guard parts.count == index + 1, let value = Int(parts[index]), value >= 1 else { return nil }
            return value
        }
        // The number of times at this place, or "for ever" when the text ends before it.
        func times(_ index: Int) -> Int?? {
            if parts.count == index { return .some(nil) }
            return number(index).map { .some($0) }
        }
        switch (parts.first, parts.dropFirst().first) {
        case ("storage", "503"):
            if let times = number(2) { self = .storageUnavailable(times: times) } else { throw .unknownFault(text) }
        case ("submit", "422"):
            if let times = times(2) { self = .submitRefused(times: times) } else { throw .unknownFault(text) }
        case ("submit", "timeout"):
            guard parts.count > 2, parts[2] == "after-accept", let times = times(3) else { throw .unknownFault(text) }
            self = .submitTimeoutAfterAccept(times: times)
        case ("status", "slow"):
            if let polls = number(2) { self = .statusSlow(polls: polls) } else { throw .unknownFault(text) }
        case ("result", "error"):
            if let times = times(2) { self = .resultError(times: times) } else { throw .unknownFault(text) }
        default:
            throw .unknownFault(text)
        }
    }

    /// Every form that can be read, for help texts.
    public static let forms = [
        "storage:503:N", "submit:422[:N]", "submit:timeout:after-accept[:N]", "status:slow:N", "result:error[:N]",
    ]

    /// The text form.
    public var description: String {
        func suffix(_ times: Int?) -> String { times.map { ":\($0)" } ?? "" }
        return switch self {
        case .storageUnavailable(let times): "storage:503:\(times)"
        case .submitRefused(let times): "submit:422\(suffix(times))"
        case .submitTimeoutAfterAccept(let times): "submit:timeout:after-accept\(suffix(times))"
        case .statusSlow(let polls): "status:slow:\(polls)"
        case .resultError(let times): "result:error\(suffix(times))"
        }
    }
}

/// What is left of a script while the sandbox runs.
struct RemainingFaults {
    private var storage = 0
    private var refusals = 0
    private var timeouts = 0
    private var failures = 0
    /// How many polls each request is held back for.
    private(set) var slowPolls = 0

    init(_ script: SandboxScript) {
        // The first of a kind counts, so later ones are applied first and overwritten.
        for fault in script.faults.reversed() {
            switch fault {
            case .storageUnavailable(let times): storage = times
            case .submitRefused(let times): refusals = times ?? .max
            case .submitTimeoutAfterAccept(let times): timeouts = times ?? .max
            case .statusSlow(let polls): slowPolls = polls
            case .resultError(let times): failures = times ?? .max
            }
        }
    }

    mutating func takeStorage() -> Bool { Self.take(&storage) }
    mutating func takeRefusal() -> Bool { Self.take(&refusals) }
    mutating func takeTimeout() -> Bool { Self.take(&timeouts) }
    mutating func takeFailure() -> Bool { Self.take(&failures) }

    private static func take(_ left: inout Int) -> Bool {
        guard left > 0 else { return false }
        if left < .max { left -= 1 }
        return true
    }
}
