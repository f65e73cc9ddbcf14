import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// Lookalikes, through the built program: one picture as eight JPEGs and a PNG, and two that look like nothing else.
struct DupesProgramTests {
    private static func with(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "TZ": "UTC"])
            _ = try await program.run("init")
            for orientation in 1...8 {
                try copy("jpeg/orientation-\(orientation).jpg", to: folder + "/in/\(orientation).jpg")
            }
            try copy("demo/mug.png", to: folder + "/in/mug.png")
            try copy("demo/cat.jpg", to: folder + "/in/cat.jpg")
            let outcome = try await program.run("import", "in")
            #expect(outcome.status == 0 && outcome.errors.contains("10 new images"), "\(outcome.errors)")
            try await body(program, folder)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static func copy(_ name: String, to path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: Fixtures.path("images/" + name), toPath: path)
    }

    @Test func `an import fingerprints what it took in, unless it is told not to`() async throws {
        try await Self.with { program, folder in
            let file = folder + "/library/renditions/appearance.sqlite"
            #expect(FileManager.default.fileExists(atPath: file))
            try FileManager.default.removeItem(atPath: folder + "/library/renditions")
            try Self.copy("demo/marble.webp", to: folder + "/marble.webp")
            _ = try await program.run("import", "marble.webp", "--no-fingerprints")
            #expect(!FileManager.default.fileExists(atPath: file))
        }
    }

    @Test func `dupes shows groups and changes nothing by itself`() async throws {
        try await Self.with { program, _ in
            let outcome = try await program.run("dupes", "--json")
            let groups = try outcome.objects()
            #expect(groups.count == 1 && outcome.status == 0, "\(outcome.errors)")
            #expect(groups[0]["keep"]?["id"]?.text?.count == 64)
            guard case .array(let others)? = groups[0]["others"] else {
                Issue.record("no others")
                return
            }
            #expect(others.count == 7)
            #expect(others.allSatisfy { $0["distance"] == .integer(0) && $0["turned"] == .bool(false) })
            let text = try await program.run("dupes")
            #expect(text.output.hasPrefix("keep  "), "\(text.output)")
            #expect(text.errors.contains("1 group, 7 images to remove"), "\(text.errors)")
            #expect(try await program.run("dupes", "format:png").errors.contains("no images look alike"))
            #expect(try await program.run("dupes", "--distance", "99").status == 64)
        }
    }

    @Test func `dupes puts the others aside after it said how many`() async throws {
        try await Self.with { program, _ in
            let dry = try await program.run("dupes", "--trash", "--tag", "twice", "-n")
            #expect(dry.errors.contains("7 images would be tagged “twice” and moved to the trash"), "\(dry.errors)")
            #expect(try await program.run("search", "is:trashed", "--json").objects().isEmpty)
            let done = try await program.run("dupes", "--trash", "--tag", "twice")
            #expect(done.errors.contains("7 images tagged “twice” and moved to the trash"), "\(done.errors)")
            #expect(try await program.run("search", "is:trashed", "tag:twice", "--json").objects().count == 7)
            #expect(try await program.run("search", "--json").objects().count == 3)
            #expect(try await program.run("dupes").errors.contains("no images look alike"))
        }
    }

    @Test func `search finds lookalikes of a file, and show names the nearest`() async throws {
        try await Self.with { program, folder in
            try Self.copy("jpeg/progressive.jpg", to: folder + "/other.jpg")
            let found = try await program.run("search", "like:other.jpg", "--json").objects()
            #expect(found.count == 8)
            let id = try #require(found[0]["digest"]?.text)
            let shown = try await program.run("show", id)
            #expect(shown.output.contains("looks like "), "\(shown.output)")
            let object = try #require(try await program.run("show", id, "--json").objects().first)
            guard case .array(let alike)? = object["lookalikes"] else {
                Issue.record("no lookalikes")
                return
            }
            #expect(alike.count == 3 && alike[0]["distance"] == .integer(0))
            let nothing = try await program.run("search", "like:nowhere.jpg")
            #expect(nothing.status == 1 && nothing.errors.contains("nowhere.jpg"), "\(nothing.errors)")
        }
    }
}
