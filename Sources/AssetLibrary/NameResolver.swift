import AssetCatalog
public import AssetModel
import AssetStore
import Files
import ImageInspection

/// What a person may type where an asset or a run is meant.
public enum Designation: Hashable, Sendable {
    /// One asset.
    case asset(ContentDigest)
    /// One run.
    case run(Run.ID)
}

/// Finds the assets and runs that words name.
struct NameResolver: Sendable {
    let history: History
    let store: BlobStore
    let inspector: ImageInspector
    let importer: Importer
    let sets: SetFinder
    /// Whether a word may name a file; if not, only ids and sets are looked for.
    var takesFiles = true

    /// How many files are measured at once.
    private static let width = 4

    /// The assets that some words name, in order; files are imported first, all in one batch.
    func assets(named words: [String]) async throws -> [ContentDigest] {
        let meanings = try await meanings(of: words)
        let files = meanings.compactMap { if case .file(let path, _) = $0 { path } else { nil } }.uniqued()
        let imported = Dictionary(
            uniqueKeysWithValues: zip(files, try await importer.importReferences(files)))
        return meanings.flatMap { meaning in
            if case .file(let path, _) = meaning { return imported[path].map { [$0] } ?? [] }
            return meaning.assets
        }
    }

    /// The same word by word: one that names nothing does not stop the others. Files are imported first, all in one batch.
    func assetsEach(named words: [String]) async throws -> [Result<[ContentDigest], LibraryError>] {
        var meanings: [Result<Meaning, LibraryError>] = []
        for word in words {
            do { meanings.append(.success(try await meaning(of: word, false))) } catch let error as LibraryError {
                meanings.append(.failure(error))
            }
        }
        let known = meanings.compactMap { try? $0.get() }
        var found = try await history.catalog.digests(startingWith: known.compactMap(\.prefix), limit: 2)[...]
        var imported: [String: Result<[ContentDigest], LibraryError>] = [:]
        let files = known.compactMap { if case .file(let path, _) = $0 { path } else { nil } }.uniqued()
        _ = try await importer.importFiles(files, Importer.Terms(skippingKnown: true)) { outcome in
            switch outcome {
            case .imported(let path, let asset, _, _): imported[path] = .success([asset])
            case .failed(let path, let code, let message):
                imported[path] = .failure(LibraryError(.invalidInput, code: "image.\(code)", message))
            case .skipped, .notRemoved: break
            }
        }
        return meanings.map { meaning in
            meaning.flatMap { meaning in
                switch meaning {
                case .assets(let assets): return .success(assets)
                case .prefix(_, let word):
                    let digests = found.popFirst() ?? []
                    return Result { () throws(LibraryError) in [try Self.onlyAsset(word, digests, false)] }
                case .file(let path, let word): return imported[path] ?? .failure(Self.nothing(named: word, false))
                }
            }
        }
    }

    /// The pictures that some words name, without importing any: files are measured where they are. `relativePathHint` says in an
    /// error from where paths count.
    func pictures(named words: [String], relativePathHint: Bool = false) async throws -> [ReferencePicture] {
        let meanings = try await meanings(of: words, relativePathHint: relativePathHint)
        let assets = try await history.catalog.assets(meanings.flatMap(\.assets))
        return try await inParallel(meanings, width: Self.width) { meaning in
            if case .file(let path, let word) = meaning { return [try await picture(at: path, word)] }
            return meaning.assets.compactMap { assets[$0].map { ReferencePicture($0) } }
        }.flatMap(\.self)
    }

    /// What one id means. Errors: unknown, ambiguous.
    func designation(_ word: String) async throws -> Designation {
        if let named = try await pictureOfLast(word) { return try await designation(named) }
        if word == "@last" {
            guard let last = try await history.catalog.generations(in: [.finished], limit: 1).first else {
                throw LibraryError(.notFound, code: "nothing_generated", "@last: no run has finished yet")
            }
            return .run(last.id)
        }
        if let found = try await find(word) { return found }
        // A file that the library has is as good as its id.
        let path = FileWalk.absolute(word)
        if takesFiles, Path.exists(path), !Path.isFolder(path) {
            let digest = try store.digest(ofFileAt: path)
            if try await history.catalog.asset(digest) != nil { return .asset(digest) }
            throw LibraryError(
                .notFound, code: "not_imported", "\(word.inSentence): not in the library; import it first")
        }
        if word.first == "@" { throw LibraryError(.notFound, code: "unknown_set", "\(word.inSentence): no such set") }
        throw LibraryError(
            .notFound, code: "unknown_id", "\(word.inSentence): no image or run with this id")
    }

    // MARK: - What a word means

    /// What a word stands for, as far as it can be told without looking for digests.
    private enum Meaning: Sendable {
        /// A file, by its absolute path and as it was typed.
        case file(String, String)
        case assets([ContentDigest])
        /// The beginning of a digest, and as it was typed.
        case prefix(String, String)

        var assets: [ContentDigest] { if case .assets(let assets) = self { assets } else { [] } }
        var prefix: String? { if case .prefix(let prefix, _) = self { prefix } else { nil } }
    }

    private func meanings(of words: [String], relativePathHint: Bool = false) async throws -> [Meaning] {
        var meanings: [Meaning] = []
        for word in words { meanings.append(try await meaning(of: word, relativePathHint)) }
        // A thousand digests are one look at the catalog, not a thousand.
        var found = try await history.catalog.digests(startingWith: meanings.compactMap(\.prefix), limit: 2)[...]
        return try meanings.map { meaning in
            guard case .prefix(_, let word) = meaning else { return meaning }
            return .assets([try Self.onlyAsset(word, found.removeFirst(), relativePathHint)])
        }
    }

    @concurrent
    private func meaning(of word: String, _ relativePathHint: Bool) async throws -> Meaning {
        guard !word.isEmpty else {
            throw LibraryError(.invalidInput, code: "empty_reference", "an empty text names no picture")
        }
        if let named = try await pictureOfLast(word) { return try await meaning(of: named, relativePathHint) }
        if word.first == "@", word != "@last" {
            return .assets(try await sets.references(ofSet: String(word.dropFirst())))
        }
        if !takesFiles { try Library.checkIsID(word) }
        // A file of this name goes first: a person who types a path means the file.
        let path = FileWalk.absolute(word)
        if takesFiles, word != "@last", Path.exists(path) {
            guard !Path.isFolder(path) else {
                throw LibraryError(
                    .invalidInput, code: "is_folder", "\(word): is a folder", remedy: .importFolder)
            }
            return .file(path, word)
        }
        if let (run, number) = Run.ID.splitPicture(word.lowercased()) {
            guard let picture = try await picture(number, ofRun: run, word) else {
                throw Self.nothing(named: word, relativePathHint)
            }
            return .assets([picture])
        }
        let prefix = Self.prefix(word)
        // An empty variable behind "sha256:" must not mean everything.
        guard !prefix.isEmpty else { throw Self.nothing(named: word, relativePathHint) }
        guard word == "@last" || Run.ID.looksLikePrefix(prefix) else { return .prefix(prefix, word) }
        let named = word == "@last" ? try await designation(word) : try await find(word)
        guard case .run(let id)? = named else { throw Self.nothing(named: word, relativePathHint) }
        return .assets(try await outputs(of: id))
    }

    /// Measures a file where it is. One that is named like a picture is hashed first: when the library knows it, nothing else of it
    /// is read.
    @concurrent
    private func picture(at path: String, _ word: String) async throws -> ReferencePicture {
        if FileWalk.looksLikePicture(path) {
            let digest = try store.digest(ofFileAt: path)
            if let asset = try await stored(digest) { return ReferencePicture(asset) }
            return ReferencePicture(asset: digest, facts: try facts(ofFileAt: path, word), path: path)
        }
        let facts = try facts(ofFileAt: path, word)
        let digest = try store.digest(ofFileAt: path)
        return try await stored(digest).map { ReferencePicture($0) }
            ?? ReferencePicture(asset: digest, facts: facts, path: path)
    }

    /// An asset whose bytes are in the store; one whose bytes are missing is imported again from the file that was given.
    private func stored(_ digest: ContentDigest) async throws -> Asset? {
        guard let asset = try await history.catalog.asset(digest),
            store.contains(digest, fileExtension: asset.facts.format.fileExtension)
        else { return nil }
        return asset
    }

    private func facts(ofFileAt path: String, _ word: String) throws -> ImageFacts {
        do { return try inspector.inspect(fileAt: path) } catch {
            throw LibraryError.unusable(error, FileWalk.sentence(word, error.description))
        }
    }

    private func outputs(of id: Run.ID) async throws -> [ContentDigest] {
        let outputs = try await history.catalog.generation(id)?.outputs.map(\.asset) ?? []
        guard !outputs.isEmpty else {
            throw LibraryError(.notFound, code: "no_outputs", "\(id): this run has no pictures")
        }
        return outputs.uniqued()
    }

    private func find(_ word: String) async throws -> Designation? {
        let prefix = Self.prefix(word)
        guard !prefix.isEmpty else { return nil }
        if let (run, number) = Run.ID.splitPicture(prefix) {
            return try await picture(number, ofRun: run, word).map(Designation.asset)
        }
        if Run.ID.looksLikePrefix(prefix) {
            let found = try await history.catalog.generations(startingWith: prefix, limit: 2)
            if found.count > 1 { throw Self.ambiguous(word) }
            return found.first.map(Designation.run)
        }
        let found = try await history.catalog.digests(startingWith: [prefix], limit: 2)[0]
        if found.count > 1 { throw Self.ambiguous(word) }
        return found.first.map(Designation.asset)
    }

    /// One picture of a run, by its number from 1; nil when there is no such run. An error when the run has fewer.
    private func picture(_ number: Int, ofRun prefix: String, _ word: String) async throws -> ContentDigest? {
        let found = try await history.catalog.generations(startingWith: prefix, limit: 2)
        if found.count > 1 { throw Self.ambiguous(word) }
        guard let id = found.first, let outputs = try await history.catalog.generation(id)?.outputs else { return nil }
        guard outputs.indices.contains(number - 1) else {
            let count = outputs.isEmpty ? "no images" : outputs.count == 1 ? "1 image" : "\(outputs.count) images"
            throw LibraryError(.notFound, code: "no_such_picture", "\(word): this run has \(count)")
        }
        return outputs[number - 1].asset
    }

    /// `@last/2` by the run's id; nil for another word.
    private func pictureOfLast(_ word: String) async throws -> String? {
        guard word.hasPrefix("@last/"), case .run(let id) = try await designation("@last") else { return nil }
        return "\(id)" + word.dropFirst("@last".count)
    }

    /// A typed id as ids are written.
    private static func prefix(_ word: String) -> String {
        word.hasPrefix("sha256:") ? String(word.dropFirst(7)) : word.lowercased()
    }

    // MARK: - Errors

    private static func onlyAsset(
        _ word: String, _ found: [ContentDigest], _ relativePathHint: Bool
    ) throws(LibraryError) -> ContentDigest {
        guard let asset = found.first else { throw nothing(named: word, relativePathHint) }
        if found.count > 1 { throw ambiguous(word) }
        return asset
    }

    private static func nothing(named word: String, _ relativePathHint: Bool) -> LibraryError {
        if Path.isForbidden(FileWalk.absolute(word)) {
            return LibraryError(.storage, code: "no_permission", "\(word): permission denied")
        }
        let hint = relativePathHint && !word.hasPrefix("/") ? " (paths are relative to the current folder)" : ""
        return LibraryError(
            .notFound, code: "no_such_file", "\(word): no such file, and no image or run with this id\(hint)")
    }

    private static func ambiguous(_ word: String) -> LibraryError {
        LibraryError(
            .invalidInput, code: "ambiguous_id", "\(word.inSentence): several ids start with this; type more of it")
    }
}
