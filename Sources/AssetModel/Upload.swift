/// Our knowledge that a remote host holds a blob at a URL until a time.
public struct Upload: Hashable, Sendable {
    /// The bytes.
    public let digest: ContentDigest
    /// The account and endpoint that hold them.
    public let host: RemoteHost
    /// Who may read them.
    public let access: UploadAccess
    /// Where they are.
    public let url: String
    /// How many bytes were sent.
    public let byteCount: Int64
    /// When the upload was complete.
    public let uploadedAt: Timestamp
    /// When the host forgets them; nil when nobody said.
    public let expiresAt: Timestamp?
    /// When a probe found them gone; nil while they are believed to be there.
    public let lostAt: Timestamp?
    /// How many requests have used the URL.
    public let useCount: Int

    /// Takes the values as they are.
    public init(
        digest: ContentDigest, host: RemoteHost, access: UploadAccess, url: String, byteCount: Int64,
        uploadedAt: Timestamp, expiresAt: Timestamp?, lostAt: Timestamp?, useCount: Int
    ) {
        self.digest = digest
        self.host = host
        self.access = access
        self.url = url
        self.byteCount = byteCount
        self.uploadedAt = uploadedAt
        self.expiresAt = expiresAt
        self.lostAt = lostAt
        self.useCount = useCount
    }

    /// How long before its end an upload counts as ended already, in seconds: a run must be able to read it.
    public static let safetyMargin: Int64 = 600

    /// Whether a new request may use it at `now`.
    public func isUsable(at now: Timestamp) -> Bool {
        guard lostAt == nil else { return false }
        guard let expiresAt else { return true }
        return now.adding(seconds: Self.safetyMargin) < expiresAt
    }
}

/// Who may read an upload.
public enum UploadAccess: String, Hashable, Sendable, Codable, CaseIterable {
    /// Anyone who has the URL; fal's default, and what a model needs to read it.
    case publicLink = "public"
}

/// The answer to "may I upload this?": exactly one process gets to send, the others reuse or wait.
public enum UploadClaim: Hashable, Sendable {
    /// It is there already: use this.
    case stored(Upload)
    /// You send it; finish or release with this token before the lease ends.
    case claimed(Token)
    /// Someone else is sending it; look again at this time at the latest.
    case busy(until: Timestamp)

    /// The right to perform one upload.
    public struct Token: Hashable, Sendable {
        /// The bytes to send.
        public let digest: ContentDigest
        /// Where to.
        public let host: RemoteHost
        /// For whom.
        public let access: UploadAccess
        /// What makes this claim different from any other.
        public let nonce: String

        /// Takes the values as they are.
        public init(digest: ContentDigest, host: RemoteHost, access: UploadAccess, nonce: String) {
            self.digest = digest
            self.host = host
            self.access = access
            self.nonce = nonce
        }
    }
}
