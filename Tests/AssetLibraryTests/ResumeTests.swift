import AssetLibrary
import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

struct ResumeTests {
    private static func plan(_ library: Library) async throws -> EditPlan {
        var request = EditRequest(model: EditModels.defaultForEdits, prompt: "mug")
        request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
        return try await library.plan(request)
    }

    private static func resume(_ library: Library) async throws -> [ResumeOutcome] {
        var outcomes: [ResumeOutcome] = []
        try await library.resumeUnfinished { outcomes.append($0) }
        return outcomes
    }

    @Test func `an unanswered submit stays unknown, and nothing submits it again`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["submit:timeout:after-accept"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, _ in
                let plan = try await Self.plan(library)
                let error = await #expect(throws: LibraryError.self) { try await library.run(plan) }
                #expect(error?.category == .outcomeUnknown)
                #expect(error?.generation != nil)
                for _ in 0..<2 {
                    guard case .unknown(let generation)? = try await Self.resume(library).first else {
                        Issue.record("an unanswered submit was not reported as unknown")
                        return
                    }
                    #expect(generation.id == error?.generation)
                }
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0.contains("\"POST\"") && !$0.contains("/storage/") } == 1)
            }
        }
    }

    @Test func `a run that was interrupted while it waited is collected, not submitted again`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["status:slow:3"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, _ in
                let plan = try await Self.plan(library)
                let (progress, reports) = AsyncStream.makeStream(of: EditProgress.self)
                let running = Task { try await library.run(plan) { reports.yield($0) } }
                for await step in progress {
                    if case .submitted = step { break }
                }
                running.cancel()
                let error = await #expect(throws: LibraryError.self) { try await running.value }
                #expect(error?.category == .cancelled)
                #expect(try await library.unfinishedGenerations().map(\.state) == [.submitted])

                guard case .finished(let edit)? = try await Self.resume(library).first else {
                    Issue.record("the run was not collected")
                    return
                }
                #expect(edit.generation.outputs.count == 1)
                #expect(try await Self.resume(library).isEmpty)
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0.contains("\"POST\"") && !$0.contains("/storage/") } == 1)
            }
        }
    }

    @Test func `another account's runs are left alone`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let script = try SandboxScript(parsing: ["status:slow:1000"])
            try await SandboxServer.withRunning(SandboxConfiguration(script: script), logger: TestLibrary.logger) {
                address in
                let remote = try Remote.server(at: address.url, key: "one:key")
                try await Library.withLibrary(at: root, remote: remote, logger: TestLibrary.logger) { library in
                    let plan = try await Self.plan(library)
                    let (progress, reports) = AsyncStream.makeStream(of: EditProgress.self)
                    let running = Task { try await library.run(plan) { reports.yield($0) } }
                    for await step in progress {
                        if case .submitted = step { break }
                    }
                    running.cancel()
                    _ = try? await running.value
                }
                let other = try Remote.server(at: address.url, key: "two:key")
                try await Library.withLibrary(at: root, remote: other, logger: TestLibrary.logger) { library in
                    guard case .elsewhere? = try await Self.resume(library).first else {
                        Issue.record("a run of another account was touched")
                        return
                    }
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }
}

struct OpeningTests {
    @Test func `a deleted catalog comes back by itself, with the same answers`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo")], set: "demo", tags: ["x"])
            let before = try await library.search(SearchQuery(terms: []))
            let root = library.root
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: root + "/catalog.sqlite" + suffix)
            }
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { again in
                let after = try await again.search(SearchQuery(terms: []))
                #expect(after == before)
                #expect(try await again.set(named: "demo").members.count == 3)
            }
        }
    }

    @Test func `entries that never reached the catalog are applied at the next opening`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let catalog = try Data(contentsOf: URL(fileURLWithPath: root + "/catalog.sqlite"))
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            }
            // The journal was synced, the catalog is as it was before: what a crash between the two leaves.
            try catalog.write(to: URL(fileURLWithPath: root + "/catalog.sqlite"))
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let hits = try await library.search(SearchQuery(parsing: "mug"))
                #expect(hits.count == 1)
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `a line that was never finished is cut off, and work goes on`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let folder = library.root + "/journal"
            let replica = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
            let handle = try #require(FileHandle(forWritingAtPath: "\(folder)/\(replica)/00000001.jsonl"))
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(#"{"at":"2026-"#.utf8))
            try handle.close()
            _ = try await library.importFiles([Fixtures.path("images/demo/cat.jpg")])
            #expect(try await library.search(SearchQuery(terms: [])).count == 2)
        }
    }

    @Test func `a damaged and a missing blob are found`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let assets = try await library.importFiles([Fixtures.path("images/demo")]).assets
                let facts = try #require(try await library.asset(assets[0])?.facts)
                let path = library.path(of: assets[0], facts.format)
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                bytes[bytes.count / 2] ^= 1
                try bytes.write(to: URL(fileURLWithPath: path))
                let second = try #require(try await library.asset(assets[1])?.facts)
                try FileManager.default.removeItem(atPath: library.path(of: assets[1], second.format))
                var problems: Set<String> = []
                let summary = try await library.verify(onProblem: { problems.insert($0.code) })
                #expect(problems == ["damaged_blob", "missing_blob"])
                #expect(summary.problemCount == 2)
            }
        }
    }

    @Test func `a catalog that lies is found, and rebuilding mends it`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo")], tags: ["kept"])
            try SQLite.execute("UPDATE assetTag SET tag = 'forged'", in: library.root + "/catalog.sqlite")
            var problems: [IntegrityProblem] = []
            _ = try await library.verify(onProblem: { problems.append($0) })
            #expect(problems == [.catalogDiffers(table: "assetTag")])
            _ = try await library.rebuild()
            #expect(try await library.tags().map(\.tag) == ["kept"])
        }
    }

    @Test func `a damaged catalog can be removed, and is made anew`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let root = library.root
            #expect(try !Library.removeDamagedCatalog(at: root))
        }
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            }
            // With its log SQLite could mend it by itself.
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: root + "/catalog.sqlite" + suffix)
            }
            try Data(repeating: 65, count: 8192).write(to: URL(fileURLWithPath: root + "/catalog.sqlite"))
            let error = await #expect(throws: LibraryError.self) {
                try await Library.withLibrary(at: root, logger: TestLibrary.logger) { _ in }
            }
            #expect(error?.category == .damaged)
            #expect(try Library.removeDamagedCatalog(at: root))
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `a newer library is refused`() async throws {
        try await TemporaryFolder.with { folder in
            try Pictures.write(#"{"format": 99}"#, to: folder + "/atelier.json")
            let error = await #expect(throws: LibraryError.self) {
                try await Library.withLibrary(at: folder, logger: TestLibrary.logger) { _ in }
            }
            #expect(error?.category == .newerFormat)
        }
    }
}

/// A second hand on the catalog, for tests of what it must not believe.
enum SQLite {
    static func execute(_ sql: String, in path: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "python3", "-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()",
            path, sql,
        ]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
    }
}
