import AssetLibrary
import AssetModel
import LibraryJSON
import ServiceLifecycle

/// Tells every page what is written to the library, by whomever: one look at the journal for all of them.
struct ChangeWatcher: Service {
    let library: Library
    let hub: EventHub
    /// Takes the pictures that arrive.
    let arrivals: AsyncStream<[ContentDigest]>.Continuation

    func run() async {
        let watching = Task {
            var position: LibraryPosition?
            while !Task.isCancelled {
                do {
                    for try await news in library.changes(since: position) {
                        switch news {
                        case .change(let change):
                            position = change.position
                            hub.tell("change", change.json)
                            if change.isArrival, !change.assets.isEmpty { arrivals.yield(change.assets) }
                        case .startOver(let now):
                            position = now
                            hub.tell("reset", [:])
                        }
                    }
                } catch {
                    // A folder that was moved away may come back, and then nothing of what was read before counts.
                    position = nil
                    try? await Task.sleep(for: .seconds(1))
                    if library.isThere { hub.tell("reset", [:]) }
                }
            }
        }
        try? await gracefulShutdown()
        watching.cancel()
        arrivals.finish()
        await watching.value
    }
}
