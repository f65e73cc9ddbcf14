import AssetModel
import Foundation
internal import GRDB

/// A catalog as it lies on the disk, for what must be answered at once and may be missing: what a shell offers while a person types.
///
/// Opened for reading only and without waiting; nothing is folded. Synchronous, since whoever asks has nothing else to do.
package struct CatalogGlimpse {
    private let queue: DatabaseQueue

    /// Nil when there is no catalog, when a program of another version folded it, and when it cannot be read at this moment.
    package init?(at path: String) {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .immediateError
        guard let queue = try? DatabaseQueue(path: path, configuration: configuration),
            (try? queue.read({ db in try String.fetchOne(db, sql: "SELECT version FROM fold") })) == Catalog.version
        else { return nil }
        self.queue = queue
    }

    /// Runs whose id begins with a text, newest first as far as they are recent, each with the beginning of its prompt.
    package func runs(startingWith prefix: String, limit: Int) -> [(id: String, words: String)] {
        let recent = rows(
            """
            SELECT name, prompt FROM (SELECT name, substr(prompt, 1, 80) AS prompt FROM generation
                WHERE plannedBy IS NOT NULL ORDER BY plannedAt DESC, plannedBy DESC LIMIT 1000)
            WHERE substr(name, 1, length(?)) = ? LIMIT ?
            """, [prefix, prefix, limit])
        if recent.count >= limit || prefix.isEmpty { return recent }
        let known = Set(recent.map(\.id))
        return recent
            + rows(
                """
                SELECT name, substr(prompt, 1, 80) FROM generation WHERE name BETWEEN ? AND ? AND plannedBy IS NOT NULL
                ORDER BY name LIMIT ?
                """, [prefix, prefix + "~", limit]
            ).filter { !known.contains($0.id) }.prefix(limit - recent.count)
    }

    /// Pictures whose digest begins with hexadecimal digits, newest first as far as they are recent, each with its name or the beginning of
    /// its prompt. Digests are in full.
    package func assets(startingWith prefix: String, limit: Int) -> [(id: String, words: String)] {
        let words = """
            coalesce(nullif(assetText.names, ''), (SELECT substr(prompt, 1, 80) FROM generationOutput
                JOIN generation ON generation.id = generationOutput.generation
                WHERE generationOutput.asset = blob.id LIMIT 1), '')
            """
        let recent = rows(
            """
            SELECT lower(hex(digest)), \(words)
            FROM (SELECT DISTINCT asset FROM (SELECT asset FROM searchItem ORDER BY id DESC LIMIT 1000)) AS item
            JOIN blob ON blob.id = item.asset LEFT JOIN assetText ON assetText.asset = blob.id
            WHERE substr(hex(digest), 1, length(?)) = upper(?) LIMIT ?
            """, [prefix, prefix, limit])
        if recent.count >= limit || prefix.isEmpty { return recent }
        guard let range = Catalog.range(ofPrefix: prefix) else { return recent }
        let known = Set(recent.map(\.id))
        return recent
            + rows(
                """
                SELECT lower(hex(digest)), \(words) FROM blob JOIN asset ON asset.id = blob.id
                LEFT JOIN assetText ON assetText.asset = blob.id
                WHERE digest BETWEEN ? AND ? LIMIT ?
                """, [Data(range.lowest.bytes), Data(range.highest.bytes), limit]
            ).filter { !known.contains($0.id) }.prefix(limit - recent.count)
    }

    /// How many pictures a run made; 0 when there is no such run.
    package func outputCount(of run: String) -> Int {
        read { db in
            try Int.fetchOne(
                db,
                sql: """
                    SELECT count(*) FROM generation JOIN generationOutput ON generationOutput.generation = generation.id
                    WHERE name = ?
                    """, arguments: [run])
        } ?? 0
    }

    /// The names of all sets.
    package func sets() -> [String] { texts("SELECT name FROM namedSet WHERE name IS NOT NULL ORDER BY name") }

    /// All tags in use.
    package func tags() -> [String] {
        // One look at the index for each tag, and not one for each picture that has it.
        texts(
            """
            WITH RECURSIVE known (tag) AS (
                SELECT min(tag) FROM assetTag WHERE isPresent = 1
                UNION ALL
                SELECT (SELECT min(tag) FROM assetTag WHERE isPresent = 1 AND tag > known.tag) FROM known
                WHERE known.tag IS NOT NULL LIMIT 10000)
            SELECT tag FROM known WHERE tag IS NOT NULL
            """)
    }

    /// The models of the newest thousand runs.
    package func models() -> [String] {
        texts(
            """
            SELECT DISTINCT text FROM (SELECT model FROM generation WHERE plannedBy IS NOT NULL
                ORDER BY plannedAt DESC, plannedBy DESC LIMIT 1000) JOIN word ON word.id = model ORDER BY text
            """)
    }

    /// The programs that made the last thousand imported pictures with a recipe.
    package func generators() -> [String] {
        texts(
            """
            SELECT DISTINCT generator FROM (SELECT generator FROM recipe ORDER BY asset DESC LIMIT 1000)
            ORDER BY generator
            """)
    }

    private func texts(_ sql: String) -> [String] { read { db in try String.fetchAll(db, sql: sql) } ?? [] }

    private func rows(_ sql: String, _ arguments: StatementArguments) -> [(id: String, words: String)] {
        read { db in
            try Row.fetchAll(db, sql: sql, arguments: arguments).map { row in
                ((row[0] as String?) ?? "", (row[1] as String?) ?? "")
            }
        } ?? []
    }

    /// What cannot be read at once is nothing.
    private func read<Value>(_ body: (Database) throws -> Value?) -> Value? { (try? queue.read(body)) ?? nil }
}
