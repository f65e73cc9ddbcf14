import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// The whole job with the built program, as the README tells it.
struct MainJobTests {
    @Test func `an edit done twice sends its references once, and is found by seed and word`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            try Copies.references(folder)
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) { program in
                _ = try await program.run("init", "library")
                let edit = ["edit", "the mug on märble", "--ref", "a.jpg", "--ref", "b.png", "--seed", "7", "--json"]
                let library = ["-L", "library"]
                let first = try await program.run(edit + library)
                let second = try await program.run(edit + ["--again"] + library)
                #expect(first.status == 0 && second.status == 0, "\(first.errors)\(second.errors)")
                let runs = try first.objects() + second.objects()
                #expect(runs.map { $0["uploaded"]?.int } == [2, 0])
                #expect(runs.map { $0["reused"]?.int } == [0, 2])
                #expect(runs.allSatisfy { $0["seed"] == .string("7") && $0["differences"] == .array([]) })

                let uploads = try await program.run(["uploads", "--json"] + library).objects()
                #expect(uploads.map { $0["used"]?.int } == [2, 2])

                let bySeed = try await program.run(["search", "seed:7", "--json"] + library).output
                let byWord = try await program.run(["search", "MARBLE", "--json"] + library).output
                #expect(bySeed == byWord)
                let ids = try await program.run(["search", "seed:7", "--json"] + library).objects().map {
                    $0["id"]?.text
                }
                #expect(ids == runs.reversed().map { $0["id"]?.text.map { $0 + "/1" } })

                for suffix in ["", "-wal", "-shm"] {
                    try? FileManager.default.removeItem(atPath: folder + "/library/catalog.sqlite" + suffix)
                }
                #expect(try await program.run(["rebuild"] + library).status == 0)
                #expect(try await program.run(["search", "seed:7", "--json"] + library).output == bySeed)
                #expect(try await program.run(["uploads", "--json"] + library).objects() == uploads)
                let verified = try await program.run(["verify", "--json"] + library)
                #expect(verified.status == 0)
                #expect(try verified.objects().last?["problems"] == .integer(0))

                let log = try RequestLog(folder + "/log.jsonl")
                #expect(log.submits == 2 && log.puts == 2)
                #expect(!log.text.contains("sandbox:sandbox"))
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `with --sandbox it does the same alone, and its uploads are never offered again`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            for _ in 0..<2 {
                let run = try await program.run("edit", "mug", "--ref", "a.jpg", "--seed", "7", "--sandbox", "--json")
                #expect(run.status == 0, "\(run.errors)")
                #expect(try run.objects().first?["uploaded"]?.int == 1)
            }
            #expect(try await program.run("search", "seed:7", "--json").objects().count == 2)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `killed after the submit, resume brings the picture in without a second submit`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl", "--fault", "status:stall:1"]) { program in
                let edit = try program.start(["edit", "mug on marble", "--ref", "a.jpg", "--seed", "9"])
                try await RequestLog.wait(folder + "/log.jsonl") { $0.looks > 0 }
                edit.signal(SIGKILL)
                #expect(try await edit.outcome().status == 128 + SIGKILL)
                #expect(try await program.run("search", "seed:9", "--json").objects().isEmpty)

                let resumed = try await program.run("resume", "--json")
                #expect(resumed.status == 0, "\(resumed.errors)")
                #expect(try resumed.objects().count == 1)
                #expect(try await program.run("search", "seed:9", "--json").objects().count == 1)
                #expect(try await program.run("resume", "--json").output.isEmpty)
                #expect(try await program.run("jobs", "--json").output.isEmpty)
                #expect(try RequestLog(folder + "/log.jsonl").submits == 1)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `interrupted, an edit says how to go on and ends with 130`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl", "--fault", "status:slow:1000"]) { program in
                let edit = try program.start(["edit", "mug", "--ref", "a.jpg"])
                try await RequestLog.wait(folder + "/log.jsonl") { $0.looks > 0 }
                edit.signal(SIGINT)
                let outcome = try await edit.outcome()
                #expect(outcome.status == 130)
                #expect(outcome.errors.contains("atelier resume"))
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `two edits in two processes send a shared reference once`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) { program in
                let both = try (0..<2).map {
                    try program.start(["edit", "mug \($0)", "--ref", "a.jpg", "--ref", "b.png"])
                }
                for edit in both {
                    let outcome = try await edit.outcome()
                    #expect(outcome.status == 0, "\(outcome.errors)")
                }
                let log = try RequestLog(folder + "/log.jsonl")
                #expect(log.puts == 2 && log.submits == 2)
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `the demo does the whole job and ends with a search that finds it`() async throws {
        try await TemporaryFolder.with { folder in
            let demo = try await Program(in: folder).run("demo", "--folder", folder + "/demo")
            #expect(demo.status == 0, "\(demo.errors)")
            for word in ["import", "plan", "seed 7", "seed 8", "2304x1728", "3 reused", "search"] {
                #expect(demo.output.contains(word), "\(word)")
            }
            try await TestLibrary.expectSound(folder + "/demo/library")
        }
    }

    @Test func `sets, tags and ids work together`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            #expect(try await program.run("set", "add", "mugs", "b.png", "a.jpg").status == 0)
            #expect(try await program.run("set", "order", "mugs", "a.jpg").status == 0)
            let set = try #require(try await program.run("set", "show", "mugs", "--json").objects().first)
            let members = set["members"]?.elements?.compactMap(\.text) ?? []
            #expect(members.count == 2)
            let short = String(members[0].prefix(8))
            #expect(try await program.run("tag", "add", "blue", short).status == 0)
            #expect(try await program.run("search", "tag:BLUE @mugs", "--json").objects().count == 1)
            let counted = try await program.run("tag", "remove", "blue", "--query", "kind:reference", "-n")
            #expect(counted.errors.contains("2 images would"))
            #expect(try await program.run("search", "tag:blue", "--json").objects().count == 1)
            let shown = try #require(try await program.run("show", short, "--json").objects().first)
            #expect(shown["tags"] == .array([.string("blue")]) && shown["sets"] == .array([.string("mugs")]))
            let piped = try await program.run("show", "-", "--json", input: members.joined(separator: "\n"))
            #expect(try piped.objects().map { $0["id"]?.text } == members)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }
}

/// Files for the program to work on.
enum Copies {
    static func references(_ folder: String) throws {
        try FileManager.default.copyItem(atPath: Fixtures.path("images/demo/cat.jpg"), toPath: folder + "/a.jpg")
        try FileManager.default.copyItem(atPath: Fixtures.path("images/demo/mug.png"), toPath: folder + "/b.png")
    }
}

/// What a sandbox wrote down about its requests.
struct RequestLog {
    let text: String
    let lines: [JSONValue]

    init(_ path: String) throws {
        text = try String(contentsOfFile: path, encoding: .utf8)
        lines = try text.split(separator: "\n").map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
    }

    /// Requests that cost money on fal.
    var submits: Int {
        lines.count { $0["method"] == .string("POST") && $0["path"]?.text?.hasPrefix("/storage/") == false }
    }

    /// Looks at the state of a request: the first comes when its id has been written down.
    var looks: Int { lines.count { $0["path"]?.text?.hasSuffix("/status") == true } }

    /// Waits until the log of a running sandbox says something, which shows sooner than anything that a program prints.
    static func wait(_ path: String, until isReached: (RequestLog) -> Bool) async throws {
        _ = try await Waiting.until { isReached(try RequestLog(path)) }
    }

    /// Files sent.
    var puts: Int { lines.count { $0["method"] == .string("PUT") } }
}
