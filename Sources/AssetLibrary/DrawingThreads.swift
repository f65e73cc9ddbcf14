import Files
import Foundation
import Synchronization

/// A bounded number of threads for what computes for long, so that nothing else waits for it: no task's thread is held.
///
/// What a person waits for goes first. What is done in the background begins only while no one waits, and its threads let every other
/// thread of the machine go first. Threads begin when there is something to do and end when there is nothing: an idle one costs nothing.
final class DrawingThreads: Sendable {
    /// Who waits for it.
    enum Urgency: Int, Comparable, Sendable {
        /// No one in particular.
        case background
        /// A person who looks at the place where it will be.
        case request

        static func < (one: Urgency, other: Urgency) -> Bool { one.rawValue < other.rawValue }
    }

    typealias Job = @Sendable () -> Void

    /// How many jobs of either kind run at once.
    let width: Int
    private let state = Mutex(State())

    fileprivate struct State {
        var requests = Line()
        var background = Line()
    }

    /// Jobs that wait, in order, and how many threads work on their kind.
    fileprivate struct Line {
        private var jobs: [Job] = []
        private var taken = 0
        var running = 0

        var isEmpty: Bool { taken == jobs.count }
        var count: Int { jobs.count - taken }

        mutating func append(_ job: @escaping Job) { jobs.append(job) }

        mutating func next() -> Job? {
            guard !isEmpty else { return nil }
            let job = jobs[taken]
            taken += 1
            if taken > 64, taken * 2 > jobs.count {
                jobs.removeFirst(taken)
                taken = 0
            }
            return job
        }
    }

    init(width: Int = max(1, ProcessInfo.processInfo.activeProcessorCount)) {
        self.width = width
    }

    /// Does something as soon as a thread is free for it. Never waits.
    func run(_ urgency: Urgency, _ job: @escaping Job) {
        let begins = state.withLock { state in
            switch urgency {
            case .request:
                state.requests.append(job)
                return Self.begins(&state.requests, 1, width)
            case .background:
                state.background.append(job)
                return state.isCalm ? Self.begins(&state.background, 1, width) : 0
            }
        }
        start(begins, urgency)
    }

    private func start(_ count: Int, _ urgency: Urgency) {
        for _ in 0..<count { Thread.detachNewThread { [self] in work(urgency) } }
    }

    private func work(_ urgency: Urgency) {
        if urgency == .background { QuietThread.becomeQuiet() }
        while let job = next(urgency) { job() }
    }

    /// The next job of a thread; nil ends it.
    private func next(_ urgency: Urgency) -> Job? {
        let (job, begins) = state.withLock { state -> (Job?, Int) in
            switch urgency {
            case .request:
                if let job = state.requests.next() { return (job, 0) }
                state.requests.running -= 1
                // What waited in the background goes on.
                return (nil, state.isCalm ? Self.begins(&state.background, state.background.count, width) : 0)
            case .background:
                if state.isCalm, let job = state.background.next() { return (job, 0) }
                state.background.running -= 1
                return (nil, 0)
            }
        }
        start(begins, .background)
        return job
    }

    /// How many threads to begin for as many jobs; they are counted as running at once.
    private static func begins(_ line: inout Line, _ wanted: Int, _ width: Int) -> Int {
        let count = max(0, min(wanted, width - line.running))
        line.running += count
        return count
    }
}

extension DrawingThreads.State {
    /// Whether no one waits.
    fileprivate var isCalm: Bool { requests.running == 0 && requests.isEmpty }
}
