import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

struct ResumeTests {
    private static func plan(_ library: Library, _ session: FalSession) async throws -> RunPlan {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "mug")
        request.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
        return try await session.plan(request)
    }

    private static func resume(_ session: FalSession) async throws -> [ResumeOutcome] {
        var outcomes: [ResumeOutcome] = []
        try await session.resumeUnfinished { outcomes.append($0) }
        return outcomes
    }

    @Test func `an unanswered submit that no history lists stays unknown, and nothing submits it again`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["submit:timeout:after-accept", "history:late"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, session, _ in
                let plan = try await Self.plan(library, session)
                let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
                #expect(error?.category == .outcomeUnknown)
                #expect(error?.run != nil)
                for _ in 0..<2 {
                    guard case .unknown(let generation, .notListed)? = try await Self.resume(session).first else {
                        Issue.record("an unanswered submit was not reported as unknown")
                        return
                    }
                    #expect(generation.id == error?.run)
                }
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0.contains("\"POST\"") && !$0.contains("/storage/") } == 1)
            }
        }
    }

    @Test func `pictures that resume brings go into the set and get the tags that were asked for`() async throws {
        let script = try SandboxScript(parsing: ["status:slow:3"])
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            var request = RunRequest(model: EditModels.defaultForText, prompt: "mug")
            request.filing = Run.Filing(set: "drafts", tags: ["mug"])
            let plan = try await session.plan(request)
            let (progress, reports) = AsyncStream.makeStream(of: RunProgress.self)
            let running = Task { try await session.run(plan) { reports.yield($0) } }
            for await step in progress {
                if case .submitted = step { break }
            }
            running.cancel()
            await #expect(throws: LibraryError.self) { try await running.value }
            guard case .finished(let edit)? = try await Self.resume(session).first else {
                Issue.record("the run was not collected")
                return
            }
            let pictures = edit.run.outputs.map(\.asset)
            #expect(pictures.count == 1)
            #expect(try await library.set(named: "drafts").members == pictures)
            #expect(try await library.asset(pictures[0])?.tags == ["mug"])
        }
    }

    @Test func `a run that was interrupted while it waited is collected, not submitted again`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["status:slow:3"])
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, session, _ in
                let plan = try await Self.plan(library, session)
                let (progress, reports) = AsyncStream.makeStream(of: RunProgress.self)
                let running = Task { try await session.run(plan) { reports.yield($0) } }
                for await step in progress {
                    if case .submitted = step { break }
                }
                running.cancel()
                let error = await #expect(throws: LibraryError.self) { try await running.value }
                #expect(error?.category == .cancelled)
                #expect(try await library.unfinishedRuns().map(\.state) == [.submitted])

                guard case .finished(let edit)? = try await Self.resume(session).first else {
                    Issue.record("the run was not collected")
                    return
                }
                #expect(edit.run.outputs.count == 1)
                #expect(try await Self.resume(session).isEmpty)
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
                try await TestLibrary.withSession(at: root, remote) { library, session in
                    let plan = try await Self.plan(library, session)
                    let (progress, reports) = AsyncStream.makeStream(of: RunProgress.self)
                    let running = Task { try await session.run(plan) { reports.yield($0) } }
                    for await step in progress {
                        if case .submitted = step { break }
                    }
                    running.cancel()
                    _ = try? await running.value
                }
                let other = try Remote.server(at: address.url, key: "two:key")
                try await TestLibrary.withSession(at: root, other) { library, session in
                    guard case .elsewhere? = try await Self.resume(session).first else {
                        Issue.record("a run of another account was touched")
                        return
                    }
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }
}

extension ResumeTests {
    @Test func `two who hold the same plan send it once`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log)) { library, session, address in
                // A plan that was written down and never sent: what a crash before the submit leaves.
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try await Self.abandonPlan(library, remote)
                let outcomes = try await withThrowingTaskGroup(of: [ResumeOutcome].self) { group in
                    for _ in 0..<4 { group.addTask { try await Self.resume(session) } }
                    return try await group.reduce(into: []) { $0 += $1 }
                }
                let finished = outcomes.count { if case .finished = $0 { true } else { false } }
                #expect(finished >= 1)
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0.contains("\"POST\"") && !$0.contains("/storage/") } == 1)
                #expect(try await library.search(SearchQuery(parsing: "kind:generated")).count == 1)
            }
        }
    }

    @Test func `trouble before the submit does not end a run that another process has submitted meanwhile`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, address in
            let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
            try await Self.abandonPlan(library, remote)
            let generation = try #require(try await library.unfinishedRuns().first)
            let request = RemoteRequest(id: "r", statusURL: "s", responseURL: "p", cancelURL: "c")
            try await library.history.record(
                "test",
                [
                    .sending(.init(generation: generation.id, urls: [])),
                    .submitted(.init(generation: generation.id, request: request)),
                ])
            _ = await session.records("test").ended(generation, while: .planned, CancellationError())
            #expect(try await library.run(generation.id)?.state == .submitted)
            _ = await session.records("test").ended(generation, while: .submitted, CancellationError())
            #expect(try await library.run(generation.id)?.state == .cancelled)
        }
    }

    @Test func `a plan is never sent to another account or server than it was made for`() async throws {
        try await TestLibrary.withSandbox { library, session, address in
            try await Self.abandonPlan(library, try Remote.server(at: address.url, key: "other:key"))
            guard case .elsewhere? = try await Self.resume(session).first else {
                Issue.record("a plan was sent to an account that it was not made for")
                return
            }
            let id = try #require(try await library.unfinishedRuns().first?.id)
            try await library.discard(id)
            #expect(try await library.unfinishedRuns().isEmpty)
        }
    }

    @Test func `a run of a sandbox that is gone is closed, not carried along`() async throws {
        try await TestLibrary.withSandbox { library, session, address in
            try await Self.abandonPlan(library, try Remote.ephemeralSandbox(at: address.url, name: "gone"))
            guard case .failed? = try await Self.resume(session).first else {
                Issue.record("a run of a sandbox that is gone was not closed")
                return
            }
            #expect(try await Self.resume(session).isEmpty)
        }
    }

    /// Leaves a generation in `planned`, as a process does that dies before it sends.
    private static func abandonPlan(_ library: Library, _ remote: Remote) async throws {
        try await TestLibrary.withSession(at: library.root, remote) { library, session in
            let plan = try await Self.plan(library, session)
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let id = Run.ID(random: (.random(in: .min ... .max), .random(in: .min ... .max)))
            try await library.history.record("test", try plan.facts(id, remote.host))
        }
    }
}

struct OpeningTests {
    @Test func `another machine's older entries are folded in as if they had come in time`() async throws {
        try await TemporaryFolder.with { folder in
            let (one, two) = (folder + "/one", folder + "/two")
            for root in [one, two] {
                try Library.create(at: root)
                // One library on two machines.
                if root == two {
                    try FileManager.default.removeItem(atPath: two + "/atelier.json")
                    try FileManager.default.copyItem(atPath: one + "/atelier.json", toPath: two + "/atelier.json")
                }
                try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                    let picture = Fixtures.path("images/demo/" + (root == one ? "mug.png" : "cat.jpg"))
                    _ = try await library.importFiles([picture], set: "shared", tags: ["t"])
                }
            }
            // The second library's files arrive in the first one, but its own entries there are older than a new one.
            try await Library.withLibrary(at: two, logger: TestLibrary.logger) { library in
                _ = try await library.importFiles([Fixtures.path("images/demo/marble.webp")], set: "shared")
            }
            for part in ["journal", "blobs"] {
                for name in try FileManager.default.contentsOfDirectory(atPath: "\(one)/\(part)") {
                    try FileManager.default.copyItem(atPath: "\(one)/\(part)/\(name)", toPath: "\(two)/\(part)/\(name)")
                }
            }
            try await Library.withLibrary(at: two, logger: TestLibrary.logger) { library in
                let names = try await library.search(SearchQuery(parsing: "@shared")).map(\.name)
                #expect(names == ["marble.webp", "cat.jpg", "mug.png"])
            }
            try await TestLibrary.expectSound(two)
        }
    }

    @Test func `with the journal gone, rebuild keeps the catalog and verify says what is missing`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                _ = try await library.importFiles([Fixtures.path("images/demo")], set: "kept")
                try FileManager.default.moveItem(atPath: root + "/journal", toPath: folder + "/journal")
                let error = await #expect(throws: LibraryError.self) { try await library.rebuild() }
                #expect(error?.category == .damaged)
                var problems: [IntegrityProblem] = []
                _ = try await library.verify(onProblem: { problems.append($0) })
                #expect(problems.map(\.code) == ["journal"])
                #expect(try await library.set(named: "kept").members.count == 3)
                try FileManager.default.moveItem(atPath: folder + "/journal", toPath: root + "/journal")
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `verify is right while others write`() async throws {
        try await TestLibrary.with { library in
            let assets = try await library.importFiles([Fixtures.path("images/demo")]).assets
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for index in 0..<40 { try await library.tag(assets, with: ["t\(index)"]) }
                }
                for _ in 0..<10 {
                    let summary = try await library.verify(onProblem: { Issue.record("\($0)") })
                    #expect(summary.problemCount == 0)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `stray files among blobs and journal stop nothing`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try Pictures.write("x", to: root + "/journal/Thumbs.db")
            try Pictures.write("x", to: root + "/blobs/Thumbs.db")
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
                var problems: [IntegrityProblem] = []
                _ = try await library.verify(onProblem: { problems.append($0) })
                #expect(problems == [.strangeFile(path: root + "/blobs/Thumbs.db")])
            }
        }
    }

    @Test func `a deleted catalog comes back by itself, with the same answers`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo")], set: "demo", tags: ["x"])
            let before = try await library.search(SearchQuery())
            let root = library.root
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: root + "/catalog.sqlite" + suffix)
            }
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { again in
                let after = try await again.search(SearchQuery())
                #expect(after == before)
                #expect(try await again.set(named: "demo").members.count == 3)
            }
        }
    }

    @Test func `entries that never reached the catalog are applied at the next opening`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { _ in }
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

    @Test func `an older program goes on writing after a newer one that added what may be passed over`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let folder = library.root + "/journal"
            let replica = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
            let handle = try #require(FileHandle(forWritingAtPath: "\(folder)/\(replica)/00000001.jsonl"))
            try handle.seekToEnd()
            let line =
                #"{"at":"2026-01-01T00:00:01.000Z","data":{},"id":"019b76da-a810-7000-8000-000000000001","skip":true"#
            try handle.write(contentsOf: Data((line + #","type":"dreamed","v":2}"# + "\n").utf8))
            try handle.close()
            _ = try await library.importFiles([Fixtures.path("images/demo/cat.jpg")])
            #expect(try await library.statistics().assetCount == 2)
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
            #expect(try await library.search(SearchQuery()).count == 2)
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

    @Test(arguments: [0, 1])
    func `a catalog damaged in its head or in a page is made anew`(page: Int) async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")], tags: ["kept"])
            }
            let path = root + "/catalog.sqlite"
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            // The second page is the first table's: the whole schema can still be read then.
            let start = page * 4096 * 3
            bytes.replaceSubrange(start..<start + 4096, with: Data(repeating: 65, count: 4096))
            try bytes.write(to: URL(fileURLWithPath: path))
            _ = try await Library.rebuild(at: root, logger: TestLibrary.logger)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let hits = try await library.search(SearchQuery(parsing: "tag:kept"))
                #expect(hits.count == 1)
            }
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
