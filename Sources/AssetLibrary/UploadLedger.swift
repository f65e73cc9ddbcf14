import AssetCatalog
public import AssetModel

/// Which uploads of the ledger are wanted; several conditions must all hold.
public struct UploadFilter: Hashable, Sendable {
    /// Only those whose time is over.
    public var isExpired: Bool
    /// Only those that a probe found gone.
    public var isDead: Bool
    /// Only those that are believed to be served still, by a server that outlives the command.
    public var isExposed: Bool
    /// Words that must all occur in an upload's URL, host, digest, asset, access, or the way its copy differs; case aside.
    public var words: [String]

    /// Without arguments: every upload.
    public init(isExpired: Bool = false, isDead: Bool = false, isExposed: Bool = false, words: [String] = []) {
        self.isExpired = isExpired
        self.isDead = isDead
        self.isExposed = isExposed
        self.words = words
    }

    func accepts(_ upload: Upload, at now: Timestamp) -> Bool {
        if isExpired, upload.expiresAt.map({ $0 > now }) ?? true { return false }
        if isDead, upload.lostAt == nil { return false }
        if isExposed, !upload.isServed(at: now) || upload.host.isEphemeral { return false }
        let texts = [
            upload.url, upload.host.name, upload.digest.hex, upload.asset.hex, upload.access.rawValue,
            upload.copy?.description ?? "", upload.copy?.reasons ?? "",
        ].map { $0.lowercased() }
        return words.allSatisfy { word in texts.contains { $0.contains(word.lowercased()) } }
    }
}

extension Library {
    /// The uploads that the library knows of, newest first.
    public func uploads(_ filter: UploadFilter = UploadFilter()) async throws(LibraryError) -> [Upload] {
        try await inLibraryWords {
            let now = environment.now()
            return try await history.catalog.uploads().filter { filter.accepts($0, at: now) }
        }
    }

    /// The earlier uploads of some assets that would be used again on a remote. Reads only, asks no server.
    public func uploads(
        of assets: [ContentDigest], on remote: Remote, _ sending: Sending = Sending()
    ) async throws(LibraryError) -> [Upload] {
        try await inLibraryWords {
            var uploads: [Upload] = []
            // A file that was not imported yet was never sent. Neither was one that cannot be.
            for case .success(let order) in try await UploadOrder.orders(for: assets, sending, history.catalog) {
                let key = order.key(on: remote.host)
                if let upload = try await history.catalog.upload(key, now: environment.now()) { uploads.append(upload) }
            }
            return uploads
        }
    }
}
