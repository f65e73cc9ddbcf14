import AssetCatalog
public import AssetModel
import AssetStore
import ImageRendering

extension Library {
    // MARK: - Fingerprints

    /// Makes the fingerprints by which lookalikes are found, of some assets or of all that have none.
    ///
    /// Pictures that cannot be decoded are counted with the reason. An interruption keeps what was made. Cost: decoding each picture once,
    /// a JPEG at an eighth of its size; what has one already costs microseconds.
    @discardableResult
    public func makeFingerprints(
        of assets: [ContentDigest]? = nil, onProgress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> FingerprintSummary {
        try await inLibraryWords {
            let wanted: [ContentDigest]
            if let assets { wanted = assets } else { wanted = try await looks.missing() }
            return try await looks.make(of: wanted, onProgress: onProgress)
        }
    }

    // MARK: - Lookalikes

    /// What looks like one picture, nearest first: those within a distance of it, itself left out, nothing from the trash.
    ///
    /// Only pictures that have a fingerprint are found; none are made but that of the asset itself. Errors: an asset that has no
    /// fingerprint and cannot get one.
    public func lookalikes(
        of asset: ContentDigest, within distance: Int = Lookalike.usualDistance, limit: Int = 100
    ) async throws(LibraryError) -> [Lookalike] {
        try await inLibraryWords {
            try await looks.make(of: [asset]) { _ in }
            guard case .fingerprint(let fingerprint)? = try appearance.looks(of: [asset])[asset] else {
                throw Self.noFingerprint(asset.short, try appearance.looks(of: [asset])[asset])
            }
            let found = try near([fingerprint], within: distance).filter { $0.asset != asset }
            let shown = try await history.catalog.untrashed(found.map(\.asset))
            return Array(found.filter { shown.contains($0.asset) }.prefix(limit))
        }
    }

    /// Groups of pictures that look alike, among those that a condition finds; nothing from the trash, unless the condition asks for it.
    /// Fingerprints that are missing are made first.
    ///
    /// Exact. Cost: at 100,000 assets seconds; a distance from 24 on costs five times one below.
    public func duplicates(
        among condition: SearchCondition = .everything, within distance: Int = Lookalike.usualDuplicateDistance,
        onProgress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [DuplicateGroup] {
        try await makeFingerprints(onProgress: onProgress)
        let query = try await resolved(SearchQuery(condition))
        return try await inLibraryWords {
            let assets = try await history.catalog.pictures(matching: query.condition)
            return try await DuplicateFinder(history: history, appearance: appearance)
                .groups(among: assets, within: distance)
        }
    }

    /// Tags pictures, puts them into the trash, or both, as one action that can be undone.
    ///
    /// Returns how many changed.
    @discardableResult
    public func putAside(
        _ assets: [ContentDigest], tag: String? = nil, intoTrash: Bool
    ) async throws(LibraryError) -> Int {
        let tag = try tag.map { (tag) throws(LibraryError) in try Self.label(tag) }
        return try await inLibraryWords {
            try await history.record("dupes") { writer in
                let known = try writer.known(assets.uniqued())
                var facts: [JournalEntry.Fact] = []
                if let tag { facts += try Curator.tagging(known, tag, writer) }
                if intoTrash { facts += try Curator.marking(.trashed, .flag(true), of: known, writer) }
                return (facts, known.count)
            }
        }
    }

    // MARK: - In a search

    /// The assets that look like what a word names: an asset, the pictures of a run or a set, or a file, which is not imported. At most
    /// 10,000, the nearest.
    func assetsLike(_ word: String, within distance: Int?) async throws -> [ContentDigest] {
        let pictures = try await resolver.pictures(named: [word])
        try await looks.make(of: try await looks.missing()) { _ in }
        let known = try appearance.looks(of: pictures.map(\.asset))
        var fingerprints: [Fingerprint] = []
        for picture in pictures {
            if case .fingerprint(let fingerprint)? = known[picture.asset] {
                fingerprints.append(fingerprint)
            } else if let path = picture.path {
                let made = try Fingerprinter().fingerprint(ofFileAt: path, picture.facts)
                guard let made else { throw Self.noFingerprint(word, .none(FingerprintSummary.blank)) }
                fingerprints.append(made)
            } else if pictures.count == 1 {
                throw Self.noFingerprint(word, known[picture.asset])
            }
        }
        return try near(fingerprints, within: distance ?? Lookalike.usualDistance).prefix(10_000).map(\.asset)
    }

    var looks: AppearanceMaker { AppearanceMaker(history: history, store: store, appearance: appearance) }

    /// What is near one of some fingerprints, nearest first.
    private func near(_ fingerprints: [Fingerprint], within distance: Int) throws -> [Lookalike] {
        let index = try appearance.index()
        var best: [Int64: FingerprintIndex.Match] = [:]
        for match in fingerprints.flatMap({ index.matches(of: $0, within: distance) })
        where best[match.id].map({ $0.distance > match.distance }) ?? true {
            best[match.id] = match
        }
        let matches = best.values.sorted { ($0.distance, $0.id) < ($1.distance, $1.id) }
        return try zip(matches, appearance.digests(of: matches.map(\.id))).map { match, asset in
            Lookalike(asset: asset, distance: match.distance, isTurned: match.isTurned)
        }
    }

    private static func noFingerprint(_ word: String, _ look: AppearanceStore.Look?) -> LibraryError {
        var reason = "it cannot be decoded"
        if case .none(let problem)? = look {
            switch problem {
            case FingerprintSummary.blank: reason = "it is blank"
            case "missing_blob": reason = "its bytes are missing"
            case "too_many_pixels": reason = "it has too many pixels"
            default: break
            }
        }
        return LibraryError(
            .invalidInput, code: "no_fingerprint", "\(word): lookalikes of it cannot be found: \(reason)")
    }
}
