package import AssetModel
import Foundation
internal import GRDB

/// One action of a person, as the catalog keeps it: its curating lines and what became of it.
package struct CurationAction: Hashable, Sendable {
    /// Its name.
    package let id: ActionID
    /// Its curating lines, in their order.
    package let lines: [JournalEntry]
    /// The replica that wrote it; nil when that is not known.
    package let replica: String?
    /// The action that it reverts, when it is an undo or a redo.
    package let reverts: ActionID?
    /// How often it turns back: 0 for a person's own word, 1 for an undo, 2 for a redo, which undoes an undo, and so on.
    package let depth: Int
    /// Whether an action that still stands reverts it.
    package let isUndone: Bool
}

/// Reads the actions in `curation`. Cost: a look at an index, and the lines of the actions that are asked for.
struct CurationLog {
    let sql: SQL

    /// One action; nil when no curating line belongs to it.
    func action(_ op: EntryID) throws -> CurationAction? {
        let rows = try sql.rows(
            """
            SELECT fact, word.text, reverts FROM curation LEFT JOIN word ON word.id = curation.replica
            WHERE op = ? ORDER BY entry
            """, op
        ) { (try Self.entry($0.text(0) ?? ""), $0.text(1), $0.entry(2)) }
        guard !rows.isEmpty else { return nil }
        return CurationAction(
            id: ActionID(op), lines: rows.map(\.0), replica: rows.lazy.compactMap(\.1).first,
            reverts: rows.lazy.compactMap(\.2).first.map(ActionID.init), depth: try depth(of: op),
            isUndone: try isUndone(op))
    }

    /// The actions whose names begin with a text, at most `limit`.
    func actions(startingWith prefix: String, limit: Int) throws -> [EntryID] {
        try sql.rows(
            "SELECT DISTINCT op FROM curation WHERE name BETWEEN ?1 AND ?1 || '~' LIMIT ?2", prefix, limit
        ) { $0.entry(0) }.compactMap(\.self)
    }

    /// The actions of one replica, or of all, newest first, before one, at most `limit`.
    func actions(of replica: String?, before op: EntryID?, limit: Int) throws -> [EntryID] {
        guard let replica else {
            return try sql.rows(
                "SELECT DISTINCT op FROM curation WHERE op < coalesce(?, x'ffff') ORDER BY op DESC LIMIT ?", op, limit
            ) { $0.entry(0) }.compactMap(\.self)
        }
        return try sql.rows(
            """
            SELECT DISTINCT op FROM curation
            WHERE op < coalesce(?, x'ffff') AND replica = (SELECT id FROM word WHERE text = ?) ORDER BY op DESC LIMIT ?
            """, op, replica, limit
        ) { $0.entry(0) }.compactMap(\.self)
    }

    /// Whether an action that still stands reverts one.
    func isUndone(_ op: EntryID) throws -> Bool {
        try reversals(of: op).contains { try !isUndone($0) }
    }

    /// The actions that revert one, newest first. Only a later action can: its id sorts after all that its writer knew, so this ends.
    func reversals(of op: EntryID) throws -> [EntryID] {
        try sql.rows(
            "SELECT DISTINCT op FROM curation WHERE reverts = ?1 AND op > ?1 ORDER BY op DESC", op
        ) { $0.entry(0) }.compactMap(\.self)
    }

    func depth(of op: EntryID) throws -> Int {
        var (depth, op) = (0, op)
        while let reverted = try sql.first(
            "SELECT reverts FROM curation WHERE op = ?1 AND reverts < ?1 ORDER BY entry LIMIT 1", op,
            row: { $0.entry(0) }
        ) ?? nil {
            (depth, op) = (depth + 1, reverted)
        }
        return depth
    }

    static func entry(_ line: String) throws -> JournalEntry {
        var line = line
        let parsed = line.withUTF8 { bytes in Result { try JournalLine(parsing: bytes) } }
        guard case .entry(let entry)? = try? parsed.get() else {
            throw CatalogError.damaged("a line of a person's word")
        }
        return entry
    }
}

extension CatalogWriter {
    private var log: CurationLog { CurationLog(sql: sql) }

    /// One action; nil when it has no curating line.
    package func action(_ op: EntryID) throws(CatalogError) -> CurationAction? {
        try translating { try log.action(op) }
    }

    /// The actions whose names begin with a text, at most `limit`.
    package func actions(startingWith prefix: String, limit: Int) throws(CatalogError) -> [ActionID] {
        try translating { try log.actions(startingWith: prefix, limit: limit).map(ActionID.init) }
    }

    /// The newest action of a replica for which `isWanted` says so, by its depth and whether it is undone; nil when there is
    /// none. Cost: a few looks at an index for each action that is newer.
    package func newestAction(
        of replica: String, where isWanted: (_ depth: Int, _ isUndone: Bool) -> Bool
    ) throws(CatalogError) -> CurationAction? {
        try translating {
            var last: EntryID?
            while true {
                let ops = try log.actions(of: replica, before: last, limit: 50)
                guard let oldest = ops.last else { return nil }
                for op in ops where isWanted(try log.depth(of: op), try log.isUndone(op)) { return try log.action(op) }
                last = oldest
            }
        }
    }

    /// The newest action that reverts one and still stands; nil when none does.
    package func standingReversal(of action: ActionID) throws(CatalogError) -> CurationAction? {
        try translating {
            try log.reversals(of: action.op).first { try !log.isUndone($0) }.flatMap { try log.action($0) }
        }
    }
}

extension Catalog {
    /// Actions of all replicas, newest first, older than one; without undos and redos. At most `limit`.
    package func actions(before action: ActionID?, limit: Int) async throws(CatalogError) -> [CurationAction] {
        try await read { db in
            let log = CurationLog(sql: SQL(db: db))
            var (actions, last): ([CurationAction], EntryID?) = ([], action?.op)
            while actions.count < limit {
                let ops = try log.actions(of: nil, before: last, limit: 50)
                guard let oldest = ops.last else { break }
                for op in ops where actions.count < limit {
                    guard try log.depth(of: op) == 0, let action = try log.action(op) else { continue }
                    actions.append(action)
                }
                last = oldest
            }
            return actions
        }
    }
}
