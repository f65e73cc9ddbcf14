/// What can be said about uploads.
extension JournalEntry {
    /// Bytes were sent to a remote host.
    package struct Uploaded: Hashable, Sendable, Codable {
        /// The digest of the bytes that were sent.
        package let digest: ContentDigest
        /// The account and endpoint that hold them.
        package let host: RemoteHost
        /// Who may read them.
        package let access: UploadAccess
        /// Where they are.
        package let url: String
        /// How many bytes.
        package let byteCount: Int64
        /// How long they were asked to live; absent in the line when nothing was asked.
        package let lifetime: UploadLifetime
        /// When the host forgets them; absent when unknown, or never.
        package let expiresAt: Timestamp?
        /// Why that is believed; absent in the line when it follows from the rest.
        package let expiry: ExpiryBasis
        /// The asset that the bytes are a copy of; absent when they are the asset.
        package let source: ContentDigest?
        /// How the copy differs from it.
        package let copy: UploadCopy?

        /// Without `expiry` it is what follows: the account's default when nothing is known about an
        /// end, else the word of another program.
        package init(
            digest: ContentDigest, host: RemoteHost, access: UploadAccess, url: String, byteCount: Int64,
            lifetime: UploadLifetime = .accountDefault, expiresAt: Timestamp?, expiry: ExpiryBasis? = nil,
            source: ContentDigest? = nil, copy: UploadCopy? = nil
        ) {
            self.digest = digest
            self.host = host
            self.access = access
            self.url = url
            self.byteCount = byteCount
            self.lifetime = lifetime
            self.expiresAt = expiresAt
            self.expiry = expiry ?? Self.implied(expiresAt)
            self.source = source
            self.copy = copy
        }

        private static func implied(_ expiresAt: Timestamp?) -> ExpiryBasis {
            expiresAt == nil ? .accountDefault : .unknown
        }

        private enum CodingKeys: String, CodingKey {
            case digest, host, access, url, lifetime, expiry, source, copy
            case byteCount = "byte_count"
            case expiresAt = "expires_at"
        }

        /// Reads a line's data, also of a time when lifetimes and copies were not written.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                digest: try container.decode(ContentDigest.self, forKey: .digest),
                host: try container.decode(RemoteHost.self, forKey: .host),
                access: try container.decode(UploadAccess.self, forKey: .access),
                url: try container.decode(String.self, forKey: .url),
                byteCount: try container.decode(Int64.self, forKey: .byteCount),
                lifetime: try container.decodeIfPresent(UploadLifetime.self, forKey: .lifetime) ?? .accountDefault,
                expiresAt: try container.decodeIfPresent(Timestamp.self, forKey: .expiresAt),
                expiry: try container.decodeIfPresent(ExpiryBasis.self, forKey: .expiry),
                source: try container.decodeIfPresent(ContentDigest.self, forKey: .source),
                copy: try container.decodeIfPresent(UploadCopy.self, forKey: .copy))
        }

        /// Writes a line's data; what follows from the rest is left out.
        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(digest, forKey: .digest)
            try container.encode(host, forKey: .host)
            try container.encode(access, forKey: .access)
            try container.encode(url, forKey: .url)
            try container.encode(byteCount, forKey: .byteCount)
            if lifetime != .accountDefault { try container.encode(lifetime, forKey: .lifetime) }
            try container.encodeIfPresent(expiresAt, forKey: .expiresAt)
            if expiry != Self.implied(expiresAt) { try container.encode(expiry, forKey: .expiry) }
            try container.encodeIfPresent(source, forKey: .source)
            try container.encodeIfPresent(copy, forKey: .copy)
        }
    }

    /// A remote host no longer holds what it held.
    package struct UploadLost: Hashable, Sendable, Codable {
        /// The URL that answers no more.
        package let url: String

        package init(url: String) {
            self.url = url
        }
    }

    /// Remote hosts were asked, and hold what they held.
    package struct UploadsChecked: Hashable, Sendable, Codable {
        /// The URLs that answered.
        package let urls: [String]

        package init(urls: [String]) {
            self.urls = urls
        }
    }

    /// How the references of a generation will be sent, when not simply as they are, for everybody, for the account's own time.
    package struct UploadsPlanned: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// For each reference, in order, how what is sent differs from it; null when nothing does.
        package let copies: [UploadCopy?]
        /// Who may read them.
        package let access: UploadAccess
        /// How long they are asked to live.
        package let lifetime: UploadLifetime

        package init(
            generation: Run.ID, copies: [UploadCopy?], access: UploadAccess, lifetime: UploadLifetime
        ) {
            self.generation = generation
            self.copies = copies
            self.access = access
            self.lifetime = lifetime
        }
    }
}
