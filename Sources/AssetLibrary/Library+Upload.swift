import AssetCatalog
public import AssetModel
import FalAPI

/// An upload that was asked for, and whether its bytes were sent just now.
public struct UploadResult: Hashable, Sendable {
    /// The asset.
    public let asset: ContentDigest
    /// Where it is.
    public let upload: Upload
    /// True when it was sent just now, false when an earlier upload serves.
    public let isNew: Bool
}

extension Library {
    /// How many files are sent at once.
    private static let uploadWidth = 4

    /// Makes sure that fal holds some assets, and says where. A second use sends nothing.
    public func upload(
        _ assets: [ContentDigest], onProgress: @escaping @Sendable (EditProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [UploadResult] {
        do {
            let remote = try needRemote()
            return try await withTransport(remote) { transport in
                try await upload(assets, remote, transport, onProgress)
            }
        } catch {
            throw LibraryError(error)
        }
    }

    /// Every upload the library knows of, newest first.
    public func uploads() async throws(LibraryError) -> [Upload] {
        do { return try await catalog.uploads() } catch { throw LibraryError(error) }
    }

    /// The earlier uploads of some assets that would be used again. Reads only, asks nobody.
    public func uploads(of assets: [ContentDigest]) async throws(LibraryError) -> [Upload] {
        do {
            let remote = try needRemote()
            var uploads: [Upload] = []
            for asset in assets {
                let upload = try await catalog.upload(
                    of: asset, on: remote.host, access: .publicLink, now: environment.now())
                if let upload { uploads.append(upload) }
            }
            return uploads
        } catch {
            throw LibraryError(error)
        }
    }

    func upload(
        _ assets: [ContentDigest], _ remote: Remote, _ transport: FalTransport,
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> [UploadResult] {
        let known = try await catalog.assets(assets)
        let uploader = Uploader(library: self, remote: remote, transport: transport)
        return try await withThrowingTaskGroup(of: (Int, UploadResult).self) { group in
            var results: [UploadResult?] = Array(repeating: nil, count: assets.count)
            var next = 0
            func startNext() throws {
                guard next < assets.count else { return }
                let (index, digest) = (next, assets[next])
                next += 1
                guard let asset = known[digest] else {
                    throw LibraryError(
                        .notFound, code: "unknown_asset", "\(digest.short): no such asset in the library")
                }
                group.addTask { (index, try await uploader.upload(digest, asset.facts, onProgress: onProgress)) }
            }
            for _ in 0..<Self.uploadWidth { try startNext() }
            while let (index, result) = try await group.next() {
                results[index] = result
                try startNext()
            }
            return results.compactMap(\.self)
        }
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
