import AssetModel
import FalSandbox
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Libraries that were copied, lived on apart, and are brought together again.
struct MergeTests {
    @Test func `a library that was copied, and written in both copies, comes together in a third without a loss`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try await SandboxServer.withRunning(SandboxConfiguration(), logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                let assets = try await Self.begin(folders, remote)
                try await folders.copy("desk", to: "laptop")

                // On the desk: another picture, the set turned round, a run.
                let marble = try folders.picture("marble", 3)
                try await folders.with("desk", remote: remote) { library, session in
                    _ = try await library.importFiles([marble], set: "mugs")
                    _ = try await library.arrangeSet("mugs", [assets[1], assets[0]])
                    try await library.tag([assets[0]], with: ["desk"])
                    try await Self.run(library, session, seed: 8, assets[0])
                }
                // On the laptop: the same picture under another name, one out of the set, a run.
                let sameMarble = try folders.picture("stone", 3)
                let cup = try folders.picture("cup", 4)
                try await folders.with("laptop", remote: remote) { library, session in
                    _ = try await library.importFiles([sameMarble, cup], set: "cups")
                    _ = try await library.removeFromSet("mugs", [assets[0]])
                    try await library.untag([assets[1]], ["white"])
                    try await library.tag([assets[1]], with: ["laptop"])
                    try await Self.run(library, session, seed: 9, assets[1])
                }

                try folders.makeEmpty("safe", like: "desk")
                for name in ["desk", "laptop"] { try folders.bring(name, to: "safe") }
                try folders.bring("desk", to: "laptop")
                try folders.bring("laptop", to: "desk")
                try await Self.expectEverything(folders, assets)
            }
        }
    }

    @Test func `runs that were only planned are not paid for by both copies of a library`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            let log = folder + "/log.jsonl"
            try await SandboxServer.withRunning(SandboxConfiguration(log: log), logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try Library.create(at: folders.path("desk"))
                let id = try #require(Run.ID(parsing: "g000000000000001"))
                try await folders.with("desk", remote: remote) { library, _ in
                    try await library.history.record(
                        "sweep",
                        [
                            .planned(
                                .init(
                                    generation: id, model: EditModels.defaultForText, prompt: "mug",
                                    parameters: .object(["seed": .integer(7)]), references: try ReferenceSet([]),
                                    size: PixelSize(width: 2048, height: 2048), host: remote.host))
                        ])
                }
                try await folders.copy("desk", to: "laptop")
                var outcomes: [String: [ResumeOutcome]] = [:]
                for name in ["laptop", "desk"] {
                    try await folders.with(name, remote: remote) { library, session in
                        var found: [ResumeOutcome] = []
                        try await session.resumeUnfinished { found.append($0) }
                        outcomes[name] = found
                    }
                }
                guard case .failed(_, let error)? = outcomes["laptop"]?.first else {
                    Issue.record("the copy did not ask: \(outcomes)")
                    return
                }
                #expect(error.category == .outcomeUnknown && error.remedy == .resume(id))
                guard case .finished? = outcomes["desk"]?.first else {
                    Issue.record("the desk did not finish its own run: \(outcomes)")
                    return
                }
                let submits = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").filter {
                    $0.contains("\"POST\"") && !$0.contains("/storage/")
                }
                #expect(submits.count == 1)
            }
            try await TestLibrary.expectSound(folders.path("desk"))
        }
    }

    @Test func `a library put back in place from a backup writes under a name of its own`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let (mug, cup) = (try folders.picture("mug", 1), try folders.picture("cup", 2))
            try await folders.with("desk") { _ = try await $0.importFiles([mug]) }
            try await folders.copy("desk", to: "backup")
            try await folders.with("desk") { _ = try await $0.importFiles([cup]) }
            try await folders.copy("desk", to: "laptop")
            // The folder stays, what is in it is put back: the same place by device and inode.
            let desk = folders.path("desk")
            for name in try FileManager.default.contentsOfDirectory(atPath: desk) {
                try FileManager.default.removeItem(atPath: desk + "/" + name)
            }
            for name in try FileManager.default.contentsOfDirectory(atPath: folders.path("backup")) {
                try FileManager.default.copyItem(
                    atPath: folders.path("backup") + "/" + name, toPath: desk + "/" + name)
            }
            let bowl = try folders.picture("bowl", 3)
            try await folders.with("desk") { _ = try await $0.importFiles([bowl]) }
            #expect(try folders.replicas("desk").count == 2)
            try folders.bring("desk", to: "laptop")
            try await folders.with("laptop") { library in
                let hits = try await library.search(SearchQuery())
                #expect(hits.count == 3)
            }
            try await TestLibrary.expectSound(folders.path("laptop"))
        }
    }

    @Test func `a copied library writes under a name of its own, and leaves the other's segments alone`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let mug = try folders.picture("mug", 1)
            try await folders.with("desk") { _ = try await $0.importFiles([mug]) }
            try await folders.copy("desk", to: "laptop")
            let before = try folders.lines("desk")
            // Half of a line that the desk was about to write when it was copied.
            let segment = try #require(before.keys.first)
            try folders.append("{\"at\":\"2026-", to: segment, of: "laptop")
            let cup = try folders.picture("cup", 2)
            try await folders.with("laptop") { _ = try await $0.importFiles([cup]) }
            #expect(try folders.replicas("laptop").count == 2)
            let text = try String(contentsOfFile: folders.path("laptop") + "/journal/" + segment, encoding: .utf8)
            #expect(text.hasSuffix("\n{\"at\":\"2026-"), "the line that another replica had begun was cut off")
            #expect(try folders.lines("desk") == before)
            #expect(try await folders.problems("laptop") == [])
        }
    }

    @Test func `two copies that write at the same time are merged as if one had written after the other`() async throws
    {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let first = try folders.picture("first", 0)
            try await folders.with("desk") { _ = try await $0.importFiles([first], set: "all") }
            try await folders.copy("desk", to: "laptop")
            let names = ["desk", "laptop"]
            let pictures = try names.enumerated().map { copy, name in
                try (0..<5).map { try folders.picture("\(name)-\($0)", 100 * copy + $0 + 1) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (copy, name) in names.enumerated() {
                    let paths = pictures[copy]
                    group.addTask {
                        try await folders.with(name) { library in
                            for path in paths {
                                let summary = try await library.importFiles([path], set: "all")
                                try await library.tag(summary.assets, with: [name])
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            try folders.bring("desk", to: "laptop")
            try folders.bring("laptop", to: "desk")
            let (desk, laptop) = (try await folders.tables("desk"), try await folders.tables("laptop"))
            #expect(desk == laptop, "\(desk.differences(from: laptop))")
            try await folders.with("desk") { library in
                let all = try await library.set(named: "all").members
                #expect(all.count == 11)
                #expect(try await library.tags().map(\.count) == [5, 5])
            }
            for name in names { #expect(try await folders.problems(name) == []) }
        }
    }

    @Test func `a machine whose clock is a year ahead does not move the times of the others`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let mug = try folders.picture("mug", 1)
            try await folders.with("desk") { _ = try await $0.importFiles([mug]) }
            try await folders.copy("desk", to: "laptop")
            var ahead = Library.Environment.live
            let now = ahead.now
            ahead.now = { now().adding(seconds: 31_536_000) }
            let cup = try folders.picture("cup", 2)
            try await folders.with("laptop", environment: ahead) { _ = try await $0.importFiles([cup]) }
            try folders.bring("laptop", to: "desk")
            let stone = try folders.picture("stone", 3)
            try await folders.with("desk") { library in
                let before = now()
                let summary = try await library.importFiles([stone], set: "late")
                let asset = try #require(try await library.asset(summary.assets[0]))
                let time = asset.addedAt
                #expect(before <= time && time <= now(), "\(time) is not the time of day")
                // It was written last, so it is the newest, whatever the clocks say.
                #expect(try await library.search(SearchQuery()).first?.asset == summary.assets[0])
            }
            #expect(try await folders.problems("desk") == [])
        }
    }

    // MARK: - The story

    /// Two pictures in a set, one tagged, and a run: the life before the copy.
    private static func begin(_ folders: MergeFolders, _ remote: Remote) async throws -> [ContentDigest] {
        try Library.create(at: folders.path("desk"))
        let paths = try [folders.picture("mug", 1), folders.picture("cat", 2)]
        return try await folders.with("desk", remote: remote) { library, session in
            let summary = try await library.importFiles(paths, set: "mugs")
            try await library.tag([summary.assets[1]], with: ["white"])
            try await run(library, session, seed: 7, summary.assets[0])
            return summary.assets
        }
    }

    private static func run(_ library: Library, _ session: FalSession, seed: UInt64, _ asset: ContentDigest)
        async throws
    {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "a mug on marble, number \(seed)")
        request.references = try await library.pictures(named: [asset.hex])
        request.seed = seed
        _ = try await session.run(try await session.plan(request))
    }

    private static func expectEverything(_ folders: MergeFolders, _ assets: [ContentDigest]) async throws {
        let safe = try await folders.tables("safe")
        for name in ["desk", "laptop"] {
            let tables = try await folders.tables(name)
            #expect(tables == safe, "\(name): \(tables.differences(from: safe))")
        }
        #expect(try folders.replicas("safe").count == 2, "the copy has no replica of its own")
        for name in ["desk", "laptop", "safe"] {
            #expect(try await folders.problems(name) == [])
            try await folders.with(name) { library in
                // Four pictures were imported, and each run made one.
                #expect(try await library.statistics().assetCount == 7)
                #expect(try await library.runs(limit: 10).map(\.seed) == [9, 8, 7])
                let mugs = try await library.set(named: "mugs").members
                #expect(mugs.count == 2 && mugs.first == assets[1])
                #expect(try await library.set(named: "cups").members.count == 2)
                #expect(try await library.tags().map(\.tag) == ["desk", "laptop"])
                #expect(try await library.search(SearchQuery(parsing: "marble.png")).count == 1)
                #expect(try await library.search(SearchQuery(parsing: "stone.png")).count == 1)
            }
            try await TestLibrary.expectSound(folders.path(name))
        }
    }
}
