import AssetModel

/// A run's references on their way to fal, up to the moment before the request.
struct ReferenceUploads: Sendable {
    let uploader: Uploader
    let records: RunRecords

    /// How many new uploads are asked for at once.
    private static let probeWidth = 4

    /// The references' URLs in order, and how many of them had to be sent. All were served a moment ago: what was sent early
    /// may have gone while the rest was on its way, and a run that cannot read it costs all the same. Such references are
    /// uploaded again, once.
    func urls(
        of run: Run, _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> (urls: [String], uploadedCount: Int) {
        let orders = try await UploadOrder.orders(for: run, uploader.history.catalog)
        var uploads = try await uploader.upload(orders, onProgress)
        let lost = try await lost(uploads)
        if !lost.isEmpty {
            try await records.forgetUploads(lost.map(\.upload.url))
            uploads = try await uploader.upload(orders, onProgress)
            for asset in lost.map(\.asset) { onProgress(.renewed(asset)) }
            if let gone = try await self.lost(uploads).first {
                try await records.forgetUploads([gone.upload.url])
                throw LibraryError(
                    .unavailable, code: "upload_gone",
                    "\(gone.asset.short): fal accepted this reference twice and lost it each time; the request was not submitted"
                )
            }
        }
        try Task.checkCancellation()
        return (uploads.map(\.upload.url), uploads.count { $0.isNew })
    }

    /// Those of the uploads sent just now that are no longer served; reused ones were asked for already.
    private func lost(_ uploads: [UploadResult]) async throws -> [UploadResult] {
        var lost: [UploadResult] = []
        try await inParallel(uploads.filter(\.isNew), width: Self.probeWidth) { result in
            await uploader.probe(result.upload) == .gone ? result : nil
        } onResult: { result in
            if let result { lost.append(result) }
            return true
        }
        return lost
    }
}
