import AssetCatalog
import AssetModel
import AssetStore
import Files
import ImageInspection

/// Takes files in: file → blob → facts → entry → catalog.
struct Importer: Sendable {
    let history: History
    let store: BlobStore
    let inspector: ImageInspector

    /// How many files are read and hashed at once. More than cores, since a part of them waits for the disk.
    private static let width = 4
    /// How many files, and how many bytes, share one round of folder syncs and one batch of entries. A batch of 200 spent more
    /// time on syncing its 140 folders than on its files; 1,000 files meet all 256 folders once.
    private static let batchCount = 1000
    private static let batchBytes: Int64 = 256 << 20
    /// After how many seconds a staged file is left over whose program cannot be asked for: a day.
    private static let stagingAge: Int64 = 86_400
    /// How many bytes of embedded texts do, at most about: pictures can carry megabytes of them.
    private static let batchTextLength = 4 << 20

    /// What is done with the files of one import, beside keeping them.
    struct Terms: Sendable {
        /// The verb of the action.
        var verb = "import"
        /// The set that they join.
        var set: String?
        /// The tags that they get.
        var tags: [String] = []
        /// Whether their files are removed once they are kept.
        var movingFiles = false
        /// Whether a picture that the library has already is left alone: no sighting is recorded.
        var skippingKnown = false
        /// What is recorded as the place that a file came from, instead of its path.
        var sourceName: String?
    }

    /// Imports files, and folders with everything below them. Outcomes come in the order given.
    func importFiles(
        _ paths: [String], _ terms: Terms, counter: ImportCounter? = nil, onOutcome: (ImportOutcome) -> Void
    ) async throws -> ImportSummary {
        if let reason = history.readOnlyReason { throw reason }
        if let set = terms.set { try await Curator(history: history).checkTakesMembers(set) }
        store.sweepStaging(before: history.environment.now().milliseconds / 1000 - Self.stagingAge)
        var files = FileQueue(paths)
        var summary = ImportSummary()
        var seen: Set<ContentDigest> = []
        try await withThrowingTaskGroup(of: (Int, ImportedFile).self) { group in
            // Results arrive in any order and are taken in the order given, so that sets and pages are in that order.
            var arrived: [Int: ImportedFile] = [:]
            var (started, taken) = (0, 0)
            var batch = ImportBatch()
            var waitingText = 0
            func startNext() async -> Bool {
                // One slow file must not let everything behind it pile up in staging, or its texts in memory.
                guard started - taken < 2 * Self.batchCount, waitingText < 2 * Self.batchTextLength,
                    let next = await files.next()
                else { return false }
                let index = started
                group.addTask { (index, await stage(next, terms)) }
                started += 1
                return true
            }
            func takeBatch() async throws {
                for outcome in try await commit(batch, terms) {
                    summary.count(outcome)
                    if case .imported(_, let asset, _, _) = outcome, seen.insert(asset).inserted {
                        summary.assets.append(asset)
                    }
                    onOutcome(outcome)
                }
                batch = ImportBatch()
            }
            do {
                for _ in 0..<Self.width { guard await startNext() else { break } }
                while let (index, file) = try await group.next() {
                    try Task.checkCancellation()
                    arrived[index] = file
                    counter?.finished(file.path)
                    waitingText += file.textLength
                    while let next = arrived.removeValue(forKey: taken) {
                        batch.append(next)
                        waitingText -= next.textLength
                        taken += 1
                    }
                    let isFull =
                        batch.files.count >= Self.batchCount || batch.byteCount >= Self.batchBytes
                        || batch.textLength >= Self.batchTextLength
                    if isFull { try await takeBatch() }
                    var running = started - taken - arrived.count
                    while running < Self.width, await startNext() { running += 1 }
                }
                try await takeBatch()
            } catch {
                group.cancelAll()
                var rest = Array(arrived.values) + batch.files
                while let (_, file) = try? await group.next() { rest.append(file) }
                for case .staged(_, let blob, _) in rest { store.discard(blob) }
                throw error
            }
        }
        return summary
    }

    /// Imports the files of references, all in one batch, and says which asset each is. A file that cannot be imported is an
    /// error here; a picture that the library has already is left alone.
    func importReferences(_ paths: [String]) async throws -> [ContentDigest] {
        guard !paths.isEmpty else { return [] }
        var failure: LibraryError?
        var assets: [String: ContentDigest] = [:]
        _ = try await importFiles(paths, Terms(skippingKnown: true)) { outcome in
            switch outcome {
            case .imported(let path, let asset, _, _): assets[path] = asset
            case .failed(let path, let code, let message):
                failure =
                    failure
                    ?? LibraryError(.invalidInput, code: "image.\(code)", FileWalk.sentence(path, message))
            case .skipped, .notRemoved: break
            }
        }
        if let failure { throw failure }
        return try paths.map { path in
            guard let asset = assets[path] else {
                throw LibraryError(.notFound, code: "no_such_file", "\(path): no such file or folder")
            }
            return asset
        }
    }

    // MARK: - One file

    /// Copies and hashes the file in one pass and measures the copy, since that is what is kept. What does not even claim to be a
    /// picture is looked at first, so that it is not copied.
    @concurrent
    private func stage(_ found: FileWalk.Found, _ terms: Terms) async -> ImportedFile {
        guard case .file(let path, let isExplicit) = found else {
            guard case .unreadableFolder(let folder, let message) = found else { return .outcome(.skipped(path: "")) }
            return .outcome(.failed(path: folder, code: "unreadable", message: message))
        }
        do {
            if !FileWalk.looksLikePicture(path) { _ = try inspector.inspect(fileAt: path) }
            let blob = try store.stage(fileAt: path)
            do {
                if terms.skippingKnown, let facts = try await stored(blob.digest) {
                    store.discard(blob)
                    return .outcome(.imported(path: path, asset: blob.digest, facts: facts, isNew: false))
                }
                let reading = try PictureReading(ofFileAt: blob.path, inspector)
                let fileExtension = reading.facts.format.fileExtension
                return .staged(path: path, try store.sync(blob, fileExtension: fileExtension), reading)
            } catch {
                store.discard(blob)
                throw error
            }
        } catch let error as InspectionError {
            if !isExplicit, !FileWalk.looksLikePicture(path), error.isNoPicture {
                return .outcome(.skipped(path: path))
            }
            return .outcome(.failed(path: path, code: error.code, message: error.description))
        } catch let error as FileError where error.path == path {
            return .outcome(.failed(path: path, code: "unreadable", message: error.description))
        } catch let StoreError.file(error) where error.path == path {
            return .outcome(.failed(path: path, code: "unreadable", message: error.description))
        } catch {
            let error = LibraryError(error)
            return .outcome(.failed(path: path, code: error.code, message: error.message))
        }
    }

    private func stored(_ digest: ContentDigest) async throws -> ImageFacts? {
        guard let facts = try await history.catalog.asset(digest)?.facts,
            store.contains(digest, fileExtension: facts.format.fileExtension)
        else { return nil }
        return facts
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

    // MARK: - One batch

    /// Blobs durable, then entries durable, then rows: in that order, for the whole batch.
    @concurrent
    private func commit(_ batch: ImportBatch, _ terms: Terms) async throws -> [ImportOutcome] {
        let staged = batch.staged
        _ = try store.commit(staged.map { ($0.blob, $0.reading.facts.format.fileExtension) })
        let assets = batch.assets
        let isNew = try await history.record(terms.verb) { writer in
            var known = try writer.knownPaths(of: staged.map(\.blob.digest))
            var facts: [JournalEntry.Fact] = []
            var isNew: [Bool] = []
            for (path, blob, reading) in staged {
                isNew.append(known[blob.digest] == nil)
                let path = terms.sourceName ?? path
                let encodedPath = PathText.percentEncoded(path)
                guard known[blob.digest, default: []].insert(encodedPath ?? path).inserted else { continue }
                facts.append(
                    .imported(
                        .init(
                            asset: blob.digest, facts: reading.facts, path: PathText.shown(path),
                            encodedPath: encodedPath, recipe: reading.recipe, note: reading.note,
                            unread: reading.unread)))
            }
            if let set = terms.set { facts += try Curator.joining(set, assets, writer) }
            for tag in terms.tags { facts += try Curator.tagging(assets, tag, writer) }
            // Whoever imports a picture again wants it back.
            facts += try Curator.marking(.trashed, nil, of: assets, writer)
            return (facts, isNew)
        }
        var news = isNew[...]
        var outcomes: [ImportOutcome] = []
        for file in batch.files {
            switch file {
            case .outcome(let outcome): outcomes.append(outcome)
            case .staged(let path, let blob, let reading):
                outcomes.append(
                    .imported(
                        path: path, asset: blob.digest, facts: reading.facts, isNew: news.popFirst() ?? false))
            }
        }
        if terms.movingFiles {
            for (path, blob, reading) in staged where !removeSource(path, of: blob.digest, reading.facts) {
                outcomes.append(.notRemoved(path: path))
            }
        }
        return outcomes
    }
}
