/// What has been told about a request so far, so that each change and each log line is told once, however often the
/// server repeats them.
struct StatusFollower: Sendable {
    private var last: QueueStatus.State?
    private var shown: [LogLine: Int] = [:]

    /// Whether the end was seen.
    var isCompleted: Bool { last == .completed }

    /// What is new in a status; nil when nothing is.
    ///
    /// A poll brings all lines from the beginning, a stream may bring only later ones, and after a new connection both
    /// bring old ones again. So lines are counted: of equal ones, with their time, only those beyond the number already
    /// shown are new.
    mutating func news(in status: QueueStatus) -> QueueStatus? {
        var delivered: [LogLine: Int] = [:]
        let fresh = status.logs.filter { line in
            delivered[line, default: 0] += 1
            guard delivered[line, default: 0] > shown[line, default: 0] else { return false }
            shown[line, default: 0] += 1
            return true
        }
        defer { last = status.state }
        return status.state != last || !fresh.isEmpty ? status.showing(fresh) : nil
    }
}
