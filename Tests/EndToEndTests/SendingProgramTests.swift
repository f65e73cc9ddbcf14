import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// What is sent and what is told of it, through the built program.
struct SendingProgramTests {
    /// Ten pictures of which seven must be turned, converted or flattened before they are sent.
    private static let ten = [
        "demo/mug.png", "demo/cat.jpg", "demo/marble.webp", "webp/lossless.webp", "jpeg/orientation-6.jpg",
        "tiff/rgba.tiff", "tiff/rgb16.tiff", "gif/single.gif", "bmp/rgb24.bmp", "heic/alpha.heic",
    ].flatMap { ["--ref", Fixtures.path("images/\($0)")] }

    private static func withProgram(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            #expect(try await program.run("init").status == 0)
            try await program.withSandbox(["--log", folder + "/log.jsonl"]) {
                try await body($0, folder + "/log.jsonl")
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `two processes that edit with the same ten new references send each exactly once`() async throws {
        try await Self.withProgram { program, log in
            let both = try (0..<2).map { try program.start(["edit", "mug \($0)", "--json"] + Self.ten) }
            var sent = 0
            for edit in both {
                let outcome = try await edit.outcome()
                #expect(outcome.status == 0, "\(outcome.errors)")
                sent += try outcome.objects().first?["uploaded"]?.int ?? 0
            }
            #expect(sent == 10)
            #expect(try RequestLog(log).puts == 10 && RequestLog(log).submits == 2)
            let plan = try await program.run(["plan", "mug", "--json"] + Self.ten)
            let references = try #require(try plan.objects().first?["references"]?.elements)
            #expect(references.allSatisfy { $0["upload"] == .string("reuse") && $0["upload_bytes"] == .integer(0) })
            #expect(references.compactMap { $0["copy"]?.text }.count == 7)
            #expect(try RequestLog(log).puts == 10)
        }
    }

    @Test func `one picture that cannot go leaves the others alone`() async throws {
        let three = ["demo/mug.png", "jxl/alpha.jxl", "demo/cat.jpg"].map { Fixtures.path("images/\($0)") }
        try await Self.withProgram { program, log in
            let outcome = try await program.run(["upload"] + three)
            #expect(outcome.status == 3)
            #expect(outcome.output.split(separator: "\n").map { $0.contains("  uploaded  ") } == [true, true])
            #expect(outcome.errors.contains("does not read and Atelier cannot convert"), "\(outcome.errors)")
            #expect(try RequestLog(log).puts == 2)
            let again = try await program.run(["upload", "--json"] + three).objects()
            #expect(again.map { $0["new"] } == [.bool(false), nil, .bool(false)])
            #expect(again[1]["error"]?["code"] == .string("unsendable_format"))
            let dryRun = try await program.run(["upload", "--dry-run"] + three)
            #expect(dryRun.status == 0, "\(dryRun.errors)")
            // Alone, it is the command's own error.
            let alone = try await program.run("upload", three[1])
            #expect(alone.status == 64 && alone.output.isEmpty, "\(alone.status)")
        }
    }

    @Test func `an empty variable behind sha256: names nothing`() async throws {
        try await Self.withProgram { program, _ in
            #expect(try await program.run("import", Fixtures.path("images/demo/mug.png")).status == 0)
            for word in ["sha256:", ""] {
                let outcome = try await program.run("upload", word)
                #expect(outcome.status != 0 && outcome.output.isEmpty, "\(word)")
            }
        }
    }

    @Test func `a trouble that all would meet is told once, and the rest is not begun`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            #expect(try await program.run("init").status == 0)
            let files = [
                "demo/mug.png", "demo/cat.jpg", "demo/marble.webp", "jpeg/orientation-6.jpg", "tiff/rgba.tiff",
            ]
            try await program.withSandbox(["--fault", "auth:401"]) { program in
                let outcome = try await program.run(
                    ["upload", "--parallel", "1"] + files.map { Fixtures.path("images/\($0)") })
                #expect(outcome.output.isEmpty && outcome.status == 20, "\(outcome.status)")
                #expect(outcome.errors.split(separator: "\n").count { $0.contains("key") } == 1, "\(outcome.errors)")
                #expect(outcome.errors.contains("images not started"), "\(outcome.errors)")
                let objects = try await program.run(
                    ["upload", "--json"] + files.map { Fixtures.path("images/\($0)") }
                ).objects()
                #expect(objects.count == 5 && objects.allSatisfy { $0["error"] != nil })
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `a dry run is the plan, and candidates are lines of their own`() async throws {
        try await Self.withProgram { program, log in
            let picture = Fixtures.path("images/jpeg/orientation-6.jpg")
            let arguments = ["mug", "--ref", picture, "--keep-aspect", "--expires", "1d", "--json"]
            let plan = try await program.run(["plan"] + arguments)
            #expect(plan.status == 0, "\(plan.errors)")
            #expect(try await program.run(["edit", "-n"] + arguments).output == plan.output)
            let reference = try #require(try plan.objects().first?["references"]?.elements?.first)
            #expect(reference["copy"] == .string("upright") && reference["upright"] == .bool(true))
            #expect(reference["width"] == .integer(32) && reference["sent_width"] == .integer(48))
            let candidates = try await program.run(["plan", "mug", "--ref", picture, "--candidates", "--json"])
                .objects()
            #expect(candidates.count == 12 && candidates.first?["width"] == .integer(2496))
            let table = try await program.run(["plan", "mug", "--ref", picture, "--candidates"])
            #expect(table.output.contains("* 2048x2048   33.3%"), "\(table.output)")
            #expect(try await program.run("jobs", "--json").output.isEmpty)
            #expect(try RequestLog(log).lines.isEmpty)
            for color in ["red", "#fff", ""] {
                let wrong = try await program.run(["plan", "mug", "--ref", picture, "--background", color])
                #expect(wrong.status == 64 && wrong.errors.contains("use white, black or #rrggbb"), "\(wrong.errors)")
            }
            let flat = try await program.run(
                "plan", "mug", "--ref", Fixtures.path("images/png/hidden-colour-16-bits-turned.png"), "--background",
                "#F0E68C")
            #expect(
                flat.output.contains(
                    "(turned upright, converted to 8-bit PNG, transparency flattened on #f0e68c) seen as"),
                "\(flat.output)")
            let wrong = try await program.run(["plan", "mug", "--ref", picture, "--expires", "soon"])
            #expect(wrong.status == 64 && wrong.errors.contains("7d"), "\(wrong.status) \(wrong.errors)")
        }
    }

    @Test func `the ledger tells what is exposed, for whom and until when`() async throws {
        try await Self.withProgram { program, _ in
            let picture = Fixtures.path("images/jpeg/orientation-6.jpg")
            #expect(try await program.run("upload", picture, "--expires", "7d").output.contains("turned upright"))
            #expect(try await program.run("upload", picture, "--private", "--expires", "never").status == 0)
            #expect(try await program.run("upload", picture, "--as-is").status == 0)
            let exposed = try await program.run("uploads", "--exposed").output
            #expect(exposed.contains("anyone with the link") && exposed.contains("your account only"))
            #expect(exposed.contains("expires 20") && exposed.contains("your account's setting"))
            let probed = try await program.run("uploads", "--probe", "--json")
            #expect(probed.errors.contains("3 still there, 0 gone"))
            let uploads = try probed.objects()
            #expect(uploads.count == 3 && uploads.allSatisfy { $0["checked_at"]?.text != nil })
            #expect(uploads.compactMap { $0["copy"]?.text } == ["upright", "upright"])
            #expect(uploads.compactMap { $0["lifetime"]?.text } == ["default", "never", "604800"])
            #expect(try await program.run("uploads", "private", "--json").objects().count == 1)
            #expect(try await program.run("uploads", "--dead").errors.contains("no matching uploads"))
            #expect(try await program.run("rebuild").status == 0)
            #expect(try await program.run("uploads", "--json").objects() == uploads)
        }
    }
}
