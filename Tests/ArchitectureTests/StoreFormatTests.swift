import Foundation
import Testing

/// The page on the store's format is complete.
struct StoreFormatTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    @Test func `every kind of journal line stands in the page on the format`() throws {
        let source = try Self.text("Sources/AssetModel/JournalFact.swift")
        let types = source.matches(of: /case \.[A-Za-z]+: "([a-z_]+)"/).map { String($0.1) }
        #expect(types.count >= 16)
        let page = try Self.text("Sources/AssetLibrary/AssetLibrary.docc/StoreFormat.md")
        for type in types { #expect(page.contains("`\(type)`"), "\(type) is not described") }
    }

    @Test func `every table of the catalog stands in the schema's page`() throws {
        let schema = try Self.text("Schema/schema.sql")
        let tables = schema.matches(of: /CREATE (?:VIRTUAL )?TABLE ([A-Za-z]+)/).map { String($0.1) }
        #expect(tables.count >= 13)
        let page = try Self.text("Schema/README.md")
        for table in tables { #expect(page.contains("`\(table)`"), "\(table) is not described") }
    }
}
