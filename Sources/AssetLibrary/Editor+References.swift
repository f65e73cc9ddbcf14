import AssetModel
import FalAPI

/// A run's references on their way to fal, up to the moment before the request.
extension Library {
    /// The references' URLs in order, and how many of them had to be sent. All were served a moment ago: what was sent early
    /// may have gone while the rest was on its way, and a run that cannot read it costs all the same. Such links are made
    /// anew, once.
    func upload(
        _ generation: Run, _ remote: Remote, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> (urls: [String], uploadedCount: Int) {
        let orders = try await orders(for: generation)
        var uploads = try await upload(orders, remote, transport, onProgress)
        let lost = try await lost(uploads, remote, transport)
        if !lost.isEmpty {
            try await forgetUploads(lost.map(\.upload.url))
            uploads = try await upload(orders, remote, transport, onProgress)
            for asset in lost.map(\.asset) { onProgress(.renewed(asset)) }
            if let gone = try await self.lost(uploads, remote, transport).first {
                try await forgetUploads([gone.upload.url])
                throw LibraryError(
                    .unavailable, code: "upload_gone",
                    "\(gone.asset.short): fal took this reference twice and lost it each time; the request was not sent"
                )
            }
        }
        try Task.checkCancellation()
        return (uploads.map(\.upload.url), uploads.count { $0.isNew })
    }

    /// Those of the uploads sent just now that are served no more; reused ones were asked for already.
    private func lost(
        _ uploads: [UploadResult], _ remote: Remote, _ transport: FalTransport
    ) async throws -> [UploadResult] {
        let uploader = Uploader(library: self, remote: remote, transport: transport)
        var lost: [UploadResult] = []
        try await Self.inParallel(uploads.filter(\.isNew), width: 4) { result in
            await uploader.probe(result.upload) == .gone ? result : nil
        } onResult: { result in
            if let result { lost.append(result) }
            return true
        }
        return lost
    }

    /// Writes down that URLs answer no more, so that nobody relies on them.
    func forgetUploads(_ urls: [String]) async throws {
        try await history.record("upload", urls.map { .uploadLost(.init(url: $0)) }, persistently: true)
    }
}
