import AssetModel
import CSQLite
import FalSandbox
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Files beside the journal that are not as this program left them. All of them can be made again.
struct MergeCatalogTests {
    @Test(
        arguments: [
            // As a program of the time of migrations left it, as a later one may, and as a broken disk does.
            "CREATE TABLE grdb_migrations (identifier TEXT); INSERT INTO grdb_migrations VALUES ('v001_assets')",
            "DROP TABLE assetTag; UPDATE fold SET version = '999-0123456789abcdef'",
        ])
    func `a catalog of an older or newer program is folded again from the journal`(change: String) async throws {
        try await Self.withLibrary { folders, mug in
            let before = try await folders.tables("desk")
            let catalog = folders.path("desk") + "/catalog.sqlite"
            if change.hasPrefix("CREATE") { try Self.removeCatalog(folders) }
            try Self.execute(change, catalog)
            let tables = try await folders.tables("desk")
            #expect(tables == before, "\(tables.differences(from: before))")
            #expect(try await folders.problems("desk") == [])
            #expect(try Self.leftovers(folders) == [])
        }
    }

    @Test func `half a catalog that a killed program left is made again and leaves nothing behind`() async throws {
        try await Self.withLibrary { folders, mug in
            let before = try await folders.tables("desk")
            try Self.removeCatalog(folders)
            try Data("half a catalog".utf8)
                .write(to: URL(fileURLWithPath: folders.path("desk") + "/catalog.sqlite.new"))
            #expect(try await folders.tables("desk") == before)
            #expect(try Self.leftovers(folders) == [])
        }
    }

    @Test(arguments: [true, false])
    func `leases that are deleted or damaged while files are uploaded cost no upload and no data`(
        isDeleted: Bool
    ) async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let paths = try (1...6).map { try folders.picture("mug-\($0)", $0) }
            try await SandboxServer.withRunning(SandboxConfiguration(), logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try await folders.with("desk", remote: remote) { library, session in
                    let assets = try await library.importFiles(paths).assets
                    let path = library.root + "/leases.sqlite"
                    // The first file that was sent tells that uploads are under way.
                    let results = try await session.upload(assets) { progress in
                        guard case .uploaded = progress else { return }
                        if isDeleted {
                            for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
                        } else {
                            try? Data("no leases".utf8).write(to: URL(fileURLWithPath: path))
                        }
                    }
                    #expect(results.count == 6)
                    let urls = Set(try await library.uploads().map(\.url))
                    #expect(urls.count == 6)
                    // A second time everything is there.
                    let again = try await session.upload(assets)
                    #expect(Set(again.map(\.upload.url)) == urls)
                }
            }
            #expect(try await folders.problems("desk") == [])
        }
    }

    @Test(.enabled("mounting a small disk takes the rights of root") { await TinyDisk.canBeMade() })
    func `without room for a catalog the library is read as it is, and says why it cannot be written`() async throws {
        try await TinyDisk.with(megabytes: 8) { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let path = try folders.picture("mug", 1)
            let mug = try await folders.with("desk") { try await $0.importFiles([path]).assets[0] }
            let before = try await folders.tables("desk")
            try Self.removeCatalog(folders)
            let filler = folder + "/filler"
            try TinyDisk.fill(filler)
            try await folders.with("desk") { library in
                let hits = try await library.search(SearchQuery(parsing: "mug"))
                #expect(hits.map(\.asset) == [mug])
                let error = await #expect(throws: LibraryError.self) { try await library.tag([mug], with: ["late"]) }
                #expect(error?.category == .storage)
                MergeBadInputTests.expectSentence(error)
            }
            try FileManager.default.removeItem(atPath: filler)
            #expect(try await folders.tables("desk") == before)
            #expect(try await folders.problems("desk") == [])
            #expect(try Self.leftovers(folders) == [])
        }
    }

    // MARK: - Help

    private static func withLibrary(_ body: (MergeFolders, ContentDigest) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let path = try folders.picture("mug", 1)
            let mug = try await folders.with("desk") { library in
                let asset = try await library.importFiles([path], set: "mugs").assets[0]
                try await library.tag([asset], with: ["white"])
                return asset
            }
            try await body(folders, mug)
        }
    }

    private static func removeCatalog(_ folders: MergeFolders) throws {
        for end in ["", "-wal", "-shm"] {
            let path = folders.path("desk") + "/catalog.sqlite" + end
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
    }

    /// What lies beside the catalog that a fold should have removed.
    private static func leftovers(_ folders: MergeFolders) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folders.path("desk")).filter { $0.contains(".new") }
    }

    private static func execute(_ sql: String, _ path: String) throws {
        var handle: OpaquePointer?
        defer { sqlite3_close(handle) }
        try #require(sqlite3_open(path, &handle) == SQLITE_OK)
        try #require(
            sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK,
            "\(sqlite3_errmsg(handle).map(String.init(cString:)) ?? "")")
    }
}

/// A disk in memory that is soon full.
private enum TinyDisk {
    /// Whether this user may mount one.
    static func canBeMade() async -> Bool {
        (try? await with(megabytes: 2) { _ in }) != nil
    }

    static func with(megabytes: Int, _ body: (String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let disk = folder + "/disk"
            try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
            let program = Program(in: folder)
            let mount = try await program.shell("mount -t tmpfs -o size=\(megabytes)m tmpfs '\(disk)'")
            guard mount.status == 0 else { throw CocoaError(.fileWriteNoPermission) }
            let failure: (any Error)?
            do {
                try await body(disk)
                failure = nil
            } catch {
                failure = error
            }
            _ = try await program.shell("umount '\(disk)'")
            if let failure { throw failure }
        }
    }

    /// Writes until nothing more fits.
    static func fill(_ path: String) throws {
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        for size in [65_536, 4096, 1] {
            while (try? file.write(contentsOf: Data(repeating: 0, count: size))) != nil {}
        }
    }
}
