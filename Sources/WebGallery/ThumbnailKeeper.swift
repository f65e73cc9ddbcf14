import AssetLibrary
import AssetModel
import ServiceLifecycle

/// Makes what pictures are shown by, before someone asks for it: of all that have none when the gallery opens, and of what arrives.
///
/// The library lets everything else go first. What cannot be drawn is told where it is looked at.
struct ThumbnailKeeper: Service {
    let library: Library
    /// What arrived.
    let arrivals: AsyncStream<[ContentDigest]>

    func run() async {
        let work = Task {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { _ = try? await library.makeThumbnails() }
                group.addTask {
                    for await pictures in arrivals { _ = try? await library.makeThumbnails(of: pictures) }
                }
            }
        }
        try? await gracefulShutdown()
        work.cancel()
        await work.value
    }
}
