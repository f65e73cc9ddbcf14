import AssetModel
import Crypto

extension RecipeIdentity {
    /// The first 64 bits of the canonical form's SHA-256: the recipe's name in the catalog. Short, so that a million runs have a
    /// small index; who looks one up compares the recipes too.
    var key: Int64 {
        SHA256.hash(data: canonicalForm).withUnsafeBytes { Int64(bigEndian: $0.loadUnaligned(as: Int64.self)) }
    }
}
