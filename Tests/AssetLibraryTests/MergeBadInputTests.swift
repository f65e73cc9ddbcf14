import AssetModel
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Journals that are not as this program writes them: one clear sentence, nothing lost, and sound afterwards.
struct MergeBadInputTests {
    /// Another machine, whose segments are written by hand here.
    private static let other = "01990000-0000-7000-8000-00000000000a"

    // MARK: - Newer programs

    @Test func `lines of a newer program that may be passed over are, and what stands around them is read`()
        async throws
    {
        try await Self.withLibrary { folders, mug in
            try Self.write(
                [
                    try Self.header(folders), Self.line(1, "dreamed", "{\"of\":\"sheep\"}", skip: true),
                    Self.line(2, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"theirs\"]}"),
                ], folders)
            let cup = try folders.picture("cup", 2)
            try await folders.with("desk") { library in
                #expect(try await library.tags().map(\.tag) == ["theirs"])
                let summary = try await library.importFiles([cup])
                #expect(summary.newCount == 1)
            }
            #expect(try await folders.problems("desk") == [])
        }
    }

    @Test(
        arguments: [
            MergeBadInputTests.line(1, "dreamed", "{\"of\":\"sheep\"}"),
            MergeBadInputTests.line(1, "tagged", "{\"new\":\"form\"}", version: 3),
        ])
    func
        `lines of a newer program that may not be passed over leave the library readable, and it says why it cannot be written`(
            line: String
        ) async throws
    {
        try await Self.withLibrary { folders, mug in
            let before = try folders.lines("desk")
            try Self.write([try Self.header(folders), line], folders)
            let cup = try folders.picture("cup", 2)
            try await folders.with("desk") { library in
                let hits = try await library.search(SearchQuery(parsing: "mug"))
                #expect(hits.map(\.asset) == [mug])
                let error = await #expect(throws: LibraryError.self) { try await library.tag([mug], with: ["late"]) }
                #expect(error?.category == .newerFormat)
                Self.expectSentence(error)
            }
            // A person who updates loses nothing; here the foreign segment goes away again.
            try FileManager.default.removeItem(atPath: folders.path("desk") + "/journal/" + Self.other)
            #expect(try folders.lines("desk") == before)
            try await folders.with("desk") { library in _ = try await library.importFiles([cup]) }
            #expect(try await folders.problems("desk") == [])
        }
    }

    // MARK: - Segments

    @Test func `a segment of another library is refused by name, and nothing of it is folded`() async throws {
        try await Self.withLibrary { folders, mug in
            let foreign =
                "{\"library\":\"01990000-0000-7000-8000-0000000000ff\",\"replica\":\"\(Self.other)\",\"type\":\"segment\",\"v\":2}"
            try Self.write(
                [foreign, Self.line(1, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"theirs\"]}")], folders)
            var sentences: [String] = []
            do {
                try await folders.with("desk") { library in
                    #expect(try await library.tags().isEmpty)
                    _ = try await library.verify(onProblem: { sentences.append($0.description) })
                }
            } catch let error as LibraryError {
                Self.expectSentence(error)
                sentences.append(error.description)
            }
            #expect(sentences.count == 1 && sentences[0].contains(Self.other), "\(sentences)")
            try FileManager.default.removeItem(atPath: folders.path("desk") + "/journal/" + Self.other)
            #expect(try await folders.problems("desk") == [])
        }
    }

    @Test func `a segment without a header is read as an older program's`() async throws {
        try await Self.withLibrary { folders, mug in
            let data = "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"old\"]}"
            try Self.write([Self.line(1, "tagged", data, version: 1)], folders)
            try await folders.with("desk") { library in
                let tags = try await library.tags().map(\.tag)
                #expect(tags == ["old"])
            }
            #expect(try await folders.problems("desk") == [])
        }
    }

    @Test func `a segment that is there twice changes nothing`() async throws {
        try await Self.withLibrary { folders, mug in
            let lines = [
                try Self.header(folders),
                Self.line(1, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"theirs\"]}"),
                Self.line(2, "set_extended", "{\"assets\":[\"\(mug.hex)\"],\"set\":\"cups\"}"),
            ]
            try Self.write(lines, folders)
            let once = try await folders.tables("desk")
            try Self.write(lines, folders, segment: 2)
            let twice = try await folders.tables("desk")
            #expect(twice == once, "\(twice.differences(from: once))")
            #expect(try await folders.problems("desk") == [])
        }
    }

    @Test func `segments that were given each other's numbers fold to the same tables`() async throws {
        try await Self.withLibrary { folders, mug in
            try await folders.copy("desk", to: "laptop")
            let first = [
                try Self.header(folders),
                Self.line(1, "set_extended", "{\"assets\":[\"\(mug.hex)\"],\"set\":\"cups\"}"),
            ]
            let second = [
                try Self.header(folders),
                Self.line(2, "set_reduced", "{\"assets\":[\"\(mug.hex)\"],\"set\":\"cups\"}"),
            ]
            for (name, segments) in [("desk", [first, second]), ("laptop", [second, first])] {
                for (index, lines) in segments.enumerated() {
                    try Self.write(lines, folders, segment: index + 1, of: name)
                }
            }
            let (desk, laptop) = (try await folders.tables("desk"), try await folders.tables("laptop"))
            #expect(desk == laptop, "\(desk.differences(from: laptop))")
            #expect(try await folders.problems("laptop") == [])
        }
    }

    @Test func `a segment that is still on its way here is read as far as it has come, and to its end later`()
        async throws
    {
        try await Self.withLibrary { folders, mug in
            let lines = [
                try Self.header(folders),
                Self.line(1, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"first\"]}"),
                Self.line(2, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"second\"]}"),
            ]
            try Self.write(lines, folders, cutting: 20)
            let cup = try folders.picture("cup", 2)
            try await folders.with("desk") { library in
                #expect(try await library.tags().map(\.tag) == ["first"])
                _ = try await library.importFiles([cup])
            }
            #expect(try await folders.problems("desk") == [])
            try Self.write(lines, folders)
            try await folders.with("desk") { library in
                let tags = try await library.tags().map(\.tag)
                #expect(tags == ["first", "second"])
                #expect(try await library.statistics().assetCount == 2)
            }
            #expect(try await folders.problems("desk") == [])
        }
    }

    @Test func `a segment that became shorter is told as lost, what it said is still found, and nothing is written`()
        async throws
    {
        try await Self.withLibrary { folders, mug in
            let lines = [
                try Self.header(folders),
                Self.line(1, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"first\"]}"),
                Self.line(2, "tagged", "{\"assets\":[\"\(mug.hex)\"],\"tags\":[\"second\"]}"),
            ]
            try Self.write(lines, folders)
            try await folders.with("desk") { _ in }
            try Self.write(Array(lines.prefix(2)), folders)
            let before = try folders.lines("desk")
            try await folders.with("desk") { library in
                let tags = try await library.tags().map(\.tag)
                #expect(tags == ["first", "second"])
                let error = await #expect(throws: LibraryError.self) { try await library.tag([mug], with: ["late"]) }
                Self.expectSentence(error)
                #expect(error?.description.contains(Self.other) == true)
            }
            #expect(try folders.lines("desk") == before)
            #expect(try await folders.problems("desk").count == 1)
            // Brought back from a backup, all is well.
            try Self.write(lines, folders)
            #expect(try await folders.problems("desk") == [])
        }
    }

    // MARK: - Writing by hand

    /// A library with one picture in it.
    private static func withLibrary(_ body: (MergeFolders, ContentDigest) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let path = try folders.picture("mug", 1)
            let mug = try await folders.with("desk") { try await $0.importFiles([path]).assets[0] }
            try await body(folders, mug)
        }
    }

    private static func line(
        _ number: Int, _ type: String, _ data: String, skip: Bool = false, version: Int = 2
    ) -> String {
        let skip = skip ? "\"skip\":true," : ""
        return "{\"at\":\"2026-01-01T00:00:0\(number).000Z\",\"data\":\(data),"
            + "\"id\":\"019b76da-a8\(number)0-7000-8000-000000000001\",\(skip)\"type\":\"\(type)\",\"v\":\(version)}"
    }

    private static func header(_ folders: MergeFolders) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: folders.path("desk") + "/atelier.json"))
        let library = try #require(try JSONDecoder().decode(JSONValue.self, from: data)["library"]?.text)
        return "{\"library\":\"\(library)\",\"replica\":\"\(other)\",\"type\":\"segment\",\"v\":2}"
    }

    private static func write(
        _ lines: [String], _ folders: MergeFolders, segment: Int = 1, of name: String = "desk", cutting count: Int = 0
    ) throws {
        let folder = "\(folders.path(name))/journal/\(other)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let text = lines.map { $0 + "\n" }.joined()
        try Data(text.utf8.dropLast(count)).write(to: URL(fileURLWithPath: "\(folder)/0000000\(segment).jsonl"))
    }

    /// One sentence for a person: no line breaks, nothing of how it came about inside.
    static func expectSentence(_ error: LibraryError?, sourceLocation: SourceLocation = #_sourceLocation) {
        guard let text = error?.description else { return }
        #expect(
            !text.isEmpty && text.utf8.count < 400 && !text.contains("\n") && !text.contains("Error"), "\(text)",
            sourceLocation: sourceLocation)
    }
}
