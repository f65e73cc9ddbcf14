package import AssetModel
internal import GRDB

extension Catalog {
    /// Every price that was read from fal's list, of one endpoint or of all, in the order in which they were read.
    package func prices(of endpoint: String? = nil) async throws(CatalogError) -> [SeenPrice] {
        try await read { db in
            try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT endpoint, word.text AS host, at, amount, unit, currency
                        FROM price JOIN word ON word.id = price.host
                        WHERE ?1 IS NULL OR endpoint = ?1 ORDER BY at, entry
                        """), arguments: [endpoint]
            ).map { row in
                SeenPrice(
                    endpoint: row["endpoint"], host: RemoteHost(row["host"]),
                    seenAt: Timestamp(milliseconds: row["at"]), amount: row["amount"], unit: row["unit"],
                    currency: row["currency"])
            }
        }
    }

    /// The models of all runs, sorted.
    package func models() async throws(CatalogError) -> [String] {
        try await read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT text FROM word WHERE id IN (SELECT DISTINCT model FROM generation WHERE model IS NOT NULL)
                    ORDER BY text
                    """)
        }
    }
}
