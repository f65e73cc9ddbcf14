package import AssetModel
import Crypto

extension ContentDigest {
    /// The digest of bytes in memory.
    package init(hashing bytes: some Sequence<UInt8>) throws(StoreError) {
        var hasher = SHA256()
        hasher.update(data: Array(bytes))
        self = try BlobWriter.digest(hasher, path: "")
    }
}
