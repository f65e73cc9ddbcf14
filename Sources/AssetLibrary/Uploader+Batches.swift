public import AssetModel

/// An upload that was asked for, and whether its bytes were sent just now.
public struct UploadResult: Hashable, Sendable {
    /// The asset.
    public let asset: ContentDigest
    /// Where it is, itself or in a copy.
    public let upload: Upload
    /// True when it was sent just now, false when an earlier upload serves.
    public let isNew: Bool
    /// Whether it was sent because the earlier upload turned out to be gone.
    public internal(set) var isRenewed = false
    /// Whether the earlier upload was asked for and answered.
    var wasProbed = false
}

/// What became of one of several uploads.
public enum UploadOutcome: Sendable {
    /// fal holds it.
    case uploaded(UploadResult)
    /// It does not, and why.
    case failed(ContentDigest, LibraryError)
    /// Not begun, because an earlier one met a trouble that all would meet.
    case notBegun(ContentDigest)
}

extension Uploader {
    /// A run that finds an upload served records that when it was not recorded for this long, in seconds: not every probe is news.
    private static let checkInterval: Int64 = 3600

    /// Sends all, or throws the first error.
    func upload(
        _ orders: [UploadOrder], _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> [UploadResult] {
        let results = try await inParallel(orders, width: careWidth(orders)) { order in
            try await upload(order, onProgress: onProgress)
        }
        await noteChecks(results)
        return results
    }

    /// Sends each that can be sent; outcomes in the order of `assets`.
    func uploadEach(
        _ assets: [ContentDigest], _ orders: [Result<UploadOrder, any Error>],
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> [UploadOutcome] {
        var outcomes = assets.map(UploadOutcome.notBegun)
        let width = careWidth(orders.compactMap { try? $0.get() })
        try await inParallel(Array(orders.enumerated()), width: width) { index, order in
            do {
                return (index, UploadOutcome.uploaded(try await upload(try order.get(), onProgress: onProgress)))
            } catch {
                let error = LibraryError(error)
                if error.category == .cancelled { throw error }
                return (index, .failed(assets[index], error))
            }
        } onResult: { index, outcome in
            outcomes[index] = outcome
            if case .failed(_, let error) = outcome { return !error.stopsUploads }
            return true
        }
        await noteChecks(outcomes.compactMap { if case .uploaded(let result) = $0 { result } else { nil } })
        return outcomes
    }

    /// How many files are looked after while `width` are sent. Two more: while the bytes fill the line, one is announced and
    /// one recorded. Not so where copies must be made, since each decodes a whole picture.
    private func careWidth(_ orders: [UploadOrder]) -> Int {
        max(1, width) + (orders.contains { $0.copy != nil } ? 0 : 2)
    }

    /// Records that earlier uploads were found served, where that is news.
    private func noteChecks(_ results: [UploadResult]) async {
        let recent = environment.now().adding(seconds: -Self.checkInterval)
        let news = results.filter { $0.wasProbed && $0.upload.checkedAt.map { $0 < recent } ?? true }.map(\.upload.url)
        // Good to know, and no reason to stop a run.
        if !news.isEmpty { try? await history.record("upload", [.uploadsChecked(.init(urls: news.uniqued()))]) }
    }
}
