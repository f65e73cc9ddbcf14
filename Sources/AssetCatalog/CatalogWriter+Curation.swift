import AssetModel
import Foundation
internal import GRDB

/// What people said, kept line by line: an action can be undone from its own lines, and a thing's history is one look at an index.
extension CatalogWriter {
    /// Keeps a curating line and what it is about. Its other rows must be there.
    func keepCuration(_ prepared: PreparedEntry) throws {
        let entry = prepared.entry
        var reverts: EntryID?
        if case .undone(let fact) = entry.fact { reverts = fact.action }
        let replica = try prepared.replica.map(word)
        try sql.run(
            """
            INSERT INTO curation (entry, op, name, reverts, at, verb, replica, fact) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET replica = excluded.replica WHERE replica IS NULL
            """, entry.id, entry.op, ActionID(entry.op).text, reverts, entry.at.milliseconds, entry.by, replica,
            prepared.json ?? entry.line)
        for subject in entry.fact.subjects {
            let (kind, row): (String, Int64) =
                switch subject {
                case .asset(let digest): ("asset", try stub(ofAsset: digest))
                case .run(let id): ("run", try self.row(ofRun: id).id)
                case .set(let name): ("set", try self.row(ofSet: name))
                }
            try sql.run(
                "INSERT OR IGNORE INTO curationSubject (kind, subject, entry) VALUES (?, ?, ?)", kind, row, entry.id)
        }
    }
}

extension JournalEntry {
    /// The journal's line, without its end.
    var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that JSON cannot hold could fail, and curating lines have none.
        return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
