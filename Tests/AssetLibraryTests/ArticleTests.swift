import AssetModel
import AssetStore
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

struct ArticleTests {
    @Test func `the articles' code is the code that is compiled, and it does what they say`() async throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent()
        let compiled = try String(contentsOf: tests.appending(path: "ArticleSnippets.swift"), encoding: .utf8)
        let article = try String(
            contentsOf: tests.appending(path: "../../Sources/AssetLibrary/AssetLibrary.docc/Embedding.md").standardized,
            encoding: .utf8)
        let blocks = article.components(separatedBy: "```swift\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        #expect(blocks.count == 2)
        for block in blocks { #expect(compiled.contains(block), "not compiled:\n\(block)") }
        try await TestLibrary.withSandbox { library, session, _ in
            let hits = try await importPhotos(
                into: library.root, from: [Fixtures.path("images/demo/mug.png")], logger: TestLibrary.logger)
            let hit = try #require(hits.first)
            let mug = try #require(try await library.asset(hit.asset))
            #expect(try await edit(mug, in: library, on: session.remote).run.state == .finished)
        }
    }
}

struct CuratingTests {
    private static func lineCount(_ library: Library) throws -> Int {
        var count = 0
        try library.history.journal.read(after: []) { entries, _ in count += entries.count }
        return count
    }

    @Test func `tagging, adding and arranging again write nothing`() async throws {
        try await TestLibrary.with { library in
            let assets = try await library.importFiles([Fixtures.path("images/demo")], set: "demo", tags: ["white"])
                .assets
            let before = try Self.lineCount(library)
            try await library.tag(assets, with: ["white"])
            try await library.addToSet("demo", assets)
            try await library.arrangeSet("demo", assets)
            try await library.untag(assets, ["black"])
            #expect(try Self.lineCount(library) == before)
            try await library.arrangeSet("demo", [assets[2]])
            #expect(try await library.set(named: "demo").members == [assets[2], assets[0], assets[1]])
            #expect(try Self.lineCount(library) == before + 1)
        }
    }
}
