import AssetCatalog
public import AssetModel
import AssetStore
import Files
import ImageInspection

/// What became of one file of an import.
public enum ImportOutcome: Hashable, Sendable {
    /// It is in the library; `isNew` when it was not before.
    case imported(path: String, asset: ContentDigest, facts: ImageFacts, isNew: Bool)
    /// It lay in a folder, does not look like a picture, and was passed over.
    case skipped(path: String)
    /// It is in the library and should have been removed, but was left where it is.
    case notRemoved(path: String)
    /// It could not be taken; nothing of it is in the library.
    case failed(path: String, code: String, message: String)
}

/// What an import came to.
public struct ImportSummary: Hashable, Sendable {
    /// Pictures that the library did not have.
    public internal(set) var newCount = 0
    /// Pictures that it had already.
    public internal(set) var knownCount = 0
    /// Files passed over.
    public internal(set) var skippedCount = 0
    /// Files that could not be taken.
    public internal(set) var failedCount = 0
    /// Files that are in and could not be removed.
    public internal(set) var notRemovedCount = 0
    /// Every asset, in the order given, each once.
    public internal(set) var assets: [ContentDigest] = []

    mutating func count(_ outcome: ImportOutcome) {
        switch outcome {
        case .imported(_, _, _, let isNew): if isNew { newCount += 1 } else { knownCount += 1 }
        case .skipped: skippedCount += 1
        case .notRemoved: notRemovedCount += 1
        case .failed: failedCount += 1
        }
    }
}

extension Library {
    /// How many files are read and hashed at once. More than cores, since a part of them waits for the disk.
    private static let importWidth = 4
    /// How many files, and how many bytes, share one round of folder syncs and one batch of entries. A batch of 200 spent more
    /// time on syncing its 140 folders than on its files; 1,000 files meet all 256 folders once.
    private static let importBatch = 1000
    private static let importBatchBytes: Int64 = 256 << 20
    /// How many bytes of embedded texts do, at most about: pictures can carry megabytes of them.
    private static let importTextLength = 4 << 20

    /// Takes files in, folders with everything below them: file → blob → facts → entry → catalog.
    ///
    /// A bad file is an outcome, not an end. Outcomes come in the order given, and when one says `imported`, the picture
    /// survives a power cut. `set` and `tags` are applied to all that came in, also to what was known before.
    /// Memory grows with the number of files only by their digests. `onProgress` hears of every file that has been read, before
    /// it is safe; given one, the files are counted beside the work by a walk of its own.
    public func importFiles(
        _ paths: [String], set: String? = nil, tags: [String] = [], movingFiles: Bool = false,
        onOutcome: (ImportOutcome) -> Void = { _ in }, onProgress: (@Sendable (WorkProgress) -> Void)? = nil
    ) async throws(LibraryError) -> ImportSummary {
        do {
            if let reason = history.readOnlyReason { throw reason }
            let set = try set.map { (name) throws(LibraryError) in try Self.label(name) }
            let tags = try tags.map { (tag) throws(LibraryError) in try Self.label(tag) }
            let counter = onProgress.map { ImportCounter($0) }
            async let counting: Void? = counter?.count(paths)
            let summary = try await importAll(
                paths, set: set, tags: tags, movingFiles: movingFiles, counter: counter, onOutcome: onOutcome)
            _ = await counting
            return summary
        } catch {
            throw LibraryError(error)
        }
    }

    private func importAll(
        _ paths: [String], set: String?, tags: [String], movingFiles: Bool, counter: ImportCounter?,
        onOutcome: (ImportOutcome) -> Void
    ) async throws -> ImportSummary {
        var walk = FileWalk(paths)
        var summary = ImportSummary()
        var seen: Set<ContentDigest> = []
        try await withThrowingTaskGroup(of: (Int, StagedPicture).self) { group in
            // Results arrive in any order and are taken in the order given, so that sets and pages are in that order.
            var arrived: [Int: StagedPicture] = [:]
            var (started, taken) = (0, 0)
            var batch: [StagedPicture] = []
            var batchBytes: Int64 = 0
            var (batchText, waitingText) = (0, 0)
            func startNext() -> Bool {
                // One slow file must not let everything behind it pile up in staging, or its texts in memory.
                guard started - taken < 2 * Self.importBatch, waitingText < 2 * Self.importTextLength,
                    let next = walk.next()
                else { return false }
                let index = started
                group.addTask { (index, await stagePicture(next)) }
                started += 1
                return true
            }
            func takeBatch() async throws {
                for outcome in try await commit(batch, set: set, tags: tags, movingFiles: movingFiles) {
                    summary.count(outcome)
                    if case .imported(_, let asset, _, _) = outcome, seen.insert(asset).inserted {
                        summary.assets.append(asset)
                    }
                    onOutcome(outcome)
                }
                (batch, batchBytes, batchText) = ([], 0, 0)
            }
            do {
                for _ in 0..<Self.importWidth where !startNext() { break }
                while let (index, picture) = try await group.next() {
                    try Task.checkCancellation()
                    arrived[index] = picture
                    counter?.finished(picture.path)
                    waitingText += picture.textLength
                    while let next = arrived.removeValue(forKey: taken) {
                        batch.append(next)
                        if case .staged(_, let blob, _) = next { batchBytes += blob.byteCount }
                        batchText += next.textLength
                        waitingText -= next.textLength
                        taken += 1
                    }
                    let isFull =
                        batch.count >= Self.importBatch || batchBytes >= Self.importBatchBytes
                        || batchText >= Self.importTextLength
                    if isFull { try await takeBatch() }
                    var running = started - taken - arrived.count
                    while running < Self.importWidth, startNext() { running += 1 }
                }
                try await takeBatch()
            } catch {
                group.cancelAll()
                var rest = Array(arrived.values) + batch
                while let (_, picture) = try? await group.next() { rest.append(picture) }
                for case .staged(_, let blob, _) in rest { store.discard(blob) }
                throw error
            }
        }
        return summary
    }

    /// A file on its way in.
    private enum StagedPicture: Sendable {
        case staged(path: String, StagedBlob, PictureReading)
        case outcome(ImportOutcome)

        var path: String {
            switch self {
            case .staged(let path, _, _): path
            case .outcome(.imported(let path, _, _, _)), .outcome(.skipped(let path)),
                .outcome(.failed(let path, _, _)),
                .outcome(.notRemoved(let path)):
                path
            }
        }

        var textLength: Int { if case .staged(_, _, let reading) = self { reading.textLength } else { 0 } }
    }

    /// Looks at the file first, so that what is no picture is not copied; measures the copy, since that is what is kept.
    @concurrent
    private func stagePicture(_ found: FileWalk.Found) async -> StagedPicture {
        let path: String
        switch found {
        case .unreadableFolder(let folder, let message):
            return .outcome(.failed(path: folder, code: "unreadable", message: message))
        case .file(let file, let isExplicit):
            path = file
            do {
                _ = try inspector.inspect(fileAt: path)
            } catch {
                if !isExplicit, !FileWalk.looksLikePicture(path),
                    error.code == "not_an_image" || error == .unreadable(.notAFile)
                {
                    return .outcome(.skipped(path: path))
                }
                let message = FileWalk.hasUnreadableName(path) ? FileWalk.unreadableName : error.description
                return .outcome(.failed(path: path, code: error.code, message: message))
            }
        }
        do {
            let blob = try store.stage(fileAt: path)
            do {
                let reading = try PictureReading(ofFileAt: blob.path, inspector)
                let fileExtension = reading.facts.format.fileExtension
                return .staged(path: path, try store.sync(blob, fileExtension: fileExtension), reading)
            } catch {
                store.discard(blob)
                throw error
            }
        } catch let error as InspectionError {
            return .outcome(.failed(path: path, code: error.code, message: error.description))
        } catch {
            let error = LibraryError(error)
            return .outcome(.failed(path: path, code: error.code, message: error.message))
        }
    }

    /// Removes a file that was moved in: only when the library's copy is sound, the file still holds the same bytes, and it
    /// is no library's own blob, by whatever path it was reached. Otherwise it stays, which loses nothing.
    private func removeSource(_ path: String, of digest: ContentDigest, _ facts: ImageFacts) -> Bool {
        guard let real = try? Path.real(path), Library.enclosing(real) == nil,
            (try? store.verify(digest, fileExtension: facts.format.fileExtension)) != nil,
            (try? store.digest(ofFileAt: path)) == digest
        else { return false }
        return (try? Path.remove(path)) != nil
    }

    /// Blobs durable, then entries durable, then rows: in that order, for the whole batch.
    private func commit(
        _ batch: [StagedPicture], set: String?, tags: [String], movingFiles: Bool
    ) async throws -> [ImportOutcome] {
        var staged: [(blob: StagedBlob, fileExtension: String)] = []
        for case .staged(_, let blob, let reading) in batch {
            staged.append((blob, reading.facts.format.fileExtension))
        }
        _ = try store.commit(staged)
        let known = try await catalog.knownPaths(of: staged.map(\.blob.digest))
        var facts: [JournalEntry.Fact] = []
        var outcomes: [ImportOutcome] = []
        var inBatch: [ContentDigest: Set<String>] = [:]
        for picture in batch {
            switch picture {
            case .outcome(let outcome): outcomes.append(outcome)
            case .staged(let path, let blob, let reading):
                let isNew = known[blob.digest] == nil && inBatch[blob.digest] == nil
                if known[blob.digest]?.contains(path) != true,
                    inBatch[blob.digest, default: []].insert(path).inserted
                {
                    facts.append(
                        .imported(
                            .init(
                                asset: blob.digest, facts: reading.facts, path: path, recipe: reading.recipe,
                                note: reading.note)))
                }
                outcomes.append(.imported(path: path, asset: blob.digest, facts: reading.facts, isNew: isNew))
            }
        }
        let assets = staged.map(\.blob.digest).uniqued()
        if let set, !assets.isEmpty { facts.append(.setExtended(.init(set: set, assets: assets))) }
        if !tags.isEmpty, !assets.isEmpty { facts.append(.tagged(.init(assets: assets, tags: tags))) }
        try await history.record("import", facts)
        if movingFiles {
            for case .staged(let path, let blob, let reading) in batch
            where !removeSource(path, of: blob.digest, reading.facts) {
                outcomes.append(.notRemoved(path: path))
            }
        }
        return outcomes
    }
}

extension Sequence where Element: Hashable {
    /// Each element once, in the order of its first appearance.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
