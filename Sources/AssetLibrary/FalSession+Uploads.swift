public import AssetModel

extension FalSession {
    /// Makes sure that fal holds some assets, and says where. A second use sends nothing.
    ///
    /// Unless `sending` says as-is, rotated pictures go upright and formats that models do not read as PNG. Throws the first error.
    public func upload(
        _ assets: [ContentDigest], _ sending: Sending = Sending(),
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [UploadResult] {
        try await inLibraryWords {
            let orders = try await UploadOrder.orders(for: assets, sending, history.catalog).map { try $0.get() }
            return try await uploader.upload(orders, onProgress)
        }
    }

    /// The same for assets that do not depend on each other: one that fails leaves the others alone, unless they would all
    /// fail (no way to fal, a key that is not accepted, a full disk). Outcomes are in the order of `assets`.
    ///
    /// Throws what concerns all before anything is sent, and when cancelled.
    public func uploadEach(
        _ assets: [ContentDigest], _ sending: Sending = Sending(),
        onProgress: @escaping @Sendable (RunProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [UploadOutcome] {
        try await inLibraryWords {
            let orders = try await UploadOrder.orders(for: assets, sending, history.catalog)
            return try await uploader.uploadEach(assets, orders, onProgress)
        }
    }

    /// Asks the server about uploads that are believed to be there, and records what it said. Sends no key, and costs nothing.
    public func probeUploads(_ filter: UploadFilter = UploadFilter()) async throws(LibraryError) -> ProbeSummary {
        try await inLibraryWords { try await uploader.probeUploads(filter) }
    }
}
