import AssetCatalog
import AssetModel
import Testing

/// What a condition finds, compared with looking at every picture.
struct SearchTests {
    /// One picture, as the test knows it.
    struct Picture {
        let number: Int
        let words: [String]
        let seed: UInt64
        let size: PixelSize
        let format: ImageFormat
        let tag: String?
        let rating: Int
    }

    static let vocabulary = ["mug", "marble", "red", "blue", "cat", "mugs", "märble", "teapot"]

    static func pictures(_ random: inout some RandomNumberGenerator) throws -> [Picture] {
        try (1...60).map { number in
            let words = (0..<Int.random(in: 1...4, using: &random)).map { _ in
                vocabulary.randomElement(using: &random) ?? ""
            }
            let size = try #require(
                PixelSize(
                    width: Int.random(in: 1...3, using: &random) * 512,
                    height: Int.random(in: 1...3, using: &random) * 512))
            return Picture(
                number: number, words: words, seed: [1, 2, 3, 1 << 63, .max].randomElement(using: &random) ?? 1,
                size: size,
                format: [.png, .jpeg].randomElement(using: &random) ?? .png,
                tag: ["white", "kept", nil].randomElement(using: &random) ?? nil,
                rating: max(0, Int.random(in: -3...5, using: &random)))
        }
    }

    static func catalog(_ pictures: [Picture]) async throws -> Catalog {
        var story = Story()
        for picture in pictures {
            let id = Run.ID(random: (UInt64(picture.number), 1))
            let asset = try Story.digest(UInt8(picture.number))
            story.tell(
                .planned(
                    .init(
                        generation: id, model: "fal-ai/flux/dev", prompt: picture.words.joined(separator: " "),
                        parameters: .object(["seed": .seed(picture.seed)]), references: try ReferenceSet([]),
                        size: picture.size, host: RemoteHost("h"))))
            let facts = ImageFacts(
                format: picture.format, storedSize: picture.size, orientation: .upright, hasAlpha: false, bitDepth: 8,
                frameCount: 1, byteCount: 100)
            let made = Run.Output(asset: asset, facts: facts, isFlagged: nil, url: "https://f/\(picture.number)")
            story.tell(
                .finished(.init(generation: id, outputs: [made], response: .object(["seed": .seed(picture.seed)]))))
            if picture.rating > 0 {
                story.tell(.marked(.init(.rating, assets: [asset], value: .number(picture.rating), was: [nil])))
            }
            if let tag = picture.tag { story.tell(.tagged(.init(assets: [asset], tags: [tag]))) }
        }
        return try await story.catalog()
    }

    static func condition(_ random: inout some RandomNumberGenerator, depth: Int) -> SearchCondition {
        switch Int.random(in: -1..<(depth > 0 ? 12 : 7), using: &random) {
        case -1:
            return .term(
                [.rating(.atLeast(4)), .rating(.atMost(2)), .has(.rating)].randomElement(using: &random) ?? .has(.tag))
        case 0, 1, 2:
            let word = vocabulary.randomElement(using: &random) ?? ""
            return .term(.text([word], isPrefix: Bool.random(using: &random)))
        case 3:
            let seeds: [UInt64] = [1, 2, 1 << 63, .max].shuffled(using: &random)
            return .term(.seed(min(seeds[0], seeds[1])...max(seeds[0], seeds[1])))
        case 4:
            return .term(
                [.shape(.portrait), .shape(.square), .format(.png)].randomElement(using: &random) ?? .has(.tag))
        case 5:
            return .term(
                [.tag("WHITE"), .has(.tag), .width(.atLeast(1024))].randomElement(using: &random) ?? .has(.tag))
        case 6: return .term(.text(["red", "mug"]))
        case 7: return .not(condition(&random, depth: depth - 1))
        case 8, 9:
            return .any((0..<Int.random(in: 1...3, using: &random)).map { _ in condition(&random, depth: depth - 1) })
        default:
            return .all((0..<Int.random(in: 1...3, using: &random)).map { _ in condition(&random, depth: depth - 1) })
        }
    }

    private static func holds(_ condition: SearchCondition, _ picture: Picture) -> Bool {
        switch condition {
        case .all(let parts): parts.allSatisfy { holds($0, picture) }
        case .any(let parts): parts.contains { holds($0, picture) }
        case .not(let part): !holds(part, picture)
        case .term(.text(let words, let isPrefix)): contains(picture.words.map(plain), words.map(plain), isPrefix)
        case .term(.seed(let range)): range.contains(picture.seed)
        case .term(.shape(.portrait)): picture.size.height > picture.size.width
        case .term(.shape): picture.size.height == picture.size.width
        case .term(.format(let format)): picture.format == format
        case .term(.tag(let tag)): picture.tag == tag.lowercased()
        case .term(.has(.rating)): picture.rating > 0
        case .term(.rating(.atLeast(let least))): picture.rating >= Int(least)
        case .term(.rating(.atMost(let most))): picture.rating <= Int(most)
        case .term(.has): picture.tag != nil
        case .term(.width(.atLeast(let width))): picture.size.width >= Int(width)
        case .term: false
        }
    }

    private static func plain(_ word: String) -> String { word.replacing("ä", with: "a") }

    private static func contains(_ text: [String], _ words: [String], _ isPrefix: Bool) -> Bool {
        guard text.count >= words.count else { return false }
        return (0...(text.count - words.count)).contains { start in
            zip(text[start...], words).enumerated().allSatisfy { index, pair in
                isPrefix && index == words.count - 1 ? pair.0.hasPrefix(pair.1) : pair.0 == pair.1
            }
        }
    }

    @Test func `every condition finds what it holds for, newest first, and none else`() async throws {
        var random = SystemRandomNumberGenerator()
        let pictures = try Self.pictures(&random)
        let catalog = try await Self.catalog(pictures)
        for _ in 0..<500 {
            let condition = Self.condition(&random, depth: 3).normalized
            let found = try await catalog.search(SearchQuery(condition), limit: 100).map { Int($0.asset.bytes[0]) }
            let expected = pictures.reversed().filter { Self.holds(condition, $0) }.map(\.number)
            #expect(found == expected, "\(SearchQuery(condition))")
        }
    }

    /// What an order sorts by, and then: nil where only the brute force of the other orders is compared.
    private static func isBefore(_ order: SearchQuery.Order, _ left: Picture, _ right: Picture) -> Bool? {
        switch order {
        case .newestFirst, .set: left.number > right.number
        case .oldestFirst: left.number < right.number
        case .bestFirst: (left.rating, left.number) > (right.rating, right.number)
        case .worstFirst: (-left.rating, left.number) > (-right.rating, right.number)
        case .seed: (left.seed, left.number) < (right.seed, right.number)
        case .seedDescending: (left.seed, left.number) > (right.seed, right.number)
        case .largestFirst: (left.size.pixelCount, left.number) > (right.size.pixelCount, right.number)
        case .smallestFirst: (left.size.pixelCount, left.number) < (right.size.pixelCount, right.number)
        case .relevance, .random: nil
        }
    }

    @Test func `every order finds the same pictures, sorted, page by page, and counts them`() async throws {
        var random = SystemRandomNumberGenerator()
        let pictures = try Self.pictures(&random)
        let catalog = try await Self.catalog(pictures)
        for _ in 0..<300 {
            let condition = Self.condition(&random, depth: 2).normalized
            let order = SearchQuery.Order.allCases.randomElement(using: &random) ?? .random
            let query = SearchQuery(condition, order: order)
            let expected = pictures.filter { Self.holds(condition, $0) }
            let size = Int.random(in: 1...20, using: &random)
            var (found, last): ([Int], SearchCursor?) = ([], nil)
            while true {
                let page = try await catalog.search(query, limit: size, after: last, randomSeed: random.next())
                found += page.map { Int($0.asset.bytes[0]) }
                last = page.last?.cursor
                if page.count < size { break }
            }
            if order == .relevance || order == .random {
                #expect(found.sorted() == expected.map(\.number), "\(query)")
            } else {
                let sorted = expected.sorted { Self.isBefore(order, $0, $1) ?? false }
                #expect(found == sorted.map(\.number), "\(query)")
            }
            #expect(try await catalog.count(query) == expected.count)
            let facets = try await catalog.facets(of: query)
            #expect(facets.count == expected.count)
            #expect(facets.tags.map(\.count).reduce(0, +) == expected.count { $0.tag != nil })
            #expect(facets.ratings.map(\.count).reduce(0, +) == expected.count)
            #expect(facets.seedCount == Set(expected.map(\.seed)).count)
        }
    }

    @Test func `pages follow each other in every order, and a limit ends them`() async throws {
        var random = SystemRandomNumberGenerator()
        let catalog = try await Self.catalog(try Self.pictures(&random))
        for order in SearchQuery.Order.allCases {
            let query = SearchQuery(order: order)
            let all = try await catalog.search(query, limit: 100).map(\.cursor)
            #expect(all.count == 60)
            let items = all.map(\.item)
            #expect(Set(items).count == 60)
            if order == .newestFirst { #expect(items == items.sorted(by: >)) }
            if order == .oldestFirst { #expect(items == items.sorted()) }
            var paged: [SearchCursor] = []
            while true {
                let page = try await catalog.search(query, limit: 7, after: paged.last).map(\.cursor)
                if page.isEmpty { break }
                paged += page
            }
            #expect(paged == all)
            #expect(try await catalog.search(SearchQuery(order: order, limit: 5), limit: 100).count == 5)
        }
    }

    @Test(
        arguments: [
            ("ref:01", 1), ("ref:0101", 1), ("ref:ff", 0), ("model:DEV", 0), ("model:hidream", 2), ("path:PICTURES", 1),
            ("generator:comfy", 0), ("set:mugs", 1), ("-set:mugs", 2), ("size:640x480", 1), ("mp:>0.5", 2),
            ("ratio:4:3", 1),
            ("has:set", 1), ("has:recipe", 2), ("has:prompt", 2), ("has:note", 0), ("date:2026-01-01", 3),
            ("before:2026", 0),
            ("kind:reference OR seed:7", 2), ("nsfw:no", 2), ("drift:any", 2), ("is:animated", 0), ("height:480", 3),
        ])
    func `each field asks what it says`(text: String, count: Int) async throws {
        var story = Story()
        try story.importing(1, as: "/Pictures/mug.png")
        story.tell(.setExtended(.init(set: "mugs", assets: [try Story.digest(1)])))
        let (first, second) = (Run.ID(random: (1, 2)), Run.ID(random: (3, 4)))
        try story.generating(first, prompt: "a mug", seed: 7, references: [1], output: 9, until: .finished)
        try story.generating(second, prompt: "a cat", seed: 8, references: [9], output: 10, until: .finished)
        let catalog = try await story.catalog()
        #expect(try await catalog.search(SearchQuery(parsing: text)).count == count)
        if text == "ref:01" {
            #expect(try await catalog.search(SearchQuery(parsing: "ref:\(first)")).map(\.generation) == [second])
        }
    }
}
