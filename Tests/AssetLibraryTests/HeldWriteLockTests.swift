import AssetModel
import CSQLite
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Another program has the catalog's write lock for longer than anyone waits, as a backup or a database browser may.
struct HeldWriteLockTests {
    @Test(arguments: [false, true])
    func `reading goes on while another program holds the write lock`(isLogged: Bool) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let root = library.root
            var request = RunRequest(model: EditModels.defaultForEdits, prompt: "put the mug on marble")
            request.references = try await library.pictures(named: [Self.mug])
            request.seed = 7
            let finished = try await session.run(try await session.plan(request))
            // The log of a catalog is empty after its last program has closed it.
            if !isLogged { try Self.execute("PRAGMA wal_checkpoint(TRUNCATE)", root) }
            let again = request
            try await Self.holdingLock(root) {
                try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                    #expect(try await library.search(SearchQuery(parsing: "marble")).count == 1)
                    #expect(try await library.statistics().assetCount == 2)
                    #expect(try await library.uploads().count == 1)
                    #expect(try await library.costs().total.runCount == 1)
                    #expect(try await library.run(finished.run.id)?.state == .finished)
                    #expect(try await library.unfinishedRuns().isEmpty)
                    #expect(try await library.plan(again).estimate?.size.output.description == "2048x2048")
                    let summary = try await library.verify(onProblem: { Issue.record("\($0)") })
                    #expect(!summary.isSearchIndexChecked)
                }
            }
        }
    }

    @Test func `a change waits for the lock and says so when it does not come`() async throws {
        try await TestLibrary.with { library in
            let root = library.root
            let mug = try await library.importFiles([Self.mug]).assets[0]
            try await Self.holdingLock(root) {
                try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                    let error = await #expect(throws: LibraryError.self) { try await library.tag([mug], with: ["mug"]) }
                    #expect(error?.category == .busy)
                }
            }
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                try await library.tag([mug], with: ["mug"])
                #expect(try await library.search(SearchQuery(parsing: "tag:mug")).count == 1)
            }
        }
    }

    private static let mug = Fixtures.path("images/demo/mug.png")

    /// Runs `body` while another connection, as another program has one, holds the write lock.
    private static func holdingLock(_ root: String, _ body: () async throws -> Void) async throws {
        let program = try connection(root)
        defer { sqlite3_close(program) }
        #expect(sqlite3_exec(program, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
        try await body()
        #expect(sqlite3_exec(program, "ROLLBACK", nil, nil, nil) == SQLITE_OK)
    }

    private static func execute(_ statement: String, _ root: String) throws {
        let program = try connection(root)
        defer { sqlite3_close(program) }
        #expect(sqlite3_exec(program, statement, nil, nil, nil) == SQLITE_OK)
    }

    private static func connection(_ root: String) throws -> OpaquePointer {
        var database: OpaquePointer?
        sqlite3_open(root + "/catalog.sqlite", &database)
        return try #require(database)
    }
}
