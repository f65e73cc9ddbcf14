import AssetCatalog
public import AssetModel
import AssetStore

extension Library {
    /// Imports files, folders with everything below them: file → blob → facts → entry → catalog.
    ///
    /// A bad file is an outcome, not an end. Outcomes come in the order given, and when one says `imported`, the picture
    /// survives a power cut. `set` and `tags` are applied to all that was imported, also to what was known before.
    /// Memory grows with the number of files only by their digests. `onProgress` hears of every file that has been read, before
    /// it is safe; given one, the files are counted beside the work by a walk of its own. `name` is recorded as where a file came from,
    /// instead of its path: of one that arrived over the network and lies in a temporary folder.
    @discardableResult
    public func importFiles(
        _ paths: [String], set: String? = nil, tags: [String] = [], movingFiles: Bool = false,
        named name: String? = nil, onOutcome: (ImportOutcome) -> Void = { _ in },
        onProgress: (@Sendable (WorkProgress) -> Void)? = nil
    ) async throws(LibraryError) -> ImportSummary {
        var terms = Importer.Terms(movingFiles: movingFiles, sourceName: name)
        terms.set = try set.map { (name) throws(LibraryError) in try Self.setName(name) }
        terms.tags = try tags.map { (tag) throws(LibraryError) in try Self.newLabel(tag) }
        let ready = terms
        return try await inLibraryWords {
            let counter = onProgress.map { ImportCounter($0) }
            async let counting: Void? = counter?.count(paths)
            let summary = try await importer.importFiles(paths, ready, counter: counter, onOutcome: onOutcome)
            _ = await counting
            return summary
        }
    }

    /// The digest of a file's bytes, and whether an import would find them in the library already. Changes nothing.
    public func preview(ofFileAt path: String) async throws(LibraryError) -> (asset: ContentDigest, isKnown: Bool) {
        try await inLibraryWords {
            let digest = try store.digest(ofFileAt: path)
            return (digest, try await history.catalog.asset(digest) != nil)
        }
    }

    /// Reads originals again with today's rules and records what they say now, where that differs: facts, recipe and note,
    /// which inspection owns. Tags, sets, names and runs are not touched.
    ///
    /// With `dryRun` nothing is recorded. An asset whose bytes are missing or unreadable keeps what is known of it. Cost:
    /// the headers of each original, and the pixels of PNGs with alpha and no other recipe.
    public func reparse(
        _ assets: [ContentDigest], dryRun: Bool = false, onOutcome: (ReparseOutcome) -> Void,
        onProgress: (WorkProgress) -> Void = { _ in }
    ) async throws(LibraryError) {
        let reader = Reparser(history: history, store: store, inspector: inspector)
        try await inLibraryWords {
            try await reader.reparse(assets, dryRun: dryRun, onOutcome: onOutcome, onProgress: onProgress)
        }
    }

    var importer: Importer { Importer(history: history, store: store, inspector: arrivals) }
}
