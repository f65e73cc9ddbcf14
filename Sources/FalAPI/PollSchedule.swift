/// How long to wait between two polls of a queued request: short at first, for quick models, then longer and longer.
///
/// Each wait is `growth` times the one before, up to `longest`, and then moved by up to a fifth in either direction, so
/// that many waiting clients do not ask in step.
struct PollSchedule: Sendable, Hashable {
    var first: Duration = .milliseconds(100)
    var growth: Double = 1.3
    var longest: Duration = .seconds(2)

    /// The wait after poll number `look`, counted from 1. `jitter` is between 0 and 1.
    func wait(after look: Int, jitter: Double) -> Duration {
        var wait = first
        for _ in 1..<max(look, 1) where wait < longest { wait = wait * growth }
        return min(wait, longest) * (0.8 + 0.4 * jitter)
    }
}
