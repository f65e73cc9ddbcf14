import AssetLibrary
import AssetModel

/// Making what pictures look like, with a line of progress: after an import or a run thumbnails and fingerprints together, and before
/// what asks for lookalikes the fingerprints alone.
enum FingerprintProgress {
    /// Makes them of some assets, or of all that have none.
    ///
    /// An interruption is no failure of what came before: what is missing is made when it is asked for.
    @discardableResult
    static func make(
        of assets: [ContentDigest]? = nil, _ library: Library, inPipe: Bool
    ) async throws -> FingerprintSummary {
        try await ProgressLine.during("fingerprinting", .things("image"), inPipe: inPipe) { line in
            try await library.makeFingerprints(of: assets, onProgress: line.report)
        }
    }

    /// The same after something that is done: nothing that happens here changes what it came to.
    static func follow(_ assets: [ContentDigest], _ library: Library, inPipe: Bool) async {
        guard !assets.isEmpty else { return }
        do {
            let summary = try await ProgressLine.during("drawing thumbnails", .things("image"), inPipe: inPipe) {
                line in
                try await library.makeThumbnails(of: assets, onProgress: line.report)
            }
            if let sentence = sentence(summary) { Console.note(sentence) }
        } catch {
            Console.note("thumbnails: \(error); they are made when they are looked at")
        }
    }

    /// What is said of pictures that have none.
    private static func sentence(_ summary: ThumbnailSummary) -> String? {
        let count = summary.failures.count
        return count == 0
            ? nil : "\(Phrase.count(count, "image")) cannot be decoded and will not be found as lookalikes"
    }
}
