import NIOCore
import Synchronization

/// The connections that are open: those that have presented the token, and the others, which cannot take their places; and what the
/// client of each waits for.
final class ConnectionRegister: Sendable {
    private let limits: GalleryLimits
    private let state = Mutex(State())

    private struct State {
        var holders: Set<ObjectIdentifier> = []
        var strangers: [ObjectIdentifier: (number: Int, channel: any Channel)] = [:]
        var opened = 0
        /// How to end what a client waits for.
        var waited: [ObjectIdentifier: (isLong: Bool, end: @Sendable () -> Void)] = [:]
    }

    init(_ limits: GalleryLimits) { self.limits = limits }

    /// Adds a connection, of which nothing is known yet; gives the oldest of that kind when there is one too many, which is to be closed.
    func open(_ channel: any Channel) -> (any Channel)? {
        state.withLock { state in
            state.opened += 1
            state.strangers[ObjectIdentifier(channel)] = (state.opened, channel)
            guard state.strangers.count > limits.strangerCount,
                let oldest = state.strangers.min(by: { $0.value.number < $1.value.number })
            else { return nil }
            state.strangers[oldest.key] = nil
            return oldest.value.channel
        }
    }

    /// Counts a connection among those that have the token; false when there are as many as there may be.
    func recognize(_ channel: any Channel) -> Bool {
        state.withLock { state in
            guard state.holders.count < limits.connectionCount else { return false }
            state.strangers[ObjectIdentifier(channel)] = nil
            state.holders.insert(ObjectIdentifier(channel))
            return true
        }
    }

    func close(_ channel: any Channel) {
        state.withLock { state in
            state.strangers[ObjectIdentifier(channel)] = nil
            state.holders.remove(ObjectIdentifier(channel))
        }
        leave(channel)
    }

    /// Does something that a client waits for; it is cancelled when the client no longer does, as a page that is typed in on a
    /// large library leaves most of what it asked for. `isLong` is what can take seconds.
    func whileWaited<Answer: Sendable>(
        for channel: any Channel, isLong: Bool, _ work: @Sendable @escaping () async -> Answer
    ) async -> Answer {
        let id = ObjectIdentifier(channel)
        let task = state.withLock { state in
            let task = Task { await work() }
            state.waited[id] = (isLong, { task.cancel() })
            return task
        }
        defer { state.withLock { $0.waited[id] = nil } }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// The client of a connection will not read what it asked for; with `ifLong`, it may.
    func leave(_ channel: any Channel, ifLong: Bool = false) {
        let id = ObjectIdentifier(channel)
        let end = state.withLock { state in
            ifLong && state.waited[id]?.isLong != true ? nil : state.waited.removeValue(forKey: id)?.end
        }
        end?()
    }
}
