import AssetCatalog
import AssetModel

/// Sets and tags. Everything is decided under the lock, and nothing is written that changes nothing.
struct Curator: Sendable {
    let history: History

    /// How many assets stand in one line of the journal at most.
    static let lineLength = 1000
}
