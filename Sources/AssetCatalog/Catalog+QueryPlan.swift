package import AssetModel
internal import GRDB
import Synchronization

extension Catalog {
    /// How SQLite reaches the answers of a query: the lines of EXPLAIN QUERY PLAN of every statement that finding the first page runs. For
    /// tests, which see that no large table is read from end to end.
    package func queryPlan(of query: SearchQuery) async throws(CatalogError) -> [String] {
        try await read { db in
            let log = StatementLog()
            db.trace(options: .statement) { event in
                if case .statement(let statement) = event { log.add(statement.sql) }
            }
            _ = try SearchPages(query.condition, db, randomSeed: 1).page(query.order, limit: 50, after: nil)
            db.trace(options: [])
            return try log.statements.flatMap { sql in
                let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                statement.setUncheckedArguments([])
                return try Row.fetchAll(statement).map { $0["detail"] as String }
            }
        }
    }
}

/// The statements that ran, each once.
private final class StatementLog: Sendable {
    private let seen = Mutex<[String]>([])

    var statements: [String] { seen.withLock { $0 } }

    /// What the full-text index asks its own tables is its own affair.
    func add(_ sql: String) {
        guard !sql.hasPrefix("--"), !sql.contains("searchIndex_") else { return }
        seen.withLock { if !$0.contains(sql) { $0.append(sql) } }
    }
}
