package import AssetModel
import Foundation
internal import GRDB

/// What happened to one thing, oldest first in logical time. Cost: a few looks at indexes, and the lines that are told.
extension Catalog {
    /// An asset's life; empty when nothing is known of it.
    package func life(of asset: ContentDigest) async throws(CatalogError) -> [LifeEvent] {
        try await read { db in
            let sql = SQL(db: db)
            guard let row = try sql.integer("SELECT id FROM blob WHERE digest = ?", asset) else { return [] }
            var events = try sql.rows("SELECT entry, at, path FROM origin WHERE asset = ?", row) {
                LifeEvent(.imported(path: $0.text(2) ?? ""), at: $0.time(1), entry: $0.entry(0) ?? .zero)
            }
            events += try sql.rows(
                """
                SELECT CASE WHEN state = 'finished' THEN stateBy ELSE generationArrival.entry END,
                       CASE WHEN state = 'finished' THEN coalesce(requestedAt, changedAt) ELSE generationArrival.at END,
                       name, position, word.text
                FROM generationOutput JOIN generation ON generation.id = generationOutput.generation
                LEFT JOIN generationArrival ON generationArrival.generation = generation.id
                LEFT JOIN word ON word.id = generation.plannedIn
                WHERE generationOutput.asset = ? AND plannedBy IS NOT NULL
                """, row
            ) { row in
                LifeEvent(
                    .made(by: try Self.run(row, 2), position: Int(row.integer(3) ?? 0)), at: row.time(1),
                    entry: row.entry(0) ?? .zero, replica: row.text(4))
            }
            events += try sql.rows(
                """
                SELECT plannedBy, plannedAt, name, model.text, word.text
                FROM generationInput JOIN generation ON generation.id = generationInput.generation
                LEFT JOIN word AS model ON model.id = generation.model
                LEFT JOIN word ON word.id = generation.plannedIn
                WHERE generationInput.asset = ? AND plannedBy IS NOT NULL
                """, row
            ) { row in
                LifeEvent(
                    .referenced(by: try Self.run(row, 2), model: row.text(3) ?? ""), at: row.time(1),
                    entry: row.entry(0) ?? .zero, replica: row.text(4))
            }
            events += try sql.rows(
                "SELECT entry, uploadedAt, url FROM upload WHERE entry IS NOT NULL AND (digest = ?1 OR source = ?1)",
                asset
            ) { LifeEvent(.uploaded(url: $0.text(2) ?? ""), at: $0.time(1), entry: $0.entry(0) ?? .zero) }
            events += try Self.curated("asset", row, asset, sql)
            return events.sorted { $0.entry < $1.entry }
        }
    }

    /// A run's life; empty when there is none of this id.
    package func life(of run: Run.ID) async throws(CatalogError) -> [LifeEvent] {
        try await read { db in
            let sql = SQL(db: db)
            let events = try sql.first(
                """
                SELECT generation.id, plannedBy, plannedAt, model.text, word.text, sentBy, sentAt, submittedBy, requestID,
                       state, stateBy, changedAt, outputCount, reason
                FROM generation LEFT JOIN word AS model ON model.id = generation.model
                LEFT JOIN word ON word.id = generation.plannedIn WHERE name = ? AND plannedBy IS NOT NULL
                """, run.text
            ) { row in
                let replica = row.text(4)
                var events = [
                    LifeEvent(
                        .planned(model: row.text(3) ?? ""), at: row.time(2), entry: row.entry(1) ?? .zero,
                        replica: replica)
                ]
                if let sent = row.entry(5) {
                    events.append(LifeEvent(.sent, at: row.time(6), entry: sent, replica: replica))
                }
                if let submitted = row.entry(7) {
                    // Its own time is not kept; the entry's is as good, but where clocks differ.
                    events.append(
                        LifeEvent(.submitted(request: row.text(8) ?? ""), at: submitted.time, entry: submitted))
                }
                let end: LifeEvent.What? =
                    switch row.text(9) {
                    case "finished": .finished(imageCount: Int(row.integer(12) ?? 0))
                    case "failed": .failed(reason: row.text(13) ?? "")
                    case "cancelled": .cancelled
                    default: nil
                    }
                if let end { events.append(LifeEvent(end, at: row.time(11), entry: row.entry(10) ?? .zero)) }
                return (row.integer(0) ?? 0, events)
            }
            guard let (row, own) = events else { return [] }
            return (own + (try Self.curated("run", row, nil, sql))).sorted { $0.entry < $1.entry }
        }
    }

    /// A set's life, also of one that is deleted; empty when there never was one of this name.
    package func life(ofSet name: String) async throws(CatalogError) -> [LifeEvent] {
        try await read { db in
            let sql = SQL(db: db)
            guard let row = try sql.integer("SELECT id FROM namedSet WHERE key = ?", name) else { return [] }
            return try Self.curated("set", row, nil, sql).sorted { $0.entry < $1.entry }
        }
    }

    /// What people said of one thing.
    private static func curated(
        _ kind: String, _ subject: Int64, _ asset: ContentDigest?, _ sql: SQL
    ) throws -> [LifeEvent] {
        try sql.rows(
            """
            SELECT fact, word.text,
                   (SELECT reverts FROM curation AS first WHERE first.op = curation.op AND reverts IS NOT NULL)
            FROM curationSubject JOIN curation ON curation.entry = curationSubject.entry
            LEFT JOIN word ON word.id = curation.replica WHERE kind = ? AND subject = ?
            """, kind, subject
        ) { row in
            let entry = try CurationLog.entry(row.text(0) ?? "")
            guard let what = entry.fact.told(of: asset) else { return nil }
            return LifeEvent(
                what, at: entry.at, entry: entry.id, action: ActionID(entry.op), verb: entry.by,
                undoes: row.entry(2).map(ActionID.init), replica: row.text(1))
        }.compactMap(\.self)
    }

    private static func run(_ row: SQLRow, _ column: Int32) throws -> Run.ID {
        guard let id = row.text(column).flatMap(Run.ID.init(parsing:)) else {
            throw CatalogError.damaged("a run without a name")
        }
        return id
    }
}

extension SQLRow {
    fileprivate func time(_ column: Int32) -> Timestamp { Timestamp(milliseconds: integer(column) ?? 0) }
}

extension JournalEntry.Fact {
    /// What a curating fact says of one asset; or, with nil, of the set or run that it is about.
    fileprivate func told(of asset: ContentDigest?) -> LifeEvent.What? {
        let one = asset == nil ? nil : 1
        return switch self {
        case .tagged(let fact): .tagged(fact.tags)
        case .untagged(let fact): .untagged(fact.tags)
        case .setCreated(let fact): .created(set: fact.set)
        case .setExtended(let fact): .joined(set: fact.set, count: one ?? fact.assets.count)
        case .setReduced(let fact): .left(set: fact.set, count: one ?? fact.assets.count)
        case .setArranged(let fact): .arranged(set: fact.set)
        case .setDeleted(let fact): .deleted(set: fact.set)
        case .marked(let fact): .marked(fact.field, value: fact.value?.shown, set: fact.set)
        default: nil
        }
    }
}
