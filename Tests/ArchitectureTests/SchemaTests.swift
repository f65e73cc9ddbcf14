import AssetCatalog
import Crypto
import Foundation
import Schema
import Testing

struct SchemaTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Schema")

    @Test func `the list of migrations is the folder`() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path + "/migrations").sorted()
        #expect(Migrations.all.map { "\($0.name).sql" } == files)
    }

    @Test(arguments: Migrations.all)
    func `a shipped migration never changes`(migration: Migrations.Migration) throws {
        let digest = SHA256.hash(data: migration.bytes).map { String(format: "%02x", $0) }.joined()
        #expect(digest == migration.frozenDigest, "\(migration.name) was edited: add a new migration instead")
    }

    @Test(arguments: Migrations.all)
    func `the binary carries the file`(migration: Migrations.Migration) throws {
        let file = try Data(contentsOf: Self.folder.appending(path: "migrations/\(migration.name).sql"))
        #expect(migration.bytes == Array(file))
    }

    @Test func `the present is what the history makes`() async throws {
        let present = try String(contentsOf: Self.folder.appending(path: "schema.sql"), encoding: .utf8)
        let made = try await Catalog.inMemory().schema()
        #expect(present == made, "Schema/schema.sql must read:\n\(made)")
    }

    @Test func `every table is strict and every digest has 32 bytes`() async throws {
        let made = try await Catalog.inMemory().schema()
        for statement in made.components(separatedBy: ";\n\n") where statement.hasPrefix("CREATE TABLE") {
            #expect(statement.contains("STRICT"), "\(statement)")
            if statement.contains("digest BLOB") { #expect(statement.contains("length(digest) = 32"), "\(statement)") }
        }
    }
}
