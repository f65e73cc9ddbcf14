import AssetCatalog
import AssetModel
import AssetStore

extension Library {
    /// How far the journal has been applied to what the library answers now.
    public func position() async throws(LibraryError) -> LibraryPosition {
        try await inLibraryWords { LibraryPosition(try await history.catalog.positions()) }
    }

    /// What any program or machine writes from a position on, without one from now on, as it comes: within a quarter of a second. Each is told
    /// when it can be found. It ends when its task is cancelled.
    ///
    /// A position that cannot be continued, and more than `limit` lines at once, are told as `startOver`. Of other machines' lines, which a
    /// program that synchronises folders puts here, those are applied that no one else applies. Cost while nothing is written: a look at
    /// the size of each segment of the journal, five times a second. Errors: a journal that cannot be read.
    public func changes(
        since position: LibraryPosition? = nil, limit: Int = 10_000
    ) -> AsyncThrowingStream<LibraryChange.News, any Error> {
        let follower = JournalFollower(history: history, limit: limit)
        let state = FollowerState(start: position)
        return AsyncThrowingStream {
            while true {
                try Task.checkCancellation()
                if let news = state.next() { return news }
                let isFirst = state.isFirst
                state.add(try await follower.news(state))
                if !isFirst, state.isEmpty { try await Task.sleep(for: JournalFollower.interval) }
            }
        }
    }
}
