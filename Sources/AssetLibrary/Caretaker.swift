import AssetCatalog
public import AssetModel
import AssetStore
public import Logging

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
    /// The journal is missing, shorter than it was, or not readable, and how.
    case journal(String)
    /// A table of the catalog that does not say what the journal says.
    case catalogDiffers(table: String)

    /// A stable name for machines.
    public var code: String {
        switch self {
        case .missingBlob: "missing_blob"
        case .damagedBlob: "damaged_blob"
        case .unreadableBlob: "unreadable_blob"
        case .strangeFile: "strange_file"
        case .journal: "journal"
        case .catalogDiffers: "catalog_differs"
        }
    }

    /// What can be done about it; nil when the sentence says all.
    public var remedy: Remedy? { if case .catalogDiffers = self { .rebuild } else { nil } }

    /// One sentence.
    public var description: String {
        switch self {
        case .missingBlob(let digest): "\(digest.short): this image's file is missing; import the original again"
        case .damagedBlob(let digest, let found):
            "\(digest.short): this image's file has changed (its SHA-256 now starts \(found.short)); restore it from a "
                + "backup, or delete it and import the original again"
        case .unreadableBlob(let digest, let reason): "\(digest.short): \(reason)"
        case .strangeFile(let path): "\(path): a file that is no blob lies among the blobs"
        case .journal(let reason): reason
        case .catalogDiffers(let table):
            "the catalog's table \(table) does not agree with the journal"
        }
    }
}

/// What a verification looked at.
public struct VerifySummary: Hashable, Sendable {
    /// Blobs whose bytes were hashed again and are what they should be.
    public internal(set) var blobCount = 0
    /// Blobs that no asset refers to: an import that was cut off. Harmless; importing again completes it.
    public internal(set) var orphanCount = 0
    /// Files in staging: half-written, or left by a program that was killed. Safe to delete when nothing runs.
    public internal(set) var leftoverCount = 0
    /// Whether the full-text index was checked: it cannot be while another program holds the write lock.
    public internal(set) var isSearchIndexChecked = true
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
            let blobs = try await history.catalog.blobs()
            try await withThrowingTaskGroup(of: IntegrityProblem?.self) { group in
                // Two at a time: hashing is what takes the time, and there may be no more cores than that.
                var (next, seen) = (0, 0)
                func startNext() {
                    guard next < blobs.count else { return }
                    let (digest, fileExtension) = blobs[next]
                    next += 1
                    group.addTask { await check(digest, fileExtension) }
                }
                for _ in 0..<2 { startNext() }
                while let problem = try await group.next() {
                    try Task.checkCancellation()
                    seen += 1
                    onProgress(seen, blobs.count)
                    if let problem { report(problem) } else { summary.blobCount += 1 }
                    startNext()
                }
            }
            let stored = try store.list()
            summary.orphanCount = Set(stored.digests).subtracting(blobs.map(\.digest)).count
            summary.leftoverCount = try store.leftoverCount()
            for path in stored.unexpectedFiles { report(.strangeFile(path: path)) }
            let lost = try history.journal.lost(try await history.catalog.positions())
            for path in lost { report(.journal(StoreError.journalLost(path: path).description)) }
            for path in try history.journal.gaps() where !lost.contains(path) {
                report(.journal("\(path): this segment of the journal is missing or empty"))
            }
            // Against a journal that is not whole, or cannot be read to its end, there is nothing to compare with.
            if let reason = history.readOnlyReason as? StoreError, reason.isUnreadableLine {
                report(.journal(reason.description))
            } else if lost.isEmpty {
                do {
                    let (differing, isIndexChecked) = try await differingTables()
                    for table in differing { report(.catalogDiffers(table: table)) }
                    summary.isSearchIndexChecked = isIndexChecked
                } catch let error as StoreError {
                    report(.journal(error.description))
                }
            }
            return summary
        } catch {
            throw LibraryError(error)
        }
    }

    /// Folds the whole journal into a new catalog, which takes the place of this one; says how many entries there were.
    ///
    /// Readers see the old catalog until the new one is complete. Nothing but the catalog is written.
    public func rebuild(
        onProgress: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> Int {
        do { return try await history.rebuild(onProgress: onProgress) } catch { throw LibraryError(error) }
    }

    /// Rebuilds the catalog of a library that is not open, also one that is damaged or missing. Says how many entries there were.
    ///
    /// A journal that is shorter than what was read of it before is an error, unless `acceptingLoss` says that a person has decided to
    /// go on without the rest: then this place begins a new replica, so that lost lines can still be put back later.
    public static func rebuild(
        at root: String, acceptingLoss: Bool = false, environment: Environment = .live, logger: Logger,
        onProgress: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> Int {
        try await inLibraryWords {
            try await History.rebuild(
                LibraryLayout.open(at: root), environment: environment, acceptingLoss: acceptingLoss,
                onProgress: onProgress)
        }
    }

    /// The catalog's tables that differ from what the journal makes of an empty one, at the same moment of its history. The full-text
    /// index checks itself meanwhile, on the other core. Cost: a fold, a pass over both catalogs, and no memory for either.
    private func differingTables() async throws -> (names: [String], isIndexChecked: Bool) {
        let catalog = history.catalog
        async let isIndexSound = history.readOnlyReason == nil ? catalog.isSearchIndexSound() : Bool?.some(true)
        let live = try await catalog.digests()
        let fold = try CatalogFold.temporary()
        try await History.fold(history.journal, into: fold, upTo: live.positions, indexed: false)
        let rebuilt = try await fold.digests()
        var differing = Set(live.tables.keys).union(rebuilt.keys).filter { live.tables[$0] != rebuilt[$0] }
        let isSound = try await isIndexSound
        if isSound == false { differing.insert("searchIndex") }
        return (differing.sorted(), isSound != nil)
    }

    @concurrent
    private func check(_ digest: ContentDigest, _ fileExtension: String) async -> IntegrityProblem? {
        do {
            try store.verify(digest, fileExtension: fileExtension)
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
