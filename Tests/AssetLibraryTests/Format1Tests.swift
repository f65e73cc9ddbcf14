import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// A library of format 1, written by a released program on two machines, is read as it was meant.
struct Format1Tests {
    private static let journal = "journal/01a217ab-e3b7-7000-a045-6bbc93634a65/00000001.jsonl"

    /// A copy of the fixture, which itself is never opened.
    private static func with(_ body: (String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try FileManager.default.copyItem(atPath: Fixtures.path("libraries/format-1"), toPath: root)
            try await body(root)
            try await TestLibrary.expectSound(root)
        }
    }

    private static func opened<R: Sendable>(
        _ root: String, _ body: (Library) async throws -> R
    ) async throws -> R {
        try await Library.withLibrary(at: root, logger: TestLibrary.logger, body)
    }

    private static func hits(_ query: String, _ library: Library) async throws -> [SearchHit] {
        try await library.search(SearchQuery(parsing: query), limit: 100)
    }

    @Test func `a library of format 1 opens without a catalog and holds what was put into it`() async throws {
        try await Self.with { root in
            try await Self.opened(root) { library in
                let counts = try await library.statistics()
                #expect(counts.assetCount == 9 && counts.referenceCount == 7 && counts.outputCount == 2)
                #expect(counts.generationCount == 7 && counts.unfinishedCount == 3)
                #expect(counts.setCount == 3 && counts.tagCount == 4 && counts.uploadCount == 5)
                #expect(counts.formats == ["jpeg": 4, "png": 3, "webp": 2])
                #expect(counts.byteCount == 178_182)

                // The recipe that another generator wrote, a note, a rotation, and both machines' pictures.
                let teapot = try #require(try await Self.hits("teapot seed:18446744073709551557", library).first)
                #expect(teapot.name == "comfyui.png" && teapot.generator == "ComfyUI" && teapot.seed == .max - 58)
                let rotated = try #require(try await Self.hits("orientation", library).first)
                #expect(rotated.facts.orientation.rawValue == 6)
                #expect(try await Self.hits("baseline", library).count == 1)
                #expect(try await Self.hits("Husum", library).map(\.name) == ["note.jpg"])
            }
        }
    }

    @Test func `its sets keep their order, its tags their pictures`() async throws {
        try await Self.with { root in
            try await Self.opened(root) { library in
                #expect(try await library.sets().map(\.name).sorted() == ["empty", "mugs", "travel"])
                let mugs = try await library.set(named: "mugs").members.map { String($0.description.prefix(8)) }
                #expect(mugs == ["18ad2622", "02f0062f", "cd449699"])
                #expect(try await library.set(named: "empty").members.isEmpty)
                let tags = try await library.tags().map { "\($0.tag) \($0.count)" }.sorted()
                #expect(tags == ["blue 2", "demo 2", "other 1", "white 1"])
                #expect(try await Self.hits("tag:white", library).map(\.name) == ["mug.png"])
            }
        }
    }

    @Test func `its runs stand where they stood, the newest first`() async throws {
        try await Self.with { root in
            try await Self.opened(root) { library in
                let runs = try await library.runs(limit: 100)
                #expect(
                    runs.map { "\($0.prompt): \($0.state.rawValue)" } == [
                        "a mug that is cancelled: cancelled", "a mug that is planned: planned",
                        "a mug that is submitted: submitted", "a mug that is unknown: sending",
                        "a mug that is refused: failed", "the mug on oak: finished", "the mug on marble: finished",
                    ])
                let marble = try #require(runs.last)
                #expect(marble.references.members.count == 3 && marble.seed == 7)
                #expect(try await library.response(of: marble.id)?["seed"] != nil)
                let oak = try #require(try await Self.hits("oak", library).first)
                #expect(oak.kind == .generated && oak.seed == .max && oak.facts.storedSize.description == "2048x2048")

                let uploads = try await library.uploads()
                #expect(uploads.count { $0.access == .privateLink } == 1)
                #expect(uploads.contains { $0.copy?.description == "upright" })
            }
        }
    }

    @Test func `new lines go behind the old ones, which stay byte for byte`() async throws {
        try await Self.with { root in
            let before = try Data(contentsOf: URL(fileURLWithPath: root + "/" + Self.journal))
            try await Self.opened(root) { library in
                let mug = try #require(try await Self.hits("tag:white", library).first).asset
                try await library.tag([mug], with: ["new"])
            }
            try await Self.opened(root) { library in
                let found = try await Self.hits("tag:new tag:blue", library)
                #expect(found.map(\.name) == ["mug.png"])
            }
            let after = try Data(contentsOf: URL(fileURLWithPath: root + "/" + Self.journal))
            #expect(after.starts(with: before))
        }
    }
}
