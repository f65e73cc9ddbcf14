import AssetModel
import Synchronization

/// The id of a run, from the moment at which it has one.
final class RunName: Sendable {
    private let name = Mutex<Run.ID?>(nil)

    var id: Run.ID? { name.withLock { $0 } }

    func set(_ id: Run.ID) { name.withLock { $0 = id } }
}
