import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// `inspect` on many files and on names that nobody wants.
struct InspectTests {
    @Test func `answers come in the order given, whichever worker was first`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let pictures = try Fixtures.images
            for number in 0..<700 {
                let picture = pictures[number * 7 % pictures.count]
                let name = "\(1_000 + number).\(picture.file.split(separator: ".").last ?? "png")"
                try FileManager.default.copyItem(atPath: picture.path, toPath: "\(folder)/\(name)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { !$0.hasPrefix(".") }.sorted().map { "\(folder)/\($0)" }
            let objects = try await program.run("inspect", "--json", folder).objects()
            // What does not look like a picture by name, and is none, is passed over in folders.
            let answered = objects.compactMap { $0["path"]?.text }
            #expect(answered == names.filter(Set(answered).contains))
            #expect(answered.count > 600)
            let given = Array(names.reversed())
            let explicit = try await program.run(["inspect", "--json"] + given).objects()
            #expect(explicit.map { $0["path"]?.text } == given)
        }
    }

    @Test(arguments: try Fixtures.recipes.filter { $0.alpha != nil })
    func `a recipe in the pixels is read when asked, and said to be unread when not`(fixture: RecipeFixture)
        async throws
    {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let unasked = try #require(try await program.run("inspect", "--json", fixture.path).objects().first)
            #expect(unasked["recipe"] == .null && unasked["pixels"]?.text == "not_read")
            #expect(try await program.run("inspect", fixture.path).output.contains("pixels not read"))
            let asked = try #require(
                try await program.run("inspect", "--json", "--pixels", fixture.path).objects().first)
            #expect(asked["recipe"]?["rule"]?.text == fixture.alpha?.rule && asked["pixels"]?.text == "read")
            #expect(asked["recipe"]?["prompt"]?.text == fixture.alpha?.recipe.prompt)
            // Neither is said of a picture that has no alpha, or a recipe in its texts.
            let plain = Fixtures.path("recipes/automatic1111/text.png")
            #expect(try await program.run("inspect", "--json", plain).objects().first?["pixels"] == .null)
        }
    }

    @Test func `names and texts with quotes, breaks and controls survive the JSON`() async throws {
        try await TemporaryFolder.with { folder in
            let names = ["a\"b\\c.png", "tab\tline\n.png", "bell\u{7}\u{1F}\u{7F}.png", "ü/é\u{2028}.png", "日本 🎨.png"]
            for name in names {
                let path = "\(folder)/\(name)"
                try FileManager.default.createDirectory(
                    atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try FileManager.default.copyItem(
                    atPath: Fixtures.path("recipes/automatic1111/several-lines.png"), toPath: path)
            }
            let program = Program(in: folder)
            let objects = try await program.run(["inspect", "--json"] + names).objects()
            #expect(objects.map { $0["path"]?.text } == names)
            let prompt = try Fixtures.recipes.first { $0.file == "automatic1111/several-lines.png" }?.recipe?.prompt
            #expect(objects.allSatisfy { $0["recipe"]?["prompt"]?.text == prompt })
            #expect(objects.allSatisfy { $0["recipe"]?["guidance"] == .number(6.5) })
        }
    }

    @Test func `whole finds the cut that no header tells, and what is odd is a note`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let cut = Fixtures.path("images/broken/jpeg-cut-large.jpg")
            let second = Fixtures.path("images/broken/jpeg-second-cut.jpg")
            let circle = Fixtures.path("images/broken/tiff-circle-of-7.tiff")
            let quick = try await program.run("inspect", "--json", cut, second, circle)
            #expect(quick.status == 0)
            let notes = try quick.objects().map { $0["notes"]?.elements?.count }
            #expect(notes == [nil, nil, 1])
            let whole = try await program.run("inspect", "--json", "--whole", cut, second, circle)
            #expect(whole.status == 3)
            let objects = try whole.objects()
            #expect(objects.map { $0["error"]?["code"]?.text } == ["truncated", nil, nil])
            #expect(objects.map { $0["notes"]?.elements?.count } == [nil, 1, 1])
            let text = try await program.run("inspect", circle).output
            #expect(text.contains("7 frames") && text.contains("the list of its pages is damaged"))
        }
    }

    @Test func `a pipe is told at once, and the files around it too`() async throws {
        try await TemporaryFolder.with { folder in
            #expect(mkfifo(folder + "/pipe.png", 0o600) == 0)
            let picture = Fixtures.path("images/demo/mug.png")
            let outcome = try await Program(in: folder).run("inspect", "--json", picture, "pipe.png", folder, picture)
            #expect(outcome.status == 3)
            let objects = try outcome.objects()
            #expect(objects.map { $0["error"]?["code"]?.text } == [nil, "unreadable", "unreadable", nil])
        }
    }
}
