import AssetCatalog
import AssetModel
import AssetStore
import FalAPI

/// What happens while something is uploaded or waited for.
enum UploadEvent: Hashable, Sendable {
    case reused(Upload)
    case sending(ContentDigest, sent: Int64, of: Int64)
    case sent(Upload)
}

/// Sends what a remote host does not hold yet, each digest once: equal work in one process is shared, and between
/// processes the catalog's claims decide.
actor Uploader {
    private let library: Library
    private let remote: Remote
    private let storage: FalStorage
    private let transport: FalTransport
    /// Uploads under way. A task here belongs to all who wait for it: one waiter's cancellation must not stop the others,
    /// which is why it is the only unstructured task of the product.
    private var underWay: [ContentDigest: Task<Upload, any Error>] = [:]

    /// How long a claim holds while nobody renews it, in seconds; a crashed sender blocks others no longer than this.
    private static let leaseSeconds: Int64 = 120

    init(library: Library, remote: Remote, transport: FalTransport) {
        self.library = library
        self.remote = remote
        self.transport = transport
        storage = FalStorage(transport)
    }

    /// The upload to use for an asset: one that is still served, or a fresh one.
    func upload(
        _ asset: ContentDigest, _ facts: ImageFacts, onEvent: @escaping @Sendable (UploadEvent) -> Void
    ) async throws -> Upload {
        if let task = underWay[asset] { return try await task.value }
        let task = Task { try await self.reuseOrSend(asset, facts, onEvent) }
        underWay[asset] = task
        defer { underWay[asset] = nil }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    // Only the table above needs the actor; the work itself runs beside it.

    @concurrent
    private nonisolated func reuseOrSend(
        _ asset: ContentDigest, _ facts: ImageFacts, _ onEvent: @escaping @Sendable (UploadEvent) -> Void
    ) async throws -> Upload {
        while true {
            try Task.checkCancellation()
            let claim = try await library.catalog.claimUpload(
                of: asset, on: remote.host, access: .publicLink, now: library.environment.now(),
                leaseSeconds: Self.leaseSeconds, nonce: String(library.environment.random(), radix: 16))
            switch claim {
            case .stored(let upload):
                if try await isServed(upload) {
                    onEvent(.reused(upload))
                    return upload
                }
                try await library.record([.uploadLost(.init(url: upload.url))])
            case .claimed(let token):
                do {
                    let upload = try await send(asset, facts, onEvent)
                    try await library.catalog.releaseUpload(token)
                    onEvent(.sent(upload))
                    return upload
                } catch {
                    try? await library.catalog.releaseUpload(token)
                    throw error
                }
            case .busy:
                // Another process is sending these bytes; its entry or the end of its lease decides.
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// Asks before a paid request relies on it. When the question itself fails, the URL is believed: fal reads it from
    /// elsewhere than we do.
    private nonisolated func isServed(_ upload: Upload) async throws -> Bool {
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

    private nonisolated func send(
        _ asset: ContentDigest, _ facts: ImageFacts, _ onEvent: @escaping @Sendable (UploadEvent) -> Void
    ) async throws -> Upload {
        let path = library.store.path(of: asset, fileExtension: facts.format.fileExtension)
        let file = try await storage.upload(
            fileAt: path, byteCount: facts.byteCount, mediaType: facts.format.mediaType,
            fileName: "\(asset.short).\(facts.format.fileExtension)",
            onProgress: { onEvent(.sending(asset, sent: $0, of: facts.byteCount)) })
        try await library.record([
            .uploaded(
                .init(
                    digest: asset, host: remote.host, access: .publicLink, url: file.url, byteCount: file.byteCount,
                    expiresAt: nil))
        ])
        return Upload(
            digest: asset, host: remote.host, access: .publicLink, url: file.url, byteCount: file.byteCount,
            uploadedAt: library.environment.now(), expiresAt: nil, lostAt: nil, useCount: 0)
    }
}
