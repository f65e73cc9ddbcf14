import AssetCatalog
import AssetModel
import AssetStore
import FalAPI

/// Sends what a remote host does not hold yet. Each key goes once, whoever asks: tasks of one session wait for each other, and other
/// processes are kept apart by the catalog's claims; those who come late use the first one's upload.
///
/// What must be sent in a copy is claimed twice: as "this copy of that asset", so that it is made once, and as its bytes, so that
/// equal bytes go once whatever they were made of.
struct Uploader: Sendable {
    let history: History
    let store: BlobStore
    let copies: CopyMaker
    let environment: Library.Environment
    let host: RemoteHost
    let transport: FalTransport
    let storage: FalStorage
    let inFlight: UploadsInFlight
    /// How many files are sent at once.
    let width: Int

    /// How long a claim holds while it is not renewed, in seconds; a crashed sender blocks others no longer than this.
    private static let leaseSeconds: Int64 = 30

    /// The upload to use: one that is still served, or a fresh one.
    func upload(
        _ order: UploadOrder, onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> UploadResult {
        let result = try await once(order.key(on: host), order.asset, onProgress) { claim in
            guard let copy = order.copy else {
                let path = store.path(of: order.asset, order.facts.format)
                return try await send(order, path, order.asset, order.facts, [claim], onProgress)
            }
            let made = try await copies.make(copy, of: order.asset, order.facts)
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
        UploadKey(digest: digest, host: host, access: order.access, lifetime: order.lifetime)
    }

    /// Reuses what is there and served, or holds the claim while `send` runs, or waits for who holds it. What `send` sends
    /// has given the claim back with the entry that tells of it.
    private func once(
        _ key: UploadKey, _ asset: ContentDigest, _ onProgress: @escaping @Sendable (RunProgress) -> Void,
        send: @escaping @Sendable (UploadClaim.Token) async throws -> UploadResult
    ) async throws -> UploadResult {
        while await !inFlight.begin(key) {
            onProgress(.waitingForUpload(asset))
            await inFlight.wait(for: key)
            try Task.checkCancellation()
        }
        do {
            let result = try await onceAmongProcesses(key, asset, onProgress, send: send)
            await inFlight.end(key)
            return result
        } catch {
            await inFlight.end(key)
            throw error
        }
    }

    private func onceAmongProcesses(
        _ key: UploadKey, _ asset: ContentDigest, _ onProgress: @escaping @Sendable (RunProgress) -> Void,
        send: @escaping @Sendable (UploadClaim.Token) async throws -> UploadResult
    ) async throws -> UploadResult {
        var foundLost = false
        while true {
            try Task.checkCancellation()
            let claim = try await history.catalog.claimUpload(
                key, now: environment.now(), leaseSeconds: Self.leaseSeconds,
                nonce: Claimant.newNonce(environment.random()))
            switch claim {
            case .stored(let upload):
                switch await probe(upload) {
                case .gone:
                    foundLost = true
                    try await history.record("upload", [.uploadLost(.init(url: upload.url))])
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
                // It was killed while it sent, and will not finish.
                await release(UploadClaim.Token(key: key, nonce: nonce))
            case .busy:
                // Another process is sending these bytes; its entry or the end of its lease decides.
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
                    let until = environment.now().adding(seconds: Self.leaseSeconds)
                    try await history.catalog.renewUpload(token, until: until)
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
        _ claims: [UploadClaim.Token], _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> UploadResult {
        let parts =
            storage.sendsInParts(facts.byteCount)
            ? PartsLedger(catalog: history.catalog, environment: environment, key: key(of: digest, order)) : nil
        let file = try await storage.upload(
            fileAt: path, byteCount: facts.byteCount, mediaType: facts.format.mediaType,
            fileName: "\(digest.short).\(facts.format.fileExtension)",
            options: ObjectLifecycle(order.access, order.lifetime), resuming: await parts?.progress(),
            onPart: { await parts?.keep($0) },
            onProgress: { onProgress(.uploading(order.asset, sent: $0, of: facts.byteCount)) })
        await parts?.forget()
        let now = environment.now()
        let source = order.copy == nil ? nil : order.asset
        let expiry: ExpiryBasis = order.lifetime == .accountDefault ? .accountDefault : .sent
        let end = order.lifetime.end(from: now)
        // From here on our bytes lie somewhere else, which must not be forgotten.
        let fact = JournalEntry.Uploaded(
            digest: digest, host: host, access: order.access, url: file.url, byteCount: file.byteCount,
            lifetime: order.lifetime, expiresAt: end, expiry: expiry, source: source, copy: order.copy)
        try await history.record("upload", persistently: true) { _ in
            ([.uploaded(fact)], ())
        }
        for claim in claims { await release(claim) }
        let upload = Upload(
            digest: digest, host: host, access: order.access, url: file.url, byteCount: file.byteCount,
            uploadedAt: now, lifetime: order.lifetime, expiresAt: end, expiry: expiry, lostAt: nil, source: source,
            copy: order.copy, useCount: 0)
        return UploadResult(asset: order.asset, upload: upload, isNew: true)
    }

    /// Also in a cancelled task, so that no other process waits for a lease to run out.
    private func release(_ token: UploadClaim.Token) async {
        _ = try? await uncancelled { try await history.catalog.releaseUpload(token) }
    }
}
