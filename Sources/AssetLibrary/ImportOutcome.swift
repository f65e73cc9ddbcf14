public import AssetModel

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
