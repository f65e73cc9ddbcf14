/// Our knowledge that a remote host holds a blob at a URL until a time.
public struct Upload: Hashable, Sendable {
    /// The bytes that were sent.
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
    /// How long it was asked to live.
    public let lifetime: UploadLifetime
    /// When the host forgets them; nil when unknown, or never.
    public let expiresAt: Timestamp?
    /// Why `expiresAt` is believed.
    public let expiry: ExpiryBasis
    /// When a probe last found them; nil when none has. Exact to the hour, since runs do not write every probe down.
    public let checkedAt: Timestamp?
    /// When a probe found them gone; nil while they are believed to be there.
    public let lostAt: Timestamp?
    /// The asset whose copy this is; nil when it is the asset itself.
    public let source: ContentDigest?
    /// How the copy differs from its asset; nil when nothing does.
    public let copy: UploadCopy?
    /// How many requests have used the URL.
    public let useCount: Int

    package init(
        digest: ContentDigest, host: RemoteHost, access: UploadAccess, url: String, byteCount: Int64,
        uploadedAt: Timestamp, lifetime: UploadLifetime = .accountDefault, expiresAt: Timestamp?, expiry: ExpiryBasis,
        checkedAt: Timestamp? = nil, lostAt: Timestamp?, source: ContentDigest? = nil, copy: UploadCopy? = nil,
        useCount: Int
    ) {
        self.digest = digest
        self.host = host
        self.access = access
        self.url = url
        self.byteCount = byteCount
        self.uploadedAt = uploadedAt
        self.lifetime = lifetime
        self.expiresAt = expiresAt
        self.expiry = expiry
        self.checkedAt = checkedAt
        self.lostAt = lostAt
        self.source = source
        self.copy = copy
        self.useCount = useCount
    }

    /// The asset that this upload shows, itself or in a copy.
    public var asset: ContentDigest { source ?? digest }

    /// How long before its end an upload counts as ended already, in seconds: a run must be able to read it.
    public static let safetyMargin: Int64 = 600

    /// Whether a new request may use it at `now`: not found gone, and more than `safetyMargin` before its end.
    public func isUsable(at now: Timestamp) -> Bool {
        guard lostAt == nil else { return false }
        guard let expiresAt else { return true }
        return now.adding(seconds: Self.safetyMargin) < expiresAt
    }

    /// Whether it is believed to be served still at `now`, usable or not.
    public func isServed(at now: Timestamp) -> Bool {
        guard lostAt == nil else { return false }
        guard let expiresAt else { return true }
        return now < expiresAt
    }
}

/// Who may read an upload.
public enum UploadAccess: String, Hashable, Sendable, Codable, CaseIterable {
    /// Anyone who has the URL; fal's default, and what a model is known to read.
    case publicLink = "public"
    /// The account that sent it. Whether a model may read it then is not documented by fal.
    case privateLink = "private"
}

/// How long an upload is asked to live.
public enum UploadLifetime: Hashable, Sendable, CustomStringConvertible {
    /// Nothing is asked: the account's own setting decides, and we do not know it.
    case accountDefault
    /// This many seconds from the upload on.
    case seconds(Int64)
    /// For ever.
    case never

    /// Reads `never`, `default`, a number of seconds, or a number with `m`, `h`, `d`, `w` or `y`; nil for anything else, and for
    /// less than a minute or more than a hundred years.
    public init?(parsing text: some StringProtocol) {
        switch text {
        case "never": self = .never
        case "default": self = .accountDefault
        default:
            let units: [Character: Int64] = ["m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000]
            let unit = text.last.flatMap { units[$0] }
            let digits = unit == nil ? text[...] : text.dropLast()
            guard let number = Int64(digits), digits.first?.isNumber == true else { return nil }
            let (seconds, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
            guard !overflow, 60...3_153_600_000 ~= seconds else { return nil }
            self = .seconds(seconds)
        }
    }

    /// `default`, the number of seconds, or `never`.
    public var description: String {
        switch self {
        case .accountDefault: "default"
        case .seconds(let seconds): "\(seconds)"
        case .never: "never"
        }
    }

    /// When an upload of this lifetime ends; nil when never, or unknown.
    public func end(from start: Timestamp) -> Timestamp? {
        if case .seconds(let seconds) = self { start.adding(seconds: seconds) } else { nil }
    }
}

/// Why the end of an upload's life is believed.
public enum ExpiryBasis: String, Hashable, Sendable, Codable, CaseIterable {
    /// We asked for it when we sent the bytes.
    case sent
    /// We asked for nothing, so the account's setting decides: for ever if it was never set, by fal's documentation.
    case accountDefault = "account_default"
    /// Told by another program.
    case unknown
}

/// What makes one upload different from any other: these bytes, or this copy of an asset, there, for these readers, that long.
package struct UploadKey: Hashable, Sendable {
    /// The bytes to send, or with a `copy` the asset that it is made of.
    package let digest: ContentDigest
    /// How what is sent differs from `digest`; nil when it is these bytes.
    package let copy: UploadCopy?
    /// Where to.
    package let host: RemoteHost
    /// For whom.
    package let access: UploadAccess
    /// For how long. An upload of any lifetime serves who asks for none in particular.
    package let lifetime: UploadLifetime

    package init(
        digest: ContentDigest, copy: UploadCopy? = nil, host: RemoteHost, access: UploadAccess,
        lifetime: UploadLifetime = .accountDefault
    ) {
        self.digest = digest
        self.copy = copy
        self.host = host
        self.access = access
        self.lifetime = lifetime
    }
}

/// The answer to "may I upload this?": exactly one process gets to send, the others reuse or wait.
package enum UploadClaim: Hashable, Sendable {
    /// It is there already: use this.
    case stored(Upload)
    /// You send it; finish or release with this token before the lease ends.
    case claimed(Token)
    /// Someone else is sending it, with a claim of this name; look again at this time at the latest.
    case busy(until: Timestamp, nonce: String)

    /// The right to perform one upload.
    package struct Token: Hashable, Sendable {
        /// What to send, where, for whom and how long.
        package let key: UploadKey
        /// What makes this claim different from any other.
        package let nonce: String

        package init(key: UploadKey, nonce: String) {
            self.key = key
            self.nonce = nonce
        }
    }
}
