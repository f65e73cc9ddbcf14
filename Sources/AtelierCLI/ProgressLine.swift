import AssetLibrary
import Foundation
import Synchronization

/// One line that tells how far a verb is: on a terminal redrawn ten times a second, from half a second on; elsewhere, when
/// asked for, a line every ten seconds; else nothing.
final class ProgressLine: Sendable {
    fileprivate struct State {
        var work: ProgressText.Work
        var samples: [(time: Duration, amount: Double)] = []
        var hasEnded = false
    }

    private let state: Mutex<State>
    private let start = ContinuousClock.now

    private static let delay = Duration.milliseconds(500)
    private static let pause = 0.1
    private static let pauseInPipe = Duration.seconds(10)
    /// The rate is that of the last seconds, so that it follows what happens.
    fileprivate static let rateWindow = Duration.seconds(5)

    private init(_ title: String, _ unit: ProgressText.Unit) {
        state = Mutex(State(work: ProgressText.Work(title: title, unit: unit)))
    }

    /// Runs `body` with a line of its own, which is gone when `body` ends, however it ends.
    static func during<R>(
        _ title: String, _ unit: ProgressText.Unit = .none, inPipe: Bool,
        _ body: (ProgressLine) async throws -> R
    ) async throws -> R {
        let line = ProgressLine(title, unit)
        if Screen.shared.isLive || inPipe { line.startDrawing() }
        defer { line.end() }
        return try await body(line)
    }

    /// Shows the fold that opening a library may need. `body` is given what to call with its progress, and what to call once
    /// the library is open.
    static func whileOpening<R>(
        _ title: String = "updating the catalog", inPipe: Bool,
        _ body: (_ onFold: @escaping @Sendable (FoldProgress) -> Void, _ opened: () -> Void) async throws -> R
    ) async throws -> R {
        guard Screen.shared.isLive || inPipe else { return try await body({ _ in }, {}) }
        let line = ProgressLine(title, .bytes)
        line.startDrawing()
        defer { line.end() }
        return try await body({ line.report($0) }, { line.end() })
    }

    /// How far a fold is: its bytes, and what they held.
    func report(_ progress: FoldProgress) {
        change { work in
            (work.done, work.total) = (Double(progress.byteCount), Double(progress.totalByteCount))
            work.current = "\(ProgressText.grouped(progress.entryCount)) entries"
        }
    }

    /// What the library reports.
    func report(_ progress: WorkProgress) {
        change { work in
            (work.done, work.total) = (Double(progress.done), progress.total.map(Double.init))
            work.current = progress.current
        }
    }

    /// Changes what the line tells.
    func change(_ change: (inout ProgressText.Work) -> Void) {
        state.withLock { change(&$0.work) }
    }

    // A thread of its own: the tasks that read and hash files may hold every thread that tasks have.
    private func startDrawing() {
        Thread.detachNewThread { [self] in
            var next = Screen.shared.isLive ? Self.delay : Self.pauseInPipe
            while true {
                Thread.sleep(forTimeInterval: Self.pause)
                let elapsed = start.duration(to: .now)
                // Drawn under the lock, so that nothing is drawn behind the end.
                let goesOn = state.withLock { state in
                    if state.hasEnded { return false }
                    state.sample(elapsed)
                    guard elapsed >= next else { return true }
                    let isLive = Screen.shared.isLive
                    let text = ProgressText.line(
                        state.work, rate: state.rate, elapsed: elapsed,
                        width: isLive ? Screen.shared.width - 1 : nil, hasColour: Screen.shared.hasColour)
                    if isLive { Screen.shared.draw(text) } else { Screen.shared.note(text) }
                    if !isLive { next += Self.pauseInPipe }
                    return true
                }
                if !goesOn { return }
            }
        }
    }

    private func end() {
        state.withLock { state in
            guard !state.hasEnded else { return }
            state.hasEnded = true
            Screen.shared.clear()
        }
    }
}

extension ProgressLine.State {
    fileprivate mutating func sample(_ time: Duration) {
        // Another kind of work began.
        if let last = samples.last, last.amount > work.amount { samples = [] }
        samples.append((time, work.amount))
        if let index = samples.lastIndex(where: { time - $0.time >= ProgressLine.rateWindow }), index > 0 {
            samples.removeFirst(index)
        }
    }

    /// How much is done in a second; nil when that cannot be told yet.
    fileprivate var rate: Double? {
        guard let first = samples.first, let last = samples.last, last.time > first.time, last.amount > first.amount
        else { return nil }
        return (last.amount - first.amount) / ((last.time - first.time) / .seconds(1))
    }
}
