/// The SQL history of the catalog, embedded in the binary, in the order in which it is applied.
///
/// A shipped file never changes: its SHA-256 stands beside its name, and a test compares. A change of the schema is a
/// new file at the end of the list.
package enum Migrations {
    /// One step of the history.
    package struct Migration: Hashable, Sendable {
        /// The file's name without `.sql`; also the name under which SQLite remembers it.
        package let name: String
        /// The SHA-256 of the file as shipped, 64 hexadecimal digits.
        package let frozenDigest: String
        /// The file's bytes.
        package let bytes: [UInt8]

        /// The file's text.
        package var sql: String { String(decoding: bytes, as: UTF8.self) }
    }

    /// Every step, oldest first.
    package static let all: [Migration] = [
        Migration(
            name: "v001_assets", frozenDigest: "7144299c4edd6802ab62db0f654f89879e348b4cae3eb9169b8a5bb9dea53744",
            bytes: PackageResources.v001_assets_sql),
        Migration(
            name: "v002_curation", frozenDigest: "db7a4f1080cc3bf93eb131714fa770fe3a60f5bedf27a34e0f696aedf7e7ce7f",
            bytes: PackageResources.v002_curation_sql),
        Migration(
            name: "v003_generations", frozenDigest: "2a6f577e208184ff208ec0a704e382d73a360fec01a131cb1fcdb067aea71be2",
            bytes: PackageResources.v003_generations_sql),
        Migration(
            name: "v004_search", frozenDigest: "ee43957aa4fd7335048756fbe3bf9f620bbf216130f85dee8355268a6a7510a1",
            bytes: PackageResources.v004_search_sql),
        Migration(
            name: "v005_uploads", frozenDigest: "3dc54d799b930c6ba198a28f26d05a41f7118b4eda67fb03c95d6911e95a0d8a",
            bytes: PackageResources.v005_uploads_sql),
        Migration(
            name: "v006_upload_ledger",
            frozenDigest: "c52208dc2897267d11a17a7986a462618e101869233fb1818766da239389a599",
            bytes: PackageResources.v006_upload_ledger_sql),
        Migration(
            name: "v007_runs", frozenDigest: "f07e5ae20dd568d9985481256611cecc072c202ae163af143d2a4afe965cf586",
            bytes: PackageResources.v007_runs_sql),
        Migration(
            name: "v008_any_endpoint",
            frozenDigest: "7a90f22ccfbc782ebaa4489c91d35236dc9f085b8eecdf44cbcd282b4b83fa22",
            bytes: PackageResources.v008_any_endpoint_sql),
        Migration(
            name: "v009_partial_uploads",
            frozenDigest: "010c4db2708ecab18d573ca49ce9d39f5103ce583313c554c38156bfff43dcde",
            bytes: PackageResources.v009_partial_uploads_sql),
    ]
}
