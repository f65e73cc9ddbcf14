import Foundation
import Schema
import Testing

struct SchemaTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Schema")

    @Test func `the binary carries the files`() throws {
        for (name, text) in [
            ("schema.sql", Schema.catalog), ("leases.sql", Schema.leases), ("appearance.sql", Schema.appearance),
        ] {
            #expect(try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8) == text)
        }
    }

    @Test func `every table is strict and every digest has 32 bytes`() {
        let (tables, indexes) = Schema.statements()
        let isLate = indexes.allSatisfy { $0.hasPrefix("CREATE INDEX") || $0.hasPrefix("CREATE TRIGGER") }
        #expect(isLate && indexes.count > 5)
        for statement in tables where statement.hasPrefix("CREATE TABLE") {
            #expect(statement.contains("STRICT"), "\(statement)")
            if statement.contains("digest BLOB") { #expect(statement.contains("length(digest) = 32"), "\(statement)") }
        }
    }
}
