import AssetCatalog
public import AssetModel
import FalAPI

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

extension Library {
    /// How many files are sent at once.
    public static let uploadWidth = 4
    /// A run that finds an upload served writes that down when nobody has for this long, in seconds: not every probe is news.
    private static let checkInterval: Int64 = 3600

    /// Makes sure that fal holds some assets, and says where. A second use sends nothing.
    ///
    /// Unless `sending` says as-is, rotated pictures go upright and formats that models do not read as PNG. `width` is how
    /// many are sent at once, at least 1.
    public func upload(
        _ assets: [ContentDigest], _ sending: Sending = Sending(), width: Int = Library.uploadWidth,
        onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [UploadResult] {
        do {
            let remote = try needRemote()
            let orders = try await orders(assets, sending).map { try $0.get() }
            return try await withTransport(remote) { transport in
                try await upload(orders, remote, transport, width: width, onProgress)
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// The same for assets that do not depend on each other: one that fails leaves the others alone, unless they would all
    /// fail (no way to fal, a key that is not accepted). Outcomes are in the order of `assets`.
    ///
    /// Throws what concerns all before anything is sent, and when cancelled.
    public func uploadEach(
        _ assets: [ContentDigest], _ sending: Sending = Sending(), width: Int = Library.uploadWidth,
        onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [UploadOutcome] {
        do {
            let remote = try needRemote()
            let orders = try await orders(assets, sending)
            let care = Self.careWidth(width, orders.compactMap { try? $0.get() })
            var outcomes = assets.map(UploadOutcome.notBegun)
            return try await withTransport(remote) { transport in
                let uploader = Uploader(library: self, remote: remote, transport: transport, width: width)
                try await Self.inParallel(Array(orders.enumerated()), width: care) { index, order in
                    do {
                        let result = try await uploader.upload(try order.get(), onProgress: onProgress)
                        return (index, UploadOutcome.uploaded(result))
                    } catch {
                        let error = LibraryError(error)
                        if error.category == .cancelled { throw error }
                        return (index, .failed(assets[index], error))
                    }
                } onResult: { index, outcome in
                    outcomes[index] = outcome
                    if case .failed(_, let error) = outcome { return !error.concernsEveryUpload }
                    return true
                }
                await noteChecks(
                    outcomes.compactMap { if case .uploaded(let result) = $0 { result } else { nil } })
                return outcomes
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// The earlier uploads of some assets that would be used again. Reads only, asks nobody.
    public func uploads(
        of assets: [ContentDigest], _ sending: Sending = Sending()
    ) async throws(LibraryError) -> [Upload] {
        do {
            let remote = try needRemote()
            var uploads: [Upload] = []
            let known = try await catalog.assets(assets)
            for digest in assets {
                // A file that was not taken in yet was never sent.
                // Neither was one that cannot be.
                guard let asset = known[digest], let order = try? order(digest, asset.facts, sending) else { continue }
                if let upload = try await catalog.upload(order.key(on: remote.host), now: environment.now()) {
                    uploads.append(upload)
                }
            }
            return uploads
        } catch {
            throw LibraryError(error)
        }
    }

    func upload(
        _ orders: [UploadOrder], _ remote: Remote, _ transport: FalTransport, width: Int = Library.uploadWidth,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> [UploadResult] {
        let uploader = Uploader(library: self, remote: remote, transport: transport, width: width)
        var results: [UploadResult?] = Array(repeating: nil, count: orders.count)
        try await Self.inParallel(Array(orders.enumerated()), width: Self.careWidth(width, orders)) { index, order in
            (index, try await uploader.upload(order, onProgress: onProgress))
        } onResult: { index, result in
            results[index] = result
            return true
        }
        await noteChecks(results.compactMap(\.self))
        return results.compactMap(\.self)
    }

    /// How many files are looked after while `width` are sent. Two more: while the bytes fill the line, one is announced and
    /// one written down. Not so where copies must be made, since each decodes a whole picture.
    private static func careWidth(_ width: Int, _ orders: [UploadOrder]) -> Int {
        max(1, width) + (orders.contains { $0.copy != nil } ? 0 : 2)
    }

    /// Writes down that earlier uploads were found served, where that is news.
    private func noteChecks(_ results: [UploadResult]) async {
        let recent = environment.now().adding(seconds: -Self.checkInterval)
        let news = results.filter { $0.wasProbed && $0.upload.checkedAt.map { $0 < recent } ?? true }.map(\.upload.url)
        // Good to know, and no reason to stop a run.
        if !news.isEmpty { try? await history.record("upload", [.uploadsChecked(.init(urls: news.uniqued()))]) }
    }

    /// What must be sent for the references of a generation, in order, as it was planned.
    func orders(for generation: Run) async throws -> [UploadOrder] {
        let planned = try await catalog.plannedUploads(of: generation.id)
        let known = try await catalog.assets(generation.references.members)
        return try generation.references.members.enumerated().map { index, digest in
            guard let asset = known[digest] else { throw Self.unknownAsset(digest) }
            let terms = planned.indices.contains(index) ? planned[index] : nil
            return UploadOrder(
                asset: digest, facts: asset.facts, copy: terms?.copy, access: terms?.access ?? .publicLink,
                lifetime: terms?.lifetime ?? .accountDefault)
        }
    }

    /// What must be sent for each asset, or why it cannot be.
    private func orders(
        _ assets: [ContentDigest], _ sending: Sending
    ) async throws -> [Result<UploadOrder, any Error>] {
        let known = try await catalog.assets(assets)
        return assets.map { digest in
            Result {
                guard let asset = known[digest] else { throw Self.unknownAsset(digest) }
                return try order(digest, asset.facts, sending)
            }
        }
    }

    private func order(
        _ digest: ContentDigest, _ facts: ImageFacts, _ sending: Sending
    ) throws(LibraryError) -> UploadOrder {
        UploadOrder(
            asset: digest, facts: facts,
            copy: try sending.copy(of: facts, readable: EditModels.readableFormats, digest.short),
            access: sending.access, lifetime: sending.lifetime)
    }

    private static func unknownAsset(_ digest: ContentDigest) -> LibraryError {
        LibraryError(.notFound, code: "unknown_asset", "\(digest.short): no such asset in the library")
    }

    func needRemote() throws(LibraryError) -> Remote {
        guard let remote else {
            throw LibraryError(
                .credential, code: "no_key",
                "no fal key: set FAL_KEY to your key (fal.ai/dashboard/keys), or add --sandbox to try it without one")
        }
        return remote
    }

    func withTransport<R: Sendable>(
        _ remote: Remote, _ body: (FalTransport) async throws -> R
    ) async throws -> R {
        try await FalTransport.withTransport(
            endpoints: remote.endpoints, credential: remote.credential, logger: logger, body)
    }
}
