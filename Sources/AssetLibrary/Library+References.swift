import AssetCatalog
public import AssetModel
import AssetStore
import Files
import Foundation
import ImageInspection

/// What a person may type where an asset or a generation is meant.
public enum Designation: Hashable, Sendable {
    /// One asset.
    case asset(ContentDigest)
    /// One generation.
    case generation(Run.ID)
}

extension Library {
    /// The assets that some words name, in order: a path (imported first, identity is the digest), `@set` in its order,
    /// `@last` (the newest generation's pictures), a generation id (its pictures), or a digest, either shortened to a
    /// unique prefix.
    ///
    /// Errors name the word: no such file, unknown or ambiguous id, unknown or empty set.
    public func assets(named words: [String]) async throws(LibraryError) -> [ContentDigest] {
        var assets: [ContentDigest] = []
        for picture in try await pictures(named: words) {
            guard let path = picture.path else {
                assets.append(picture.asset)
                continue
            }
            do { assets.append(try await importPicture(at: path)) } catch { throw LibraryError(error) }
        }
        return assets
    }

    /// The pictures that some words name, as `assets(named:)` reads them, without taking any in: files are measured where
    /// they are. Nothing changes.
    public func pictures(named words: [String]) async throws(LibraryError) -> [ReferencePicture] {
        do {
            var meanings: [Meaning] = []
            for word in words { meanings.append(try await meaning(of: word)) }
            // A thousand digests are one look at the catalog, not a thousand.
            var found = try await catalog.digests(startingWith: meanings.compactMap(\.prefix), limit: 2)[...]
            meanings = try meanings.map { meaning in
                guard case .prefix(_, let word) = meaning else { return meaning }
                return .assets([try Self.onlyAsset(word, found.removeFirst())])
            }
            let assets = try await catalog.assets(meanings.flatMap(\.assets))
            return meanings.flatMap { meaning in
                if case .file(let picture) = meaning { return [picture] }
                return meaning.assets.compactMap { digest in
                    assets[digest].map { ReferencePicture(asset: digest, facts: $0.facts, path: nil) }
                }
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// What one id means. Errors: unknown, ambiguous.
    public func designation(_ word: String) async throws(LibraryError) -> Designation {
        do {
            if word == "@last" {
                guard let last = try await catalog.generations(in: [.finished], limit: 1).first else {
                    throw LibraryError(.notFound, code: "nothing_generated", "@last: nothing was generated yet")
                }
                return .generation(last.id)
            }
            if let found = try await find(word) { return found }
        } catch {
            throw LibraryError(error)
        }
        throw LibraryError(.notFound, code: "unknown_id", "\(word): no asset or generation of this id")
    }

    /// What a word stands for, as far as it can be told without looking for digests.
    private enum Meaning {
        case file(ReferencePicture)
        case assets([ContentDigest])
        /// The beginning of a digest, as it was typed after it.
        case prefix(String, String)

        var assets: [ContentDigest] { if case .assets(let assets) = self { assets } else { [] } }
        var prefix: String? { if case .prefix(let prefix, _) = self { prefix } else { nil } }
    }

    private func meaning(of word: String) async throws -> Meaning {
        guard !word.isEmpty else {
            throw LibraryError(.invalidInput, code: "empty_reference", "an empty text names no picture")
        }
        if word.first == "@", word != "@last" {
            return .assets(try await members(ofSet: String(word.dropFirst())))
        }
        // A file of this name goes first: a person who types a path means the file.
        let path = FileWalk.absolute(word)
        if word != "@last", Path.exists(path) {
            return .file(try await picture(at: path, word))
        }
        let prefix = Self.prefix(word)
        // An empty variable behind "sha256:" must not mean everything.
        guard !prefix.isEmpty else { throw Self.nothing(named: word) }
        guard word == "@last" || Run.ID.looksLikePrefix(prefix) else { return .prefix(prefix, word) }
        let named = word == "@last" ? try await designation(word) : try await find(word)
        guard case .generation(let id)? = named else { throw Self.nothing(named: word) }
        return .assets(try await outputs(of: id))
    }

    private static func onlyAsset(_ word: String, _ found: [ContentDigest]) throws(LibraryError) -> ContentDigest {
        guard let asset = found.first else { throw nothing(named: word) }
        if found.count > 1 { throw ambiguous(word) }
        return asset
    }

    private static func nothing(named word: String) -> LibraryError {
        if Path.isForbidden(FileWalk.absolute(word)) {
            return LibraryError(.storage, code: "no_permission", "\(word): permission denied")
        }
        return LibraryError(
            .notFound, code: "no_such_file", "\(word): no such file, and no asset or generation of this id")
    }

    private func picture(at path: String, _ word: String) async throws -> ReferencePicture {
        if Path.isFolder(path) {
            throw LibraryError(
                .invalidInput, code: "is_folder",
                "\(word): a folder; name pictures, or import it with --set and use @set")
        }
        let facts: ImageFacts
        do { facts = try inspector.inspect(fileAt: path) } catch {
            throw LibraryError(.invalidInput, code: "image.\(error.code)", Self.sentence(word, error.description))
        }
        let digest = try store.digest(ofFileAt: path)
        // An asset whose bytes went missing is taken in again from the file that was just given.
        let isThere =
            try await catalog.asset(digest) != nil
            && store.contains(digest, fileExtension: facts.format.fileExtension)
        return ReferencePicture(asset: digest, facts: facts, path: isThere ? nil : path)
    }

    /// Takes one file in; a file that cannot be taken is an error here.
    func importPicture(at path: String) async throws -> ContentDigest {
        var failure: LibraryError?
        let summary = try await importFiles([path]) { outcome in
            if case .failed(_, let code, let message) = outcome {
                failure = LibraryError(.invalidInput, code: "image.\(code)", Self.sentence(path, message))
            }
        }
        if let failure { throw failure }
        guard let asset = summary.assets.first else {
            throw LibraryError(.notFound, code: "no_such_file", "\(path): no such file")
        }
        return asset
    }

    private func members(ofSet name: String) async throws -> [ContentDigest] {
        guard let set = try await catalog.set(named: name) else {
            throw LibraryError(.notFound, code: "unknown_set", "@\(name): no set of this name")
        }
        guard !set.members.isEmpty else {
            throw LibraryError(.notFound, code: "empty_set", "@\(name): the set is empty")
        }
        return set.members
    }

    private func outputs(of id: Run.ID) async throws -> [ContentDigest] {
        let outputs = try await catalog.generation(id)?.outputs.map(\.asset) ?? []
        guard !outputs.isEmpty else {
            throw LibraryError(.notFound, code: "no_outputs", "\(id): this generation has no pictures")
        }
        return outputs.uniqued()
    }

    private func find(_ word: String) async throws -> Designation? {
        let prefix = Self.prefix(word)
        guard !prefix.isEmpty else { return nil }
        if Run.ID.looksLikePrefix(prefix) {
            let found = try await catalog.generations(startingWith: prefix, limit: 2)
            if found.count > 1 { throw Self.ambiguous(word) }
            return found.first.map(Designation.generation)
        }
        let found = try await catalog.digests(startingWith: [prefix], limit: 2)[0]
        if found.count > 1 { throw Self.ambiguous(word) }
        return found.first.map(Designation.asset)
    }

    /// A typed id as ids are written.
    private static func prefix(_ word: String) -> String {
        word.hasPrefix("sha256:") ? String(word.dropFirst(7)) : word.lowercased()
    }

    private static func ambiguous(_ word: String) -> LibraryError {
        LibraryError(.invalidInput, code: "ambiguous_id", "\(word): more than one id begins like this; give more of it")
    }

    /// A path and a reason as one sentence, without saying the path twice.
    static func sentence(_ path: String, _ reason: String) -> String {
        reason.hasPrefix(path) || reason.hasPrefix(FileWalk.absolute(path)) ? reason : "\(path): \(reason)"
    }
}
