public import AssetModel
import Synchronization

/// Notes which actions a piece of work writes.
///
/// It is carried by the task and not by the calls: a verb says what it changed, and only a door that offers an undo beside it needs to know
/// under which name.
final class ActionLog: Sendable {
    @TaskLocal static var current: ActionLog?

    private let noted = Mutex<[ActionID]>([])

    var actions: [ActionID] { noted.withLock { $0 } }

    func add(_ action: EntryID) { noted.withLock { $0.append(ActionID(action)) } }
}

extension Library {
    /// Does something, and says which actions were written for it, in their order: what `undo` takes. None when nothing changed.
    public func noting<R>(
        _ body: () async throws(LibraryError) -> R
    ) async throws(LibraryError) -> (result: R, actions: [ActionID]) {
        let log = ActionLog()
        do {
            let result = try await ActionLog.$current.withValue(log) { try await body() }
            return (result, log.actions)
        } catch {
            throw LibraryError(error)
        }
    }
}
