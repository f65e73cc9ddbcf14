import AssetCatalog
import AssetModel
import AssetStore
import FalAPI

/// Sends what a remote host does not hold yet. Each key goes once, whoever asks: tasks of one process and other
/// processes alike are kept apart by the catalog's claims, and those who come late wait for the first one's entry.
///
/// What must be sent in a copy is claimed twice: as "this copy of that asset", so that it is made once, and as its bytes, so that
/// equal bytes go once whatever they were made of.
struct Uploader {
    let library: Library
    let remote: Remote
    private let storage: FalStorage
    private let transport: FalTransport

    /// Sends at most `width` files at once.
    init(library: Library, remote: Remote, transport: FalTransport, width: Int = Library.uploadWidth) {
        self.library = library
        self.remote = remote
        self.transport = transport
        storage = FalStorage(transport, slots: TransferSlots(width))
    }

    /// How long a claim holds while nobody renews it, in seconds; a crashed sender blocks others no longer than this.
    private static let leaseSeconds: Int64 = 30

    /// The upload to use: one that is still served, or a fresh one.
    func upload(
        _ order: UploadOrder, onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> UploadResult {
        let result = try await once(order.key(on: remote.host), order.asset, onProgress) { claim in
            guard let copy = order.copy else {
                let path = library.store.path(of: order.asset, order.facts.format)
                return try await send(order, path, order.asset, order.facts, [claim], onProgress)
            }
            let made = try await CopyMaker(library: library).make(copy, of: order.asset, order.facts)
            return try await once(key(of: made.digest, order), order.asset, onProgress) { inner in
                try await send(order, made.path, made.digest, made.facts, [claim, inner], onProgress)
            }
        }
        onProgress(
            result.isRenewed ? .renewed(order.asset) : result.isNew ? .uploaded(order.asset) : .reused(order.asset))
        return result
    }

    /// The key of the bytes that are sent, whatever they were made of.
    private func key(of digest: ContentDigest, _ order: UploadOrder) -> UploadKey {
        UploadKey(digest: digest, host: remote.host, access: order.access, lifetime: order.lifetime)
    }

    /// Reuses what is there and served, or holds the claim while `send` runs, or waits for who holds it. What `send` sends
    /// anew has given the claim back with the entry that tells of it.
    private func once(
        _ key: UploadKey, _ asset: ContentDigest, _ onProgress: @escaping @Sendable (EditProgress) -> Void,
        send: @escaping @Sendable (UploadClaim.Token) async throws -> UploadResult
    ) async throws -> UploadResult {
        var foundLost = false
        while true {
            try Task.checkCancellation()
            let claim = try await library.catalog.claimUpload(
                key, now: library.environment.now(), leaseSeconds: Self.leaseSeconds,
                nonce: Claimant.newNonce(library.environment.random()))
            switch claim {
            case .stored(let upload):
                switch await probe(upload) {
                case .gone:
                    foundLost = true
                    try await library.history.record("upload", [.uploadLost(.init(url: upload.url))])
                case .served: return UploadResult(asset: asset, upload: upload, isNew: false, wasProbed: true)
                case .unanswered: return UploadResult(asset: asset, upload: upload, isNew: false)
                }
            case .claimed(let token):
                do {
                    var result = try await renewing(token) { try await send(token) }
                    if !result.isNew { await release(token) }
                    result.isRenewed = result.isRenewed || foundLost && result.isNew
                    return result
                } catch {
                    await release(token)
                    throw error
                }
            case .busy(_, let nonce) where Claimant.isGone(nonce):
                // It was killed while it sent. Nobody else will finish that.
                await release(UploadClaim.Token(key: key, nonce: nonce))
            case .busy:
                // Another task or process is sending these bytes; its entry or the end of its lease decides.
                onProgress(.waitingForUpload(asset))
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }

    /// What a probe said.
    enum ProbeAnswer {
        case served, gone, unanswered
    }

    /// Asks before a paid request relies on it. When the question itself fails, the URL is believed: fal reads it from
    /// elsewhere than we do.
    func probe(_ upload: Upload) async -> ProbeAnswer {
        switch try? await transport.probe(upload.url) {
        case .served(let byteCount)?: byteCount == nil || byteCount == upload.byteCount ? .served : .gone
        // A private file is kept from whoever comes without the account; that it is kept says that it is there.
        case .gone(let status)?: upload.access == .privateLink && [401, 403].contains(status) ? .served : .gone
        case nil: .unanswered
        }
    }

    /// Keeps the claim alive for as long as the work takes.
    private func renewing(
        _ token: UploadClaim.Token, _ work: @escaping @Sendable () async throws -> UploadResult
    ) async throws -> UploadResult {
        try await withThrowingTaskGroup(of: UploadResult?.self) { group in
            group.addTask { try await work() }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(Self.leaseSeconds / 4))
                    let until = library.environment.now().adding(seconds: Self.leaseSeconds)
                    try await library.catalog.renewUpload(token, until: until)
                }
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let result = ended { return result }
            }
            throw CancellationError()
        }
    }

    private func send(
        _ order: UploadOrder, _ path: String, _ digest: ContentDigest, _ facts: ImageFacts,
        _ claims: [UploadClaim.Token], _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> UploadResult {
        let parts =
            storage.sendsInParts(facts.byteCount) ? PartsLedger(library: library, key: key(of: digest, order)) : nil
        let file = try await storage.upload(
            fileAt: path, byteCount: facts.byteCount, mediaType: facts.format.mediaType,
            fileName: "\(digest.short).\(facts.format.fileExtension)",
            options: ObjectLifecycle(order.access, order.lifetime), resuming: await parts?.progress(),
            onPart: { await parts?.keep($0) },
            onProgress: { onProgress(.uploading(order.asset, sent: $0, of: facts.byteCount)) })
        await parts?.forget()
        let now = library.environment.now()
        let source = order.copy == nil ? nil : order.asset
        let expiry: ExpiryBasis = order.lifetime == .accountDefault ? .accountDefault : .sent
        let end = order.lifetime.end(from: now)
        // From here on our bytes lie somewhere else, which must not be forgotten.
        let fact = JournalEntry.Uploaded(
            digest: digest, host: remote.host, access: order.access, url: file.url, byteCount: file.byteCount,
            lifetime: order.lifetime, expiresAt: end, expiry: expiry, source: source, copy: order.copy)
        try await library.history.record("upload", persistently: true) { _ in
            ([.uploaded(fact)], ())
        }
        for claim in claims { await release(claim) }
        let upload = Upload(
            digest: digest, host: remote.host, access: order.access, url: file.url, byteCount: file.byteCount,
            uploadedAt: now, lifetime: order.lifetime, expiresAt: end, expiry: expiry, lostAt: nil, source: source,
            copy: order.copy, useCount: 0)
        return UploadResult(asset: order.asset, upload: upload, isNew: true)
    }

    /// Also in a cancelled task, so that nobody waits for a lease to run out.
    private func release(_ token: UploadClaim.Token) async {
        _ = try? await Library.uncancelled { try await library.catalog.releaseUpload(token) }
    }
}

extension ObjectLifecycle {
    /// Our words in fal's.
    fileprivate init(_ access: UploadAccess, _ lifetime: UploadLifetime) {
        self.init()
        // 403 to strangers rather than 404: so a probe can tell "not for you" from "gone".
        if access == .privateLink { self.access = .forbid }
        switch lifetime {
        case .accountDefault: break
        case .seconds(let seconds): self.lifetime = .seconds(Int(seconds))
        case .never: self.lifetime = .never
        }
    }
}
