package import AssetModel
import Foundation
internal import GRDB
import GRDBSQLite

/// What a table says, whatever the order of its rows: how many there are, and two sums over them.
package struct TableDigest: Hashable, Sendable {
    var rowCount = 0
    var sums: (UInt64, UInt64) = (0, 0)

    package static func == (left: Self, right: Self) -> Bool {
        left.rowCount == right.rowCount && left.sums == right.sums
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(rowCount)
        hasher.combine(sums.0)
        hasher.combine(sums.1)
    }
}

/// Compares catalogs without holding either: each table is read once, row by row, with what its numbers stand for in place of row
/// ids that depend on the order of arrival.
enum CatalogComparison {
    /// One query a table. `fold`, `journalPosition` and `word` say nothing of their own; `searchIndex` checks itself, and
    /// that `searchWord` has its words: a word whose last text is gone may stand there or not.
    static let queries: [(table: String, sql: String)] = [
        ("blob", "SELECT digest, fileExtension, byteCount FROM blob"),
        (
            "asset",
            """
            SELECT blob.digest, format, storedWidth, storedHeight, orientation, hasAlpha, bitDepth, channels, colorProfile,
                   frameCount, asset.byteCount, note, unread, factsBy, inspectedBy, addedAt
            FROM asset JOIN blob ON blob.id = asset.id
            """
        ),
        (
            "recipe",
            """
            SELECT blob.digest, generator, certainty, rule, prompt, negativePrompt, seed, steps, guidance, sampler, model,
                   width, height, otherPrompts, settings
            FROM recipe JOIN blob ON blob.id = recipe.asset
            """
        ),
        ("recipeSeed", "SELECT blob.digest, place, seed FROM recipeSeed JOIN blob ON blob.id = recipeSeed.asset"),
        ("origin", "SELECT blob.digest, entry, at, path, encodedPath FROM origin JOIN blob ON blob.id = origin.asset"),
        (
            "generationAttempt",
            """
            SELECT name, entry, at, isRefused
            FROM generationAttempt JOIN generation ON generation.id = generationAttempt.generation
            """
        ),
        ("assetTag", "SELECT blob.digest, tag, isPresent, entry FROM assetTag JOIN blob ON blob.id = assetTag.asset"),
        (
            "register",
            """
            SELECT field, blob.digest, generation.name, namedSet.key, value, row.entry FROM register AS row
            LEFT JOIN blob ON blob.id = row.asset LEFT JOIN generation ON generation.id = row.generation
            LEFT JOIN namedSet ON namedSet.id = row.namedSet
            """
        ),
        ("namedSet", "SELECT key, name, createdAt FROM namedSet"),
        (
            "setEvent",
            """
            SELECT namedSet.key, entry, place, change, blob.digest, at, setEvent.name
            FROM setEvent JOIN namedSet ON namedSet.id = setEvent.namedSet LEFT JOIN blob ON blob.id = setEvent.asset
            """
        ),
        (
            "setMember",
            """
            SELECT namedSet.key, blob.digest, entry, place FROM setMember JOIN namedSet ON namedSet.id = setMember.namedSet
            JOIN blob ON blob.id = setMember.asset
            """
        ),
        (
            "generation",
            """
            SELECT generation.name, state, stateBy, changedAt, plannedBy, plannedAt, model.text, host.text, recipeKey,
                   askedSeed, answeredSeed, plannedWidth, plannedHeight, isDriftDerived, prompt, parameters, terms,
                   filing,
                   requestedAt, sentBy, sentAt,
                   submittedBy, requestID, statusURL, responseURL, cancelURL, reason, reasonCode, plannedImages, outputCount,
                   outputPixels, billedBy, billedUnits, billedPrice, unit.text, currency.text
            FROM generation LEFT JOIN word AS model ON model.id = generation.model
            LEFT JOIN word AS host ON host.id = generation.host LEFT JOIN word AS unit ON unit.id = billedUnit
            LEFT JOIN word AS currency ON currency.id = billedCurrency
            """
        ),
        (
            "price",
            "SELECT endpoint, word.text, entry, at, amount, unit, currency FROM price JOIN word ON word.id = price.host"
        ),
        ("generationAnswer", "SELECT generation.name, response FROM generationAnswer AS row \(run)"),
        ("generationArrival", "SELECT generation.name, entry, at, fact FROM generationArrival AS row \(run)"),
        (
            "generationInput",
            """
            SELECT generation.name, position, blob.digest, url FROM generationInput AS row \(run)
            LEFT JOIN blob ON blob.id = row.asset
            """
        ),
        (
            "generationOutput",
            """
            SELECT generation.name, position, blob.digest, isFlagged, url FROM generationOutput AS row \(run)
            LEFT JOIN blob ON blob.id = row.asset
            """
        ),
        (
            "generationFile",
            """
            SELECT generation.name, position, blob.digest, row.fileExtension, mediaType, row.byteCount, url
            FROM generationFile AS row \(run) JOIN blob ON blob.id = row.blob
            """
        ),
        (
            "generationDrift",
            """
            SELECT generation.name, number, kind, position, asked, got, blob.digest FROM generationDrift AS row \(run)
            LEFT JOIN blob ON blob.id = row.kept
            """
        ),
        (
            "plannedUpload",
            "SELECT generation.name, position, copy, access, lifetime, entry FROM plannedUpload AS row \(run)"
        ),
        (
            "upload",
            """
            SELECT url, entry, digest, host, access, byteCount, uploadedAt, lifetime, expiresAt, expiryBasis, source, copy,
                   checkedBy, checkedAt, lostBy, lostAt
            FROM upload
            """
        ),
        (
            "searchItem",
            """
            SELECT row.id, tie, blob.digest, generation.name, position, seed, createdAt, rating, isFavourite, isTrashed,
                   row.width, row.height, row.format, word.text, promptKey
            FROM searchItem AS row
            JOIN blob ON blob.id = row.asset LEFT JOIN generation ON generation.id = row.generation
            LEFT JOIN word ON word.id = row.model
            """
        ),
        ("tagTally", "SELECT tag, assets FROM tagTally"),
        ("itemTally", "SELECT isImported, isFavourite, isTrashed, items FROM itemTally"),
        ("assetTally", "SELECT format, assets, byteCount FROM assetTally"),
        (
            "runTally",
            """
            SELECT day, model.text, host.text, state, isSized, units, price, unit.text, currency.text, runs, images, pixels,
                   outputs, outputPixels
            FROM runTally \(Catalog.tallyWords)
            """
        ),
        (
            "curation",
            """
            SELECT entry, op, curation.name, reverts, at, verb, word.text, fact
            FROM curation LEFT JOIN word ON word.id = curation.replica
            """
        ),
        (
            "curationSubject",
            """
            SELECT kind, CASE kind WHEN 'asset' THEN blob.digest WHEN 'run' THEN generation.name ELSE namedSet.key END, entry
            FROM curationSubject LEFT JOIN blob ON kind = 'asset' AND blob.id = subject
            LEFT JOIN generation ON kind = 'run' AND generation.id = subject
            LEFT JOIN namedSet ON kind = 'set' AND namedSet.id = subject
            """
        ),
        (
            "assetText",
            "SELECT blob.digest, prompt, names, tags, more, notes FROM assetText JOIN blob ON blob.id = assetText.asset"
        ),
    ]

    private static let run = "JOIN generation ON generation.id = row.generation"

    static func digests(_ db: Database) throws -> [String: TableDigest] {
        var digests: [String: TableDigest] = [:]
        for (table, sql) in queries { digests[table] = try digest(sql, db) }
        return digests
    }

    /// Every row as text, sorted: for tests, which want to see what differs.
    static func rows(_ db: Database) throws -> [String: [String]] {
        var rows: [String: [String]] = [:]
        for (table, sql) in queries {
            rows[table] = try Row.fetchAll(db, sql: sql).map { row in
                row.map { name, value in
                    let bytes = Data.fromDatabaseValue(value)?.map { String($0, radix: 16) }.joined(separator: ".")
                    if case .blob = value.storage, let bytes { return "\(name)=\(bytes)" }
                    return "\(name)=\(value)"
                }.joined(separator: " ")
            }.sorted()
        }
        return rows
    }

    private static func digest(_ sql: String, _ db: Database) throws -> TableDigest {
        var digest = TableDigest()
        let statement = try db.cachedStatement(sql: sql)
        let columnCount = Int32(statement.columnCount)
        try SQL(db: db).forEach(statement) { row in
            var sum = RowSum()
            for column in 0..<columnCount { sum.add(column, of: row.statement) }
            digest.rowCount += 1
            digest.sums.0 &+= sum.first
            digest.sums.1 &+= sum.second
        }
        return digest
    }
}

/// A sum over the columns of one row, eight bytes at a time. Not for keeping: only two catalogs of one run are compared.
private struct RowSum {
    private(set) var first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private(set) var second: UInt64 = 0xC2B2_AE3D_27D4_EB4F

    mutating func add(_ column: Int32, of statement: OpaquePointer) {
        let type = sqlite3_column_type(statement, column)
        add(UInt64(bitPattern: Int64(type)))
        switch type {
        case SQLITE_INTEGER: add(UInt64(bitPattern: sqlite3_column_int64(statement, column)))
        case SQLITE_FLOAT: add(sqlite3_column_double(statement, column).bitPattern)
        case SQLITE_TEXT, SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(statement, column) else { return add(0) }
            let buffer = UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))
            add(UInt64(buffer.count))
            var offset = 0
            while offset + 8 <= buffer.count {
                add(buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
                offset += 8
            }
            var rest: UInt64 = 0
            for byte in buffer[offset...] { rest = rest << 8 | UInt64(byte) }
            add(rest)
        default: break
        }
    }

    private mutating func add(_ word: UInt64) {
        // The two halves of one multiplication, folded: every bit of the word reaches every bit of the sum.
        let product = (first ^ word).multipliedFullWidth(by: 0x9FB2_1C65_1E98_DF25)
        first = product.high ^ product.low &+ 0x632B_E59B_D9B4_E019
        second = (second ^ word) &* 0xFF51_AFD7_ED55_8CCD
        second ^= second >> 32
    }
}

extension Catalog {
    /// The digest of each table, and how far the journal was read at that moment: two catalogs that folded the same journal equally
    /// far are equal here. Cost: one pass over the catalog, no memory.
    package func digests() async throws(CatalogError) -> (tables: [String: TableDigest], positions: [JournalPosition]) {
        try await read { db in (try CatalogComparison.digests(db), try CatalogWriter(db: db).positions()) }
    }

    /// The same with every row as text. Cost: the whole catalog in memory.
    package func contents() async throws(CatalogError) -> (tables: [String: [String]], positions: [JournalPosition]) {
        try await read { db in (try CatalogComparison.rows(db), try CatalogWriter(db: db).positions()) }
    }
}
