import Synchronization

/// How many transfers run at once. When no slot is free, a transfer waits its turn, first come first served.
///
/// It holds back only what fills the line to the server: announcing a file, and making sure that it arrived, go on beside
/// the transfers of others.
package final class TransferSlots: Sendable {
    private struct State {
        var free: Int
        var line: [(id: UInt64, CheckedContinuation<Bool, Never>)] = []
        var lastID: UInt64 = 0
        /// Cancelled before they stood in line.
        var gone: Set<UInt64> = []
    }

    private let state: Mutex<State>

    /// At least one slot.
    package init(_ count: Int) {
        state = Mutex(State(free: max(1, count)))
    }

    /// Runs `body` in a slot of its own, which is given back on every path, or earlier by `body` itself: when the last chunk
    /// was handed over, the next file can go while the server thinks about its answer. What must be repeated after that goes
    /// without a slot. Throws `cancelled` when the task is
    /// cancelled while it waits.
    func within<R>(_ body: (Slot) async throws(FalError) -> R) async throws(FalError) -> R {
        guard await take() else { throw .cancelled }
        let slot = Slot(self)
        defer { slot.giveBack() }
        return try await body(slot)
    }

    /// The right to send, until it is given back.
    final class Slot: Sendable {
        private let slots: TransferSlots
        private let isHeld = Atomic(true)

        fileprivate init(_ slots: TransferSlots) {
            self.slots = slots
        }

        /// Calling it twice is harmless.
        func giveBack() {
            if isHeld.exchange(false, ordering: .relaxed) { slots.giveBack() }
        }
    }

    /// True with a slot, false when cancelled without one.
    private func take() async -> Bool {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if state.gone.remove(id) != nil { return false }
                    if state.free > 0 {
                        state.free -= 1
                        return true
                    }
                    state.line.append((id, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let waiting = state.withLock { state -> CheckedContinuation<Bool, Never>? in
                guard let index = state.line.firstIndex(where: { $0.id == id }) else {
                    state.gone.insert(id)
                    return nil
                }
                return state.line.remove(at: index).1
            }
            waiting?.resume(returning: false)
        }
    }

    private func giveBack() {
        let next = state.withLock { state -> CheckedContinuation<Bool, Never>? in
            if state.line.isEmpty {
                state.free += 1
                return nil
            }
            return state.line.removeFirst().1
        }
        next?.resume(returning: true)
    }
}
