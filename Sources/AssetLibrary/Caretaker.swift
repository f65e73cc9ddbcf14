import AssetCatalog
public import AssetModel
import AssetStore

/// Something that is not as it should be.
public enum IntegrityProblem: Hashable, Sendable, CustomStringConvertible {
    /// An asset's bytes are not in the store.
    case missingBlob(ContentDigest)
    /// A blob's bytes no longer have the digest that is its name.
    case damagedBlob(ContentDigest, found: ContentDigest)
    /// A blob that cannot be read, and why.
    case unreadableBlob(ContentDigest, String)
    /// A file among the blobs that is none.
    case strangeFile(path: String)
    /// A table of the catalog that does not say what the journal says.
    case catalogDiffers(table: String)

    /// A stable name for machines.
    public var code: String {
        switch self {
        case .missingBlob: "missing_blob"
        case .damagedBlob: "damaged_blob"
        case .unreadableBlob: "unreadable_blob"
        case .strangeFile: "strange_file"
        case .catalogDiffers: "catalog_differs"
        }
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .missingBlob(let digest): "\(digest.short): the bytes of this asset are missing; import the file again"
        case .damagedBlob(let digest, let found):
            "\(digest.short): the bytes of this asset have changed, they hash to \(found.short)"
        case .unreadableBlob(let digest, let reason): "\(digest.short): \(reason)"
        case .strangeFile(let path): "\(path): a file that is no blob lies among the blobs"
        case .catalogDiffers(let table):
            "the catalog's table \(table) does not agree with the journal; `atelier rebuild` makes it anew"
        }
    }
}

/// What a verification looked at.
public struct VerifySummary: Hashable, Sendable {
    /// Blobs whose bytes were hashed again.
    public internal(set) var blobCount = 0
    /// Blobs that no asset refers to: an import that was cut off. Harmless; importing again completes it.
    public internal(set) var orphanCount = 0
    /// Problems found.
    public internal(set) var problemCount = 0
}

extension Library {
    /// Hashes every blob again, compares the store with the catalog and the catalog with the journal. Changes nothing.
    ///
    /// Cost: one read of all originals, and a second catalog in memory.
    public func verify(
        onProblem: (IntegrityProblem) -> Void, onProgress: (Int, Int) -> Void = { _, _ in }
    ) async throws(LibraryError) -> VerifySummary {
        do {
            var summary = VerifySummary()
            func report(_ problem: IntegrityProblem) {
                summary.problemCount += 1
                onProblem(problem)
            }
            let blobs = try await catalog.blobs()
            try await withThrowingTaskGroup(of: IntegrityProblem?.self) { group in
                // Two at a time: hashing is what takes the time, and there may be no more cores than that.
                var next = 0
                func startNext() {
                    guard next < blobs.count else { return }
                    let (digest, format, _) = blobs[next]
                    next += 1
                    group.addTask { await check(digest, format) }
                }
                for _ in 0..<2 { startNext() }
                while let problem = try await group.next() {
                    try Task.checkCancellation()
                    summary.blobCount += 1
                    onProgress(summary.blobCount, blobs.count)
                    if let problem { report(problem) }
                    startNext()
                }
            }
            let stored = try store.list()
            summary.orphanCount = Set(stored.digests).subtracting(blobs.map(\.digest)).count
            for path in stored.strangers { report(.strangeFile(path: path)) }
            for table in try await differingTables() { report(.catalogDiffers(table: table)) }
            return summary
        } catch {
            throw LibraryError(error)
        }
    }

    /// Empties the catalog and folds the whole journal into it again, in one transaction; says how many entries there were.
    ///
    /// Readers see the old catalog until the new one is complete. Nothing but the catalog is written.
    public func rebuild() async throws(LibraryError) -> Int {
        do {
            guard isWritable else { throw StoreError.readOnly(path: root) }
            let journal = journal
            return try await catalog.withWriteLock { writer in
                _ = try journal.cutTornLine()
                try writer.erase()
                var count = 0
                try journal.read(after: []) { entries, position in
                    try writer.apply(entries, upTo: position)
                    count += entries.count
                }
                return count
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// Removes a catalog that cannot be opened, so that opening makes it anew from the journal. A newer program's catalog
    /// is left alone: its journal is newer, too.
    public static func removeDamagedCatalog(at root: String) throws(LibraryError) -> Bool {
        do {
            let layout = try LibraryLayout.open(at: root)
            do {
                try Catalog.open(at: layout.catalog).close()
                return false
            } catch CatalogError.damaged {
                for suffix in ["", "-wal", "-shm"] { try layout.removeCatalogFile(suffix) }
                return true
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// The catalog's tables that differ from what the journal makes of an empty one.
    func differingTables() async throws -> [String] {
        let fresh = try Catalog.inMemory()
        let journal = journal
        try await fresh.withWriteLock { writer in
            try journal.read(after: []) { entries, position in try writer.apply(entries, upTo: position) }
        }
        let (live, rebuilt) = (try await catalog.contents(), try await fresh.contents())
        return Set(live.keys).union(rebuilt.keys).filter { live[$0] != rebuilt[$0] }.sorted()
    }

    @concurrent
    private func check(_ digest: ContentDigest, _ format: ImageFormat) async -> IntegrityProblem? {
        do {
            try store.verify(digest, fileExtension: format.fileExtension)
            return nil
        } catch .missing {
            return .missingBlob(digest)
        } catch .damaged(_, let found) {
            return .damagedBlob(digest, found: found)
        } catch {
            return .unreadableBlob(digest, error.description)
        }
    }
}
