import AssetModel
import Foundation
import TestSupport
import Testing

/// Rating, titles, notes, favourites, the trash and tags, through the built program.
struct CurateProgramTests {
    private static func with(_ body: (Program) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "TZ": "UTC"])
            try Copies.references(folder)
            _ = try await program.run("init")
            _ = try await program.run("import", "a.jpg", "b.png", "--tag", "photo")
            try await body(program)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static func names(_ outcome: Program.Outcome) throws -> [String] {
        try outcome.objects().compactMap { $0["name"]?.text }
    }

    @Test func `many are rated by a query, the count comes first, and -n changes nothing`() async throws {
        try await Self.with { program in
            let plan = try await program.run("rate", "4", "--query", "tag:photo", "-n")
            #expect(plan.status == 0 && plan.errors == "2 images would get 4 stars\n", "\(plan.errors)")
            #expect(try await program.run("search", "rating:4").output.isEmpty)
            let rated = try await program.run("rate", "4", "--query", "tag:photo")
            #expect(rated.status == 0 && rated.errors == "selected 2 images\n4 stars for 2 images\n", "\(rated.errors)")
            let again = try await program.run("rate", "4", "a.jpg")
            #expect(again.errors == "4 stars for 0 of 1 image\n", "\(again.errors)")
            #expect(try Self.names(try await program.run("search", "rating:4", "--json")).count == 2)
            #expect(try await program.run("search", "rating:4").output.contains("★★★★"))
        }
    }

    @Test(arguments: [
        ["rate", "6", "a.jpg"], ["rate", "a.jpg", "4"], ["rate", "-1", "a.jpg"], ["rate", "4.5", "a.jpg"],
    ])
    func `a rating that is none says what one is`(words: [String]) async throws {
        try await Self.with { program in
            let outcome = try await program.run(words)
            #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome)")
            #expect(words[1] == "-1" || outcome.errors.contains("from 0 to 5 and comes first"), "\(outcome.errors)")
        }
    }

    @Test func `a title and a note are shown, found and cleared`() async throws {
        try await Self.with { program in
            #expect(try await program.run("title", "Mug on marble", "a.jpg").errors == "titled 1 image\n")
            #expect(try await program.run("note", "for Anna", "a.jpg").status == 0)
            let asset = try #require(try await program.run("search", "note:anna", "--json").objects().first)
            #expect(asset["title"] == .string("Mug on marble") && asset["note"] == .string("for Anna"))
            let id = try #require(asset["id"]?.text)
            #expect(try await program.run("show", id).output.hasPrefix("Mug on marble\n"))
            #expect(try await program.run("note", "--clear", id).errors == "removed the note of 1 image\n")
            #expect(try await program.run("search", "note:anna").output.isEmpty)
            let reversed = try await program.run("note", "a.jpg")
            #expect(reversed.status == 64 && reversed.errors.contains("comes first"), "\(reversed.errors)")
            let empty = try await program.run("title", " ", "a.jpg")
            #expect(empty.status == 64 && empty.errors.contains("--clear"), "\(empty.errors)")
        }
    }

    @Test func `favourites have a heart, and the verb its short name`() async throws {
        try await Self.with { program in
            let added = try await program.run("fav", "a.jpg")
            #expect(added.errors == "added 1 image to the favourites\n", "\(added.errors)")
            #expect(try await program.run("search", "is:favourite").output.contains("♥"))
            #expect(try await program.run("favourite", "--remove", "a.jpg").status == 0)
            #expect(try await program.run("search", "is:favourite").output.isEmpty)
        }
    }

    @Test func `the trash hides, restore brings back, and no file is imported to be trashed`() async throws {
        try await Self.with { program in
            #expect(try await program.run("trash", "a.jpg").errors == "moved 1 image to the trash\n")
            #expect(try Self.names(try await program.run("search", "--json")) == ["b.png"])
            #expect(try Self.names(try await program.run("search", "is:trashed", "--json")) == ["a.jpg"])
            let restored = try await program.run("restore", "--query", "is:trashed")
            #expect(restored.status == 0 && restored.errors.hasSuffix("restored 1 image\n"), "\(restored.errors)")
            #expect(try Self.names(try await program.run("search", "--json")).count == 2)
            _ = try await program.run("set", "add", "pair", "a.jpg", "b.png")
            _ = try await program.run("trash", "@pair")
            #expect(try await program.run("search", "--json").output.isEmpty)
            #expect(try await program.run("restore", "@pair").errors == "restored 2 images\n")
            let none = try await program.run("restore", "--query", "is:trashed")
            #expect(none.status == 1 && none.errors.contains("found none"), "\(none.errors)")
        }
    }

    @Test func `tags are renamed, merged and deleted with their counts`() async throws {
        try await Self.with { program in
            #expect(
                try await program.run("tag", "rename", "photo", "photos").errors
                    == "“photo” renamed to “photos” on 2 images\n")
            _ = try await program.run("tag", "add", "red", "a.jpg")
            let taken = try await program.run("tag", "rename", "red", "photos")
            #expect(taken.status == 1 && taken.errors.contains("atelier tag merge"), "\(taken.errors)")
            #expect(
                try await program.run("tag", "merge", "red", "--into", "photos", "-n").errors == "“red” is on 1 image\n"
            )
            #expect(
                try await program.run("tag", "merge", "red", "--into", "photos").errors
                    == "“red” replaced by “photos” on 1 image\n")
            #expect(try await program.run("tag").output == "photos  2 images\n")
            #expect(try await program.run("tag", "delete", "photos").status == 0)
            #expect(try await program.run("tag", "delete", "photos").status == 1)
        }
    }
}
