import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// Pictures where people look: contact sheets, and terminals that can show them.
struct PictureProgramTests {
    private static func with(
        _ terminal: [String: String] = [:], _ body: (Program, String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(
                in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "TZ": "UTC"].merging(terminal) { $1 })
            _ = try await program.run("init")
            for name in ["mug.png", "cat.jpg", "marble.webp"] {
                let source = Fixtures.path("images/demo/" + name)
                try FileManager.default.copyItem(atPath: source, toPath: folder + "/" + name)
            }
            #expect(try await program.run("import", "mug.png", "cat.jpg", "marble.webp").status == 0)
            try await body(program, folder)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `contactsheet writes a PNG of what a search finds, and replaces no file unless told to`() async throws {
        try await Self.with { program, folder in
            let made = try await program.run("contactsheet", "", "sheet.png", "--json")
            #expect(made.status == 0, "\(made.errors)")
            #expect(try made.objects().first?["pictures"] == .integer(3))
            let sheet = try Data(contentsOf: URL(filePath: folder + "/sheet.png"))
            #expect(sheet.starts(with: [0x89, 0x50, 0x4E, 0x47]))
            let facts = try await program.run("inspect", "sheet.png", "--json")
            #expect(try facts.objects().first?["width"] == .integer(1600))
            let again = try await program.run("contactsheet", "", "sheet.png")
            #expect(again.status != 0 && again.errors.contains("--force"), "\(again.errors)")
            #expect(try await program.run("contactsheet", "", "sheet.png", "--force").status == 0)
            let none = try await program.run("contactsheet", "zebra", "none.png")
            #expect(none.status == 1 && none.errors.contains("no picture"), "\(none.errors)")
            #expect(try await program.run("contactsheet", "", "sheet.gif").status == 64)
            let nowhere = try await program.run("contactsheet", "", "no/such/folder.png")
            #expect(nowhere.status == 1 && nowhere.errors.contains("there is no folder"), "\(nowhere.errors)")
            let inside = try await program.run("contactsheet", "", "library/blobs/sheet.png", "--force")
            #expect(inside.status == 64 || inside.status == 1)
            #expect(inside.errors.contains("inside the library"), "\(inside.errors)")
            let unknown = try await program.run("contactsheet", "@nope", "nope.png")
            #expect(unknown.errors.contains("no such set"), "\(unknown.errors)")
        }
    }

    @Test func `a picture whose file is missing keeps its place on the sheet`() async throws {
        try await Self.with { program, folder in
            let blobs = FileManager.default.enumerator(atPath: folder + "/library/blobs")?.compactMap { $0 as? String }
            let blob = try #require(blobs?.first { $0.hasSuffix(".webp") })
            let path = folder + "/library/blobs/" + blob
            try FileManager.default.moveItem(atPath: path, toPath: folder + "/aside")
            let made = try await program.run("contactsheet", "", "sheet.png", "--json")
            #expect(try made.objects().first?["pictures"] == .integer(3))
            try FileManager.default.moveItem(atPath: folder + "/aside", toPath: path)
        }
    }

    @Test(arguments: [
        (["TERM": "xterm-kitty"], "\u{1B}_Ga=T,f=100,q=2"),
        (["TERM_PROGRAM": "iTerm.app"], "\u{1B}]1337;File=inline=1"),
    ]) func `show draws in a terminal that can`(terminal: [String: String], start: String) async throws {
        try await Self.with(terminal) { program, _ in
            let drawn = try await program.runOnTerminal(["search", "mug", "--pictures"], width: 80)
            let text = String(decoding: drawn.sent.flatMap(\.bytes), as: UTF8.self)
            #expect(drawn.status == 0 && text.contains(start), "\(text.prefix(200))")
            #expect(text.contains("mug.png"))
            // A pipe gets none.
            let piped = try await program.run("search", "mug", "--pictures")
            #expect(!piped.output.contains("\u{1B}") && piped.errors.contains("cannot show pictures"))
        }
    }

    @Test func `a terminal that cannot show pictures is sent none`() async throws {
        try await Self.with(["TERM": "xterm"]) { program, _ in
            let drawn = try await program.runOnTerminal(["search", "mug", "--pictures"], width: 80)
            let text = String(decoding: drawn.sent.flatMap(\.bytes), as: UTF8.self)
            #expect(!text.contains("\u{1B}_G") && !text.contains("\u{1B}P") && text.contains("mug.png"))
        }
    }
}
