package import AssetModel
import Files
import Foundation
internal import GRDB
import Schema
import Synchronization

/// What pictures look like, kept beside the catalog in a file of its own: keyed by digest, outside the fold, safe to delete.
///
/// The file is opened when it is first needed and made when something is first kept. A damaged one, or one of another version, is
/// begun again. Safe to use from many tasks and programs.
package final class AppearanceStore: Sendable {
    private let path: String?
    private let version: Int
    /// The version of the code that makes thumbnails, placeholders and colours.
    let lookVersion: Int
    private let state = Mutex(State())

    private struct State {
        var database: (any DatabaseWriter)?
        var known: (count: Int64, index: FingerprintIndex)?
    }

    /// How many fingerprints share a page.
    static let pageLength: Int64 = 1024
    /// A fingerprint's own 127 bits leave this one, by which a page tells one that is there from none.
    private static let present: UInt64 = 1 << 63

    /// What is known of one picture.
    package enum Look: Hashable, Sendable {
        case fingerprint(Fingerprint)
        /// It has none, and why: a stable name in snake_case.
        case none(String)
    }

    /// The store in a file, which need not be there yet; nil keeps it in memory, all but the thumbnails. `version` is that of the code that
    /// makes fingerprints, `lookVersion` of that which makes the rest.
    package init(at path: String?, version: Int, lookVersion: Int = 1) {
        self.path = path
        self.version = version
        self.lookVersion = lookVersion
    }

    /// Whether thumbnails can be kept: memory would fill up with them.
    var keepsThumbnails: Bool { path != nil }

    /// Closes the file. It is opened again when something is asked for.
    package func close() {
        state.withLock { state in
            // Readers go first: only a connection that writes can empty the log and remove it.
            (state.database as? DatabasePool)?.invalidateReadOnlyConnections()
            try? state.database?.close()
            state = State()
        }
    }

    /// How many pictures have been looked at.
    package func count() throws(CatalogError) -> Int {
        try read(or: 0) { db in try Int.fetchOne(db, sql: "SELECT coalesce(max(id), 0) FROM fingerprint") ?? 0 }
    }

    /// Those of some pictures that nothing is known of, in their order. Cost: about 2 µs each.
    package func missing(of digests: [ContentDigest]) throws(CatalogError) -> [ContentDigest] {
        try read(or: digests) { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM fingerprint WHERE digest = ?")
            return try digests.filter { try Int.fetchOne(statement, arguments: [Data($0.bytes)]) == nil }
        }
    }

    /// What is known of some pictures.
    package func looks(of digests: [ContentDigest]) throws(CatalogError) -> [ContentDigest: Look] {
        try read(or: [:]) { db in
            let statement = try db.cachedStatement(sql: "SELECT value, problem FROM fingerprint WHERE digest = ?")
            var looks: [ContentDigest: Look] = [:]
            for digest in digests {
                guard let row = try Row.fetchOne(statement, arguments: [Data(digest.bytes)]) else { continue }
                if let value = row["value"] as Data?, let fingerprint = Self.fingerprint(value) {
                    looks[digest] = .fingerprint(fingerprint)
                } else {
                    looks[digest] = Look.none(row["problem"] ?? "")
                }
            }
            return looks
        }
    }

    /// Keeps what pictures look like, in one transaction, in place of what was known.
    package func keep(_ looks: [(ContentDigest, Look)]) throws(CatalogError) {
        guard !looks.isEmpty else { return }
        try write { db in try keep(looks, db) }
        forgetIndex()
    }

    func keep(_ looks: [(ContentDigest, Look)], _ db: Database) throws {
        var pages: [Int64: [UInt64]] = [:]
        for (digest, look) in looks {
            var value: Data?
            var problem: String?
            var words: (UInt64, UInt64) = (0, 0)
            switch look {
            case .fingerprint(let fingerprint):
                words = (fingerprint.low, fingerprint.high | Self.present)
                value = Self.data([fingerprint.low, fingerprint.high])
            case .none(let reason): problem = reason
            }
            let id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        INSERT INTO fingerprint (digest, version, value, problem) VALUES (?, ?, ?, ?)
                        ON CONFLICT (digest) DO UPDATE
                        SET version = excluded.version, value = excluded.value, problem = excluded.problem
                        RETURNING id
                        """), arguments: [Data(digest.bytes), self.version, value, problem])
            guard let id else { continue }
            let (page, slot) = ((id - 1) / Self.pageLength, Int((id - 1) % Self.pageLength))
            var items = try pages[page] ?? Self.page(page, db)
            if items.count < 2 * slot + 2 { items += Array(repeating: 0, count: 2 * slot + 2 - items.count) }
            (items[2 * slot], items[2 * slot + 1]) = words
            pages[page] = items
        }
        for (page, items) in pages {
            try db.execute(
                sql: "INSERT OR REPLACE INTO fingerprintPage (id, items) VALUES (?, ?)",
                arguments: [page, Self.data(items)])
        }
    }

    /// The next who asks for the index reads it again.
    func forgetIndex() { state.withLock { $0.known = nil } }

    /// Every fingerprint, in memory: 16 bytes each. What was read is kept and read again once another program added to it. Cost: about 10 ms
    /// for a million.
    package func index() throws(CatalogError) -> FingerprintIndex {
        let count = Int64(try count())
        if let known = state.withLock({ $0.known }), known.count == count { return known.index }
        let index = try read(or: FingerprintIndex()) { db in
            var (lows, highs, ids): ([UInt64], [UInt64], [Int64]) = ([], [], [])
            lows.reserveCapacity(Int(count))
            highs.reserveCapacity(Int(count))
            ids.reserveCapacity(Int(count))
            let rows = try Row.fetchCursor(db, sql: "SELECT id, items FROM fingerprintPage ORDER BY id")
            while let row = try rows.next() {
                let first = (row[0] as Int64) * Self.pageLength + 1
                try row.withUnsafeData(atIndex: 1) { data in
                    data?.withUnsafeBytes { bytes in
                        for slot in 0..<bytes.count / 16 {
                            let high = UInt64(
                                littleEndian: bytes.loadUnaligned(fromByteOffset: slot * 16 + 8, as: UInt64.self))
                            guard high & Self.present != 0 else { continue }
                            lows.append(
                                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: slot * 16, as: UInt64.self)))
                            highs.append(high & ~Self.present)
                            ids.append(first + Int64(slot))
                        }
                    }
                }
            }
            return FingerprintIndex(lows: lows, highs: highs, ids: ids)
        }
        state.withLock { $0.known = (count, index) }
        return index
    }

    /// The pictures that stand behind ids of an index, in their order.
    package func digests(of ids: [Int64]) throws(CatalogError) -> [ContentDigest] {
        try read(or: []) { db in
            let statement = try db.cachedStatement(sql: "SELECT digest FROM fingerprint WHERE id = ?")
            return try ids.compactMap { id in
                try Data.fetchOne(statement, arguments: [id]).flatMap { try? ContentDigest(bytes: $0) }
            }
        }
    }

    /// Where some pictures stand in an index; those that have no fingerprint are left out.
    package func ids(of digests: [ContentDigest]) throws(CatalogError) -> [Int64] {
        try read(or: []) { db in
            let statement = try db.cachedStatement(
                sql: "SELECT id FROM fingerprint WHERE digest = ? AND value IS NOT NULL")
            return try digests.compactMap { try Int64.fetchOne(statement, arguments: [Data($0.bytes)]) }
        }
    }

    // MARK: - The file

    private func read<Value: Sendable>(
        or nothing: Value, _ body: (Database) throws -> Value
    ) throws(CatalogError) -> Value {
        try readLooks(or: nothing) { db in try isCurrent(db) ? try body(db) : nothing }
    }

    /// Reads what has its version in each row. No transaction is begun: a single statement is one.
    func readLooks<Value>(or nothing: Value, _ body: (Database) throws -> Value) throws(CatalogError) -> Value {
        try attempt {
            guard let database = try opened(toWrite: false) else { return nothing }
            return try database.unsafeRead(body)
        }
    }

    func write(_ body: (Database) throws -> Void) throws(CatalogError) {
        try attempt {
            guard let database = try opened(toWrite: true) else { return }
            try database.write { db in
                if try !isCurrent(db) {
                    try db.execute(
                        sql: "DELETE FROM fingerprint; DELETE FROM fingerprintPage; PRAGMA user_version = \(version)")
                }
                try body(db)
            }
        }
    }

    private func attempt<Value>(_ body: () throws -> Value) throws(CatalogError) -> Value {
        do {
            do {
                return try body()
            } catch let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
                startOver()
                return try body()
            }
        } catch {
            throw CatalogError(error)
        }
    }

    private func isCurrent(_ db: Database) throws -> Bool {
        try Int.fetchOne(db.cachedStatement(sql: "PRAGMA user_version")) == version
    }

    private func opened(toWrite: Bool) throws -> (any DatabaseWriter)? {
        try state.withLock { state in
            if let database = state.database { return database }
            if let path, !toWrite, !Path.exists(path) { return nil }
            var configuration = Configuration()
            configuration.busyMode = .timeout(5)
            configuration.label = "appearance"
            let database: any DatabaseWriter
            if let path {
                if let folder = Path.parent(of: path) {
                    // A library that was moved away is not begun again in its old place.
                    guard let root = Path.parent(of: folder), Path.exists(root) else { throw CatalogError.readOnly }
                    try Folder.make(folder)
                }
                configuration.maximumReaderCount = 8
                configuration.prepareDatabase { db in
                    // Pages of 8 KiB: a thumbnail is a chain of few, and wastes 2 % of the file (of 16 KiB 7 %). Counts for a new file only.
                    // A commit that is lost is made again; the file itself stays sound.
                    // The file is not mapped: its pages would count as this program's memory, as many as were ever looked at.
                    try db.execute(sql: "PRAGMA page_size = 8192; PRAGMA synchronous = NORMAL")
                    // The system has the file's pages in its cache; of what eight readers read, each keeps the inner pages of trees.
                    if db.configuration.readonly { try db.execute(sql: "PRAGMA cache_size = -512") }
                }
                database = try DatabasePool(path: path, configuration: configuration)
            } else {
                database = try DatabaseQueue(configuration: configuration)
            }
            try database.writeWithoutTransaction { db in
                // A file of an older program gets what it lacks; one that has all is not written.
                guard try !db.tableExists("thumbnail512") || !db.tableExists("fingerprintPage") else { return }
                try db.inTransaction(.immediate) {
                    try db.execute(sql: Schema.appearance)
                    if try Int.fetchOne(db, sql: "PRAGMA user_version") == 0 {
                        try db.execute(sql: "PRAGMA user_version = \(version)")
                    }
                    return .commit
                }
            }
            state.database = database
            return database
        }
    }

    private func startOver() {
        close()
        guard let path else { return }
        for file in [path, path + "-wal", path + "-shm"] { try? Path.remove(file) }
    }

    // MARK: - Bytes

    private static func page(_ id: Int64, _ db: Database) throws -> [UInt64] {
        guard let items = try Data.fetchOne(db, sql: "SELECT items FROM fingerprintPage WHERE id = ?", arguments: [id])
        else { return [] }
        return words(items)
    }

    private static func fingerprint(_ value: Data) -> Fingerprint? {
        let words = words(value)
        return words.count == 2 ? Fingerprint(low: words[0], high: words[1]) : nil
    }

    private static func words(_ data: Data) -> [UInt64] {
        data.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map {
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }

    private static func data(_ words: [UInt64]) -> Data {
        var data = Data(capacity: words.count * 8)
        for word in words { withUnsafeBytes(of: word.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }
}
