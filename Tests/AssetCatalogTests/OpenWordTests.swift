import AssetModel
import Foundation
import Testing

@testable import AssetCatalog

/// Searches that leave a word open, compared with reading every text.
struct OpenWordTests {
    private static let syllables = ["ce", "ra", "mic", "mug", "red", "tea", "pot", "o", "茶", "壶", "ก้", "가"]

    private static func prompt(_ random: inout some RandomNumberGenerator) -> String {
        (0..<Int.random(in: 1...8, using: &random)).map { _ in
            (0..<Int.random(in: 1...3, using: &random)).map { _ in syllables.randomElement(using: &random) ?? "" }
                .joined()
        }.joined(separator: " ")
    }

    private static func entry(_ number: Int, _ prompt: String, _ story: inout Story) throws {
        let id = Run.ID(random: (UInt64(number), 1))
        let size = try #require(PixelSize(width: 512, height: 512))
        story.tell(
            .planned(
                .init(
                    generation: id, model: "fal-ai/flux/dev", prompt: prompt, parameters: .object([:]),
                    references: try ReferenceSet([]), size: size, host: RemoteHost("h"))))
        let facts = ImageFacts(
            format: .png, storedSize: size, orientation: .upright, hasAlpha: false, bitDepth: 8, frameCount: 1,
            byteCount: 100)
        let made = Run.Output(asset: try Story.digest(UInt8(number)), facts: facts, isFlagged: nil, url: nil)
        story.tell(.finished(.init(generation: id, outputs: [made], response: .object([:]))))
    }

    /// Whether a text has a word with a piece in it.
    private static func holds(_ text: String, _ piece: String, _ isOpenAtStart: Bool, _ isOpenAtEnd: Bool) -> Bool {
        WordPattern(
            words: WordCutter.words(in: piece), isOpenAtStart: isOpenAtStart, isOpenAtEnd: isOpenAtEnd
        ).isFound(in: text)
    }

    @Test func `a prefix, a piece and an ending find what reading every text finds`() async throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<4 {
            var (story, prompts) = (Story(), [String]())
            for number in 1...80 {
                prompts.append(Self.prompt(&random))
                try Self.entry(number, prompts[number - 1], &story)
            }
            let catalog = try await story.catalog()
            for _ in 0..<60 {
                let word = Self.prompt(&random).split(separator: " ")[0].unicodeScalars
                let cut = word.prefix(Int.random(in: 1...max(1, word.count), using: &random))
                let piece = String(cut.suffix(Int.random(in: 1...max(1, cut.count), using: &random)))
                guard !WordCutter.words(in: piece).isEmpty else { continue }
                for (term, start, end) in [
                    (SearchTerm.text([piece], isPrefix: true), false, true),
                    (.substring(piece, endsWord: false), true, true), (.substring(piece, endsWord: true), true, false),
                ] {
                    let wanted = prompts.filter { Self.holds($0, piece, start, end) }.count
                    let query = SearchQuery(.term(term))
                    let hits = try await catalog.search(query, limit: 100)
                    #expect(hits.count == wanted, "\(query)")
                    // They reach all answers by another way than a page is found.
                    #expect(try await catalog.count(query) == wanted, "\(query)")
                    let whole = try await catalog.timeline(of: query, in: .gmt).timeline
                    #expect(whole.ratios.count == wanted, "\(query)")
                    #expect(try await catalog.facets(of: query).count == wanted, "\(query)")
                    let others = try await catalog.search(SearchQuery(.not(.term(term))), limit: 100)
                    #expect(others.count == 80 - wanted, "-\(SearchQuery(.term(term)))")
                }
                let phrase = SearchTerm.text(["red", piece], isPrefix: true)
                let hits = try await catalog.search(SearchQuery(.term(phrase)), limit: 100)
                #expect(
                    hits.count == prompts.filter { Self.holds($0, "red " + piece, false, true) }.count, "red \(piece)*")
            }
            try catalog.close()
        }
    }

    @Test func `words that fit few texts are asked of the index, many are read`() async throws {
        var story = Story()
        for number in 1...100 { try Self.entry(number, "mug\(number) every\(number % 40) blue", &story) }
        let catalog = try await story.catalog()
        try await catalog.read { db in
            let vocabulary = SearchVocabulary(db: db)
            func resolved(_ query: String) throws -> SearchCondition {
                try vocabulary.resolved(SearchQuery(parsing: query).condition)
            }
            #expect(try resolved("mug10*") == .any([.term(.text(["mug10"])), .term(.text(["mug100"]))]))
            #expect(try resolved("*blu*") == .term(.text(["blue"])))
            #expect(try resolved("nothing*") == .nothing)
            guard case .term(.pattern(let pattern)) = try resolved("*ver*") else {
                Issue.record("\(try resolved("*ver*"))")
                return
            }
            #expect(pattern.text == "*ver*")
            // Who counts wants all of them.
            let whole = SearchVocabulary(db: db, isWhole: true)
            let prefix = SearchQuery(parsing: "eve*").condition
            #expect(try whole.resolved(prefix) == prefix)
            #expect(try whole.resolved(SearchQuery(parsing: "*ver*").condition).terms.count == 40)
        }
        try catalog.close()
    }

    @Test(arguments: [
        ("*ramic*", "a ceramic mug", true), ("*rami", "a ceramic mug", false), ("*amic", "a ceramic mug", true),
        ("ceram*", "a Céramic", true), ("red mug*", "red red mugs", true), ("*red mug*", "a tired mugs", true),
        ("*red mug*", "a tired big mugs", false), ("mug", "mugs", false), ("a a b*", "a a a bc", true),
        ("", "a", false),
    ]) func `a pattern is looked for in a text`(pattern: String, text: String, isFound: Bool) {
        #expect(WordPattern(pattern).isFound(in: text) == isFound)
        #expect(WordPattern(pattern).text == pattern)
    }

    @Test func `a word stays known when its last text goes, and finds nothing`() async throws {
        var story = Story()
        try Self.entry(1, "mug", &story)
        let asset = try Story.digest(1)
        story.tell(.tagged(.init(assets: [asset], tags: ["porcelain"])))
        story.tell(.untagged(.init(assets: [asset], tags: ["porcelain"])))
        let catalog = try await story.catalog()
        #expect(try await catalog.search(SearchQuery(parsing: "porc*")).isEmpty)
        #expect(try await catalog.search(SearchQuery(parsing: "*celai*")).isEmpty)
        #expect(try await catalog.isSearchIndexSound() == true)
        try catalog.close()
    }
}
