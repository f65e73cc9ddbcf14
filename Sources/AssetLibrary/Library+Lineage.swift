import AssetCatalog
public import AssetModel

extension Library {
    /// What led to a picture or run and what came of it; nil when the library does not know it. Nothing changes.
    ///
    /// Cost: bounded by the extent's width and depth, and by 20,000 things in each direction.
    public func lineage(
        of subject: Designation, _ extent: Lineage.Extent = Lineage.Extent()
    ) async throws(LibraryError) -> Lineage? {
        try await inLibraryWords { try await history.catalog.lineage(of: subject.subject, extent) }
    }
}

extension Designation {
    fileprivate var subject: Lineage.Subject {
        switch self {
        case .asset(let digest): .asset(digest)
        case .run(let id): .run(id)
        }
    }
}
