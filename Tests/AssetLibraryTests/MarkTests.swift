import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// What a person says of pictures and runs; every library is verified and rebuilt at the end.
struct MarkTests {
    /// A library with two imported pictures.
    private static func with<R: Sendable>(_ body: (Library, [ContentDigest]) async throws -> R) async throws {
        try await TestLibrary.with { library in
            let files = ["mug.png", "cat.jpg"].map { Fixtures.path("images/demo/\($0)") }
            _ = try await body(library, try await library.importFiles(files).assets)
        }
    }

    private static func found(_ query: String, _ library: Library) async throws -> Set<ContentDigest> {
        Set(try await library.search(library.reading(of: query).query).map(\.asset))
    }

    @Test func `a rating is kept, counted once, found by range and taken away by 0`() async throws {
        try await Self.with { library, assets in
            let changed = try await library.rate(assets, 4)
            #expect(changed == 2)
            #expect(try await library.rate(assets, 4) == 0)
            #expect(try await library.rate([assets[0]], 5) == 1)
            #expect(try await library.asset(assets[0])?.rating == 5)
            #expect(try await Self.found("rating:>=4", library) == Set(assets))
            #expect(try await Self.found("rating:5", library) == [assets[0]])
            #expect(try await Self.found("rating:1..4", library) == [assets[1]])
            #expect(try await library.rate([assets[0]], 0) == 1)
            #expect(try await Self.found("rating:0", library) == [assets[0]])
            #expect(try await Self.found("has:rating", library) == [assets[1]])
        }
    }

    @Test(arguments: [-1, 6, 100]) func `a rating beyond five stars is refused`(stars: Int) async throws {
        try await Self.with { library, assets in
            let error = await #expect(throws: LibraryError.self) { try await library.rate(assets, stars) }
            #expect(error?.code == "bad_rating")
        }
    }

    @Test func `titles and notes are found by their words, and gone when they are cleared`() async throws {
        try await Self.with { library, assets in
            let changed = try await library.title([assets[0]], as: "  Küche am Morgen ")
            #expect(changed == 1)
            #expect(try await library.note([assets[1]], "für Anna\nzweite Zeile") == 1)
            #expect(try await library.asset(assets[0])?.title == "Küche am Morgen")
            #expect(try await library.asset(assets[1])?.note == "für Anna\nzweite Zeile")
            #expect(try await Self.found("kuche", library) == [assets[0]])
            #expect(try await Self.found("note:zweite", library) == [assets[1]])
            #expect(try await Self.found("note:\"für anna\"", library) == [assets[1]])
            #expect(try await Self.found("note:mug", library).isEmpty)
            #expect(try await Self.found("has:title", library) == [assets[0]])
            #expect(try await Self.found("has:note", library) == [assets[1]])
            #expect(try await library.title([assets[0]], as: nil) == 1)
            #expect(try await library.note(assets, "") == 1)
            #expect(try await Self.found("kuche OR zweite", library).isEmpty)
        }
    }

    @Test(arguments: [("a\nb", "control_character"), ("a\u{0}b", "control_character")])
    func `a title is one line`(title: String, code: String) async throws {
        try await Self.with { library, assets in
            let error = await #expect(throws: LibraryError.self) { try await library.title(assets, as: title) }
            #expect(error?.code == code)
        }
    }

    @Test func `a text that is too long is refused, not cut`() async throws {
        try await Self.with { library, assets in
            let error = await #expect(throws: LibraryError.self) {
                try await library.note(assets, String(repeating: "a", count: 20_001))
            }
            #expect(error?.code == "text_too_long")
            let changed = try await library.note(assets, String(repeating: "a", count: 20_000))
            #expect(changed == 2)
        }
    }

    @Test func `favourites are found`() async throws {
        try await Self.with { library, assets in
            let changed = try await library.favourite([assets[0]])
            #expect(changed == 1)
            #expect(try await Self.found("is:favourite", library) == [assets[0]])
            #expect(try await Self.found("fav:no", library) == [assets[1]])
            #expect(try await library.favourite(assets, false) == 1)
            #expect(try await Self.found("is:favourite", library).isEmpty)
        }
    }

    @Test func `what is in the trash is in no search and no count of tags, keeps its place in a set, and comes back`()
        async throws
    {
        try await Self.with { library, assets in
            try await library.tag(assets, with: ["kept"])
            try await library.addToSet("both", assets)
            #expect(try await library.trash([assets[0]]) == 1)
            #expect(try await Self.found("", library) == [assets[1]])
            #expect(try await Self.found("tag:kept", library) == [assets[1]])
            #expect(try await Self.found("is:trashed", library) == [assets[0]])
            #expect(try await Self.found("is:trashed OR tag:kept", library) == Set(assets))
            #expect(try await Self.found("-is:trashed", library) == [assets[1]])
            #expect(try await library.tags().map(\.count) == [1])
            #expect(try await library.asset(assets[0])?.isTrashed == true)
            #expect(try await library.restore(assets) == 1)
            #expect(try await Self.found("tag:kept", library) == Set(assets))
            #expect(try await library.set(named: "both").members == assets)
        }
    }

    @Test func `a picture that is imported again comes out of the trash`() async throws {
        try await Self.with { library, assets in
            try await library.trash(assets)
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            #expect(try await Self.found("", library) == [assets[0]])
        }
    }

    @Test func `one picture of a run has a name of its own, is rated alone, and a run's title finds them all`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = RunRequest(model: "fal-ai/hidream-o1-image", prompt: "four mugs")
            request.imageCount = 4
            let run = try await session.run(try await session.plan(request)).run
            let pictures = run.outputs.map(\.asset)
            #expect(Set(pictures).count == 4)
            let third = try await library.assets(named: ["\(run.id)/3"])
            #expect(third == [pictures[2]])
            try await library.rate(third, 5)
            let hits = try await library.search(library.reading(of: "rating:5").query)
            #expect(hits.map(\.id) == ["\(run.id)/3"] && hits.first?.imageCount == 4)
            #expect(try await library.designation("\(run.id)/1") == .asset(pictures[0]))
            let error = await #expect(throws: LibraryError.self) { try await library.designation("\(run.id)/5") }
            #expect(error?.message == "\(run.id)/5: this run has 4 images")
            #expect(try await library.title([], runs: [run.id], as: "Breakfast") == 1)
            #expect(try await library.run(run.id)?.marks.title == "Breakfast")
            #expect(try await Self.found("breakfast", library) == Set(pictures))
            #expect(try await library.title([], runs: [run.id], as: nil) == 1)
            #expect(try await Self.found("breakfast", library).isEmpty)
        }
    }

    @Test func `what a run makes is not in the trash, though the same bytes were thrown away before`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = RunRequest(model: EditModels.defaultForText, prompt: "mug")
            request.seed = 7
            let first = try await session.run(try await session.plan(request)).run
            let pictures = first.outputs.map(\.asset)
            try await library.trash(pictures)
            let second = try await session.run(try await session.plan(request)).run
            #expect(second.outputs.map(\.asset) == pictures)
            #expect(try await Self.found("mug", library) == Set(pictures))
        }
    }

    @Test func `a tag is renamed everywhere, in case alone too, but never onto another tag`() async throws {
        try await Self.with { library, assets in
            try await library.tag(assets, with: ["keep"])
            try await library.tag([assets[0]], with: ["white"])
            #expect(try await library.renameTag("KEEP", to: "Keep") == 2)
            #expect(try await library.tags().map(\.tag) == ["Keep", "white"])
            let error = await #expect(throws: LibraryError.self) {
                try await library.renameTag("white", to: "keep")
            }
            #expect(error?.code == "tag_exists")
            #expect(try await library.renameTag("white", to: "ivory") == 1)
            #expect(try await library.asset(assets[0])?.tags == ["ivory", "Keep"])
            let unknown = await #expect(throws: LibraryError.self) { try await library.renameTag("x", to: "y") }
            #expect(unknown?.code == "unknown_tag")
        }
    }

    @Test func `tags are merged into one, and a tag is deleted everywhere`() async throws {
        try await Self.with { library, assets in
            try await library.tag([assets[0]], with: ["cat", "kitty"])
            try await library.tag([assets[1]], with: ["kitty", "mug"])
            #expect(try await library.mergeTags(["kitty", "cat"], into: "Cats") == 2)
            #expect(try await library.asset(assets[0])?.tags == ["Cats"])
            #expect(try await library.asset(assets[1])?.tags == ["Cats", "mug"])
            #expect(try await library.deleteTag("cats") == 2)
            #expect(try await library.tags().map(\.tag) == ["mug"])
        }
    }
}
