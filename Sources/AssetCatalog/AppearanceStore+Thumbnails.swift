package import AssetModel
import Foundation
internal import GRDB

extension AppearanceStore {
    /// What is shown of one picture beside the picture itself.
    package struct Drawing: Hashable, Sendable {
        /// What stands in its place until it is there; nil when there is a problem.
        package var placeholder: [UInt8]?
        /// The main colours, the one of most pixels first.
        package var colours: [PlainColour] = []
        /// Whether it has several frames, of which one is shown.
        package var isAnimated = false
        /// Whether a part of it is missing, because the file ends too early.
        package var isPartial = false
        /// Why nothing can be shown of it: a stable name in snake_case.
        package var problem: String?

        package init(
            placeholder: [UInt8]? = nil, colours: [PlainColour] = [], isAnimated: Bool = false, isPartial: Bool = false,
            problem: String? = nil
        ) {
            self.placeholder = placeholder
            self.colours = colours
            self.isAnimated = isAnimated
            self.isPartial = isPartial
            self.problem = problem
        }
    }

    /// A picture made smaller, as a file.
    package struct StoredThumbnail: Hashable, Sendable {
        /// Such as `image/jpeg`.
        package var mediaType: String
        /// The file.
        package var bytes: [UInt8]
        /// Whether a part of the picture is missing in it.
        package var isPartial: Bool
        /// Whether the picture has several frames, of which it shows one.
        package var isAnimated: Bool

        package init(mediaType: String, bytes: [UInt8], isPartial: Bool, isAnimated: Bool) {
            self.mediaType = mediaType
            self.bytes = bytes
            self.isPartial = isPartial
            self.isAnimated = isAnimated
        }

        /// Whether the bytes begin as a file of their kind does: what a bad disk made of them is made again.
        fileprivate var isWhole: Bool {
            let beginning: [UInt8] =
                switch mediaType {
                case "image/jpeg": [0xFF, 0xD8, 0xFF]
                case "image/png": [0x89, 0x50, 0x4E, 0x47]
                default: Array("RIFF".utf8)
                }
            return bytes.starts(with: beginning)
        }
    }

    /// The sizes that are kept.
    package enum Size: Int, Sendable {
        case small = 256
        case large = 512

        fileprivate var table: String { "thumbnail\(rawValue)" }
    }

    /// How many pictures were drawn by this version of the code, or could not be.
    package func drawnCount() throws(CatalogError) -> Int {
        try readLooks(or: 0) { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM look WHERE version = ?", arguments: [lookVersion]) ?? 0
        }
    }

    /// Those of some pictures that were not drawn yet, in their order. Cost: about 2 µs each.
    package func undrawn(of digests: [ContentDigest]) throws(CatalogError) -> [ContentDigest] {
        try readLooks(or: digests) { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM look WHERE digest = ? AND version = ?")
            return try digests.filter {
                try Int.fetchOne(statement, arguments: [Data($0.bytes), lookVersion]) == nil
            }
        }
    }

    /// What is shown of some pictures, thumbnails aside; those that were not drawn yet are left out. Cost: about 3 µs each.
    package func drawings(of digests: [ContentDigest]) throws(CatalogError) -> [ContentDigest: Drawing] {
        try readLooks(or: [:]) { db in
            let statement = try db.cachedStatement(
                sql: """
                    SELECT placeholder, colours, isAnimated, isPartial, problem FROM look WHERE digest = ? AND version = ?
                    """)
            var drawings: [ContentDigest: Drawing] = [:]
            drawings.reserveCapacity(digests.count)
            for digest in digests where drawings[digest] == nil {
                guard let row = try Row.fetchOne(statement, arguments: [Data(digest.bytes), lookVersion]) else {
                    continue
                }
                let colours = [UInt8](row["colours"] as Data? ?? Data())
                drawings[digest] = Drawing(
                    placeholder: (row["placeholder"] as Data?).map { [UInt8]($0) },
                    colours: stride(from: 0, to: colours.count - 2, by: 3).map {
                        PlainColour(red: colours[$0], green: colours[$0 + 1], blue: colours[$0 + 2])
                    }, isAnimated: row["isAnimated"], isPartial: row["isPartial"], problem: row["problem"])
            }
            return drawings
        }
    }

    /// A thumbnail that is kept; the small one of a picture that has no larger. Nil when there is none of this version, or one that cannot be
    /// sound. Cost: about 20 µs, most of it copying the bytes.
    package func thumbnail(of digest: ContentDigest, _ size: Size) throws(CatalogError) -> StoredThumbnail? {
        try readLooks(or: nil) { db in
            for table in size == .large ? [Size.large.table, Size.small.table] : [Size.small.table] {
                let statement = try db.cachedStatement(
                    sql: """
                        SELECT mediaType, bytes, isPartial, isAnimated FROM look JOIN \(table) USING (id)
                        WHERE digest = ? AND version = ?
                        """)
                let found = try Row.fetchCursor(statement, arguments: [Data(digest.bytes), lookVersion])
                guard let row = try found.next() else { continue }
                let bytes = try row.withUnsafeData(atIndex: 1) { data in [UInt8](data ?? Data()) }
                let thumbnail = StoredThumbnail(
                    mediaType: row[0], bytes: bytes, isPartial: row[2], isAnimated: row[3])
                return thumbnail.isWhole ? thumbnail : nil
            }
            return nil
        }
    }

    /// Keeps what one picture looks like, in place of what was known: its thumbnails, of which the large one may be missing, and its fingerprint
    /// or why it has none. In one transaction. Cost: 0.2 ms.
    package func keep(
        _ drawing: Drawing, _ thumbnails: [(size: Size, mediaType: String, bytes: [UInt8])] = [],
        fingerprint: Look? = nil, of digest: ContentDigest
    ) throws(CatalogError) {
        try write { db in
            let colours = drawing.colours.flatMap { [$0.red, $0.green, $0.blue] }
            let id = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        INSERT INTO look (digest, version, placeholder, colours, isAnimated, isPartial, problem)
                        VALUES (?, ?, ?, ?, ?, ?, ?)
                        ON CONFLICT (digest) DO UPDATE
                        SET version = excluded.version, placeholder = excluded.placeholder, colours = excluded.colours,
                            isAnimated = excluded.isAnimated, isPartial = excluded.isPartial, problem = excluded.problem
                        RETURNING id
                        """),
                arguments: [
                    Data(digest.bytes), lookVersion, drawing.placeholder.map { Data($0) }, Data(colours),
                    drawing.isAnimated, drawing.isPartial, drawing.problem,
                ])
            guard let id else { return }
            for size in [Size.small, .large] {
                let own = keepsThumbnails ? thumbnails.first { $0.size == size } : nil
                if let own {
                    try db.cachedStatement(
                        sql: "INSERT OR REPLACE INTO \(size.table) (id, mediaType, bytes) VALUES (?, ?, ?)"
                    ).execute(arguments: [id, own.mediaType, Data(own.bytes)])
                } else {
                    try db.cachedStatement(sql: "DELETE FROM \(size.table) WHERE id = ?").execute(arguments: [id])
                }
            }
            if let fingerprint { try keep([(digest, fingerprint)], db) }
        }
        if fingerprint != nil { forgetIndex() }
    }
}
