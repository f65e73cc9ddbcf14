import AssetCatalog
import AssetModel
import AssetStore
import FalAPI

/// Sends what a remote host does not hold yet. Each digest goes once, whoever asks: tasks of one process and other
/// processes alike are kept apart by the catalog's claims, and those who come late wait for the first one's entry.
struct Uploader {
    let library: Library
    let remote: Remote
    let transport: FalTransport

    /// How long a claim holds while nobody renews it, in seconds; a crashed sender blocks others no longer than this.
    private static let leaseSeconds: Int64 = 120

    /// The upload to use for an asset: one that is still served, or a fresh one.
    func upload(
        _ asset: ContentDigest, _ facts: ImageFacts, onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> UploadResult {
        while true {
            try Task.checkCancellation()
            let claim = try await library.catalog.claimUpload(
                of: asset, on: remote.host, access: .publicLink, now: library.environment.now(),
                leaseSeconds: Self.leaseSeconds, nonce: String(library.environment.random(), radix: 16))
            switch claim {
            case .stored(let upload):
                if try await isServed(upload) {
                    onProgress(.reused(asset))
                    return UploadResult(asset: asset, upload: upload, isNew: false)
                }
                try await library.record([.uploadLost(.init(url: upload.url))])
            case .claimed(let token):
                do {
                    let upload = try await sendRenewing(token, asset, facts, onProgress)
                    await release(token)
                    onProgress(.uploaded(asset))
                    return UploadResult(asset: asset, upload: upload, isNew: true)
                } catch {
                    await release(token)
                    throw error
                }
            case .busy:
                // Another task or process is sending these bytes; its entry or the end of its lease decides.
                onProgress(.waitingForUpload(asset))
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Asks before a paid request relies on it. When the question itself fails, the URL is believed: fal reads it from
    /// elsewhere than we do.
    private func isServed(_ upload: Upload) async throws -> Bool {
        do {
            switch try await transport.probe(upload.url) {
            case .served(let byteCount): return byteCount == nil || byteCount == upload.byteCount
            case .gone: return false
            }
        } catch FalError.cancelled {
            throw CancellationError()
        } catch {
            return true
        }
    }

    /// Sends, and keeps the claim alive for as long as that takes.
    private func sendRenewing(
        _ token: UploadClaim.Token, _ asset: ContentDigest, _ facts: ImageFacts,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> Upload {
        try await withThrowingTaskGroup(of: Upload?.self) { group in
            group.addTask { try await send(asset, facts, onProgress) }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(Self.leaseSeconds / 4))
                    let until = library.environment.now().adding(seconds: Self.leaseSeconds)
                    try await library.catalog.renewUpload(token, until: until)
                }
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let upload = ended { return upload }
            }
            throw CancellationError()
        }
    }

    private func send(
        _ asset: ContentDigest, _ facts: ImageFacts, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> Upload {
        let path = library.store.path(of: asset, fileExtension: facts.format.fileExtension)
        let file = try await FalStorage(transport).upload(
            fileAt: path, byteCount: facts.byteCount, mediaType: facts.format.mediaType,
            fileName: "\(asset.short).\(facts.format.fileExtension)",
            onProgress: { onProgress(.uploading(asset, sent: $0, of: facts.byteCount)) })
        // From here on our bytes lie somewhere else, which must not be forgotten.
        try await library.record(
            [
                .uploaded(
                    .init(
                        digest: asset, host: remote.host, access: .publicLink, url: file.url, byteCount: file.byteCount,
                        expiresAt: nil))
            ], persistently: true)
        return Upload(
            digest: asset, host: remote.host, access: .publicLink, url: file.url, byteCount: file.byteCount,
            uploadedAt: library.environment.now(), expiresAt: nil, lostAt: nil, useCount: 0)
    }

    /// Also in a cancelled task, so that nobody waits for a lease to run out.
    private func release(_ token: UploadClaim.Token) async {
        _ = try? await Library.uncancelled { try await library.catalog.releaseUpload(token) }
    }
}
