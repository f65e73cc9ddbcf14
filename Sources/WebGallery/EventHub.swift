import AssetModel
import Foundation
import LibraryJSON
import Synchronization

/// Tells what happens to every page that listens: each hears all of it, or is told to load everything again.
///
/// The last thousand events are kept, so that who was away for a moment goes on where it was. A listener that does not take its events is
/// cut off once a few hundred wait for it; when it comes back, it hears the rest, or to start over.
final class EventHub: Sendable {
    struct Event: Sendable {
        /// Names it, as `Last-Event-ID`.
        let id: String
        /// `change`, `run` or `reset`.
        let name: String
        /// JSON on one line.
        let data: String
    }

    private struct State {
        var number = 0
        var recent: [(number: Int, event: Event)] = []
        var listeners: [Int: AsyncStream<Event>.Continuation] = [:]
        var nextListener = 0
        var isClosed = false
    }

    /// How many events are kept, and how many may wait for one listener.
    static let (kept, waiting) = (1000, 256)

    /// What ids of this start begin with: those of an earlier one say nothing about what was missed.
    private let start = String(UInt64.random(in: .min ... .max), radix: 36)
    private let state = Mutex(State())

    /// Tells every listener.
    func tell(_ name: String, _ object: JSONObject) {
        let data = JSONText.line(.object(object))
        let fallenBehind = state.withLock { state in
            state.number += 1
            let event = Event(id: "\(start).\(state.number)", name: name, data: data)
            state.recent.append((state.number, event))
            if state.recent.count > Self.kept { state.recent.removeFirst(state.recent.count - Self.kept) }
            var fallenBehind: [AsyncStream<Event>.Continuation] = []
            for (listener, continuation) in state.listeners {
                if case .dropped = continuation.yield(event) {
                    state.listeners[listener] = nil
                    fallenBehind.append(continuation)
                }
            }
            return fallenBehind
        }
        // Outside the lock, which what ends a stream takes as well.
        for continuation in fallenBehind { continuation.finish() }
    }

    /// What happens from now on, and before it what happened since the event that is named; `reset` when that is not known. `from` names the
    /// event after which they begin. Ends when the listener falls behind, and when the server stops.
    func listen(after last: String?) -> (from: String, events: AsyncStream<Event>) {
        let (events, continuation) = AsyncStream.makeStream(
            of: Event.self, bufferingPolicy: .bufferingOldest(Self.kept + Self.waiting))
        let (listener, from): (Int, String) = state.withLock { state in
            var from = "\(start).\(state.number)"
            if let last, !last.isEmpty {
                if let missed = missed(since: last, state) {
                    for event in missed { continuation.yield(event) }
                    from = last
                } else {
                    continuation.yield(Event(id: "\(start).\(state.number)", name: "reset", data: "{}"))
                }
            }
            state.nextListener += 1
            if state.isClosed { continuation.finish() } else { state.listeners[state.nextListener] = continuation }
            return (state.nextListener, from)
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { $0.listeners[listener] = nil }
        }
        return (from, events)
    }

    /// How many listen.
    var listenerCount: Int { state.withLock { $0.listeners.count } }

    /// Ends every listener's stream.
    func close() {
        let listeners = state.withLock { state in
            state.isClosed = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    private func missed(since id: String, _ state: State) -> [Event]? {
        let parts = id.split(separator: ".")
        guard parts.count == 2, parts[0] == start, let number = Int(parts[1]), number <= state.number else {
            return nil
        }
        let oldest = state.recent.first?.number ?? state.number + 1
        guard number >= oldest - 1 else { return nil }
        return state.recent.filter { $0.number > number }.map(\.event)
    }
}
