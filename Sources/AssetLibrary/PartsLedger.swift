import AssetCatalog
import AssetModel
import FalAPI
import Foundation

/// Remembers how far one upload in parts has come, over the end of a process.
///
/// What goes wrong in here is kept quiet: at worst a part is sent again.
struct PartsLedger {
    let catalog: Catalog
    let environment: Library.Environment
    let key: UploadKey

    /// What an earlier process left; nil for nothing, or nothing that can be understood.
    func progress() async -> MultipartProgress? {
        guard let state = try? await catalog.partialUpload(key) else { return nil }
        return try? JSONDecoder().decode(MultipartProgress.self, from: Data(state.utf8))
    }

    /// Keeps the newest state.
    func keep(_ progress: MultipartProgress) async {
        guard let state = try? JSONEncoder().encode(progress) else { return }
        try? await catalog.keepPartialUpload(
            key, state: String(decoding: state, as: UTF8.self), now: environment.now())
    }

    /// It is complete.
    func forget() async { try? await catalog.forgetPartialUpload(key) }
}
