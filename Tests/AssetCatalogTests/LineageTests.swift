import AssetCatalog
import AssetModel
import Testing

/// The graph around a picture or run, from small stories.
struct LineageTests {
    private static func digest(_ number: Int) throws -> ContentDigest {
        let bytes = withUnsafeBytes(of: UInt64(number).bigEndian, Array.init)
        return try ContentDigest(bytes: bytes + [UInt8](repeating: 7, count: 24))
    }

    private static func run(_ number: Int) -> Run.ID { Run.ID(random: (5, UInt64(number))) }

    /// A finished run from some pictures to others.
    private static func making(_ story: inout Story, _ number: Int, from: [Int], to: [Int]) throws {
        let size = try #require(PixelSize(width: 640, height: 480))
        story.tell(
            .planned(
                .init(
                    generation: run(number), model: "fal-ai/m", prompt: "number \(number)",
                    parameters: .object(["seed": .seed(UInt64(number))]),
                    references: try ReferenceSet(try from.map(digest)), size: size, host: RemoteHost("h"))))
        story.tell(
            .finished(
                .init(
                    generation: run(number),
                    outputs: try to.map {
                        Run.Output(
                            asset: try digest($0), facts: try Story.facts(), isFlagged: nil, url: "https://f/\($0)")
                    }, response: .object(["seed": .seed(UInt64(number))]))))
    }

    private static func importing(_ story: inout Story, _ number: Int) throws {
        story.tell(.imported(.init(asset: try digest(number), facts: try Story.facts(), path: "/p/\(number).png")))
    }

    @Test func `up are the makers and their references, down the users and what they made`() async throws {
        var story = Story()
        try Self.importing(&story, 1)
        try Self.importing(&story, 2)
        try Self.making(&story, 1, from: [2, 1], to: [3, 4])
        try Self.making(&story, 2, from: [4], to: [5])
        try Self.making(&story, 3, from: [1, 4], to: [6])
        let catalog = try await story.catalog()
        let root = Lineage.Subject.asset(try Self.digest(4))
        let lineage = try #require(try await catalog.lineage(of: root, Lineage.Extent()))
        #expect(lineage.up[root]?.links.map(\.run) == [Self.run(1)])
        #expect(lineage.up[.run(Self.run(1))]?.links.map(\.asset) == [try Self.digest(2), try Self.digest(1)])
        #expect(lineage.up[.asset(try Self.digest(1))] == nil)
        #expect(lineage.down[root]?.links.map(\.run) == [Self.run(3), Self.run(2)])
        #expect(lineage.down[.run(Self.run(2))]?.links.map(\.asset) == [try Self.digest(5)])
        #expect(lineage.steps[Self.run(1)]?.outputCount == 2 && lineage.steps[Self.run(1)]?.referenceCount == 2)
        #expect(lineage.steps[Self.run(3)]?.seed == 3)
        #expect(lineage.pictures[try Self.digest(1)]?.name == "1.png")
        #expect(lineage.omittedCount == 0)
        // The other output of the maker is not on the way.
        #expect(lineage.pictures[try Self.digest(3)] == nil)
        let ofRun = try #require(try await catalog.lineage(of: .run(Self.run(1)), Lineage.Extent(depth: 1)))
        #expect(ofRun.up[.run(Self.run(1))]?.links.count == 2)
        #expect(ofRun.down[.asset(try Self.digest(4))] == .init(links: [], omitted: 2))
        #expect(try await catalog.lineage(of: .run(Self.run(99)), Lineage.Extent()) == nil)
        #expect(try await catalog.lineage(of: .asset(try Self.digest(99)), Lineage.Extent()) == nil)
    }

    @Test func `a cycle ends, and the same bytes from two runs are one picture`() async throws {
        var story = Story()
        try Self.importing(&story, 1)
        // 2 from 1, 1 from 2, 2 again from 2 itself.
        try Self.making(&story, 1, from: [1], to: [2])
        try Self.making(&story, 2, from: [2], to: [1])
        try Self.making(&story, 3, from: [2], to: [2])
        let catalog = try await story.catalog()
        let lineage = try #require(
            try await catalog.lineage(of: .asset(try Self.digest(2)), Lineage.Extent(depth: .max)))
        #expect(lineage.pictures.count == 2 && lineage.steps.count == 3)
        #expect(lineage.up[.asset(try Self.digest(2))]?.links.map(\.run) == [Self.run(1), Self.run(3)])
        #expect(lineage.links.count == 6)
    }

    @Test func `1,000 generations deep are walked to their end, and 10,000 branches are cut and counted`() async throws
    {
        var story = Story()
        try Self.importing(&story, 0)
        for number in 1...1000 { try Self.making(&story, number, from: [number - 1], to: [number]) }
        for number in 1001...11_000 { try Self.making(&story, number, from: [500], to: [number]) }
        let catalog = try await story.catalog()
        var lineage = try await catalog.lineage(of: .asset(try Self.digest(1000)), Lineage.Extent(depth: 1000))
        #expect(lineage?.pictures.count == 1001 && lineage?.steps.count == 1000)
        lineage = try await catalog.lineage(of: .asset(try Self.digest(500)), Lineage.Extent())
        let branches = try #require(lineage?.down[.asset(try Self.digest(500))])
        #expect(branches.links.count == 20 && branches.omitted == 9981)
        #expect(branches.links.first?.run == Self.run(11_000))
        lineage = try await catalog.lineage(of: .asset(try Self.digest(500)), Lineage.Extent(width: 10_001))
        #expect(lineage?.down[.asset(try Self.digest(500))]?.links.count == 10_001)
    }

    @Test func `nothing is looked at beyond the depth, but it is counted`() async throws {
        var story = Story()
        try Self.importing(&story, 0)
        for number in 1...5 { try Self.making(&story, number, from: [number - 1], to: [number]) }
        let catalog = try await story.catalog()
        for depth in 0...5 {
            let lineage = try #require(
                try await catalog.lineage(of: .asset(try Self.digest(0)), Lineage.Extent(depth: depth)))
            #expect(lineage.steps.count == depth && lineage.omittedCount == (depth < 5 ? 1 : 0))
        }
    }

    /// A run of a random story.
    private struct Made {
        let number: Int
        let from: [Int]
        let to: [Int]
    }

    /// What a search finds by a picture's relatives, found by walking through all runs again and again.
    private static func expected(_ field: String, _ pictures: Set<Int>, _ makers: [Made], _ runs: [Made]) -> (
        runs: Set<Int>, pictures: Set<Int>
    ) {
        switch field {
        case "parent", "ref":
            return (Set(runs.filter { !pictures.isDisjoint(with: $0.from) }.map(\.number)), [])
        case "child": return ([], Set(makers.flatMap(\.from)))
        case "ancestor":
            var found = Set(runs.filter { !pictures.isDisjoint(with: $0.from) }.map(\.number))
            while true {
                let made = Set(runs.filter { found.contains($0.number) }.flatMap(\.to))
                let more = found.union(runs.filter { !made.isDisjoint(with: $0.from) }.map(\.number))
                if more == found { return (found, []) }
                found = more
            }
        default:
            var found = Set(makers.flatMap(\.from))
            while true {
                let more = found.union(runs.filter { !found.isDisjoint(with: $0.to) }.flatMap(\.from))
                if more == found { return ([], found) }
                found = more
            }
        }
    }

    @Test func `parents, children, ancestors and descendants are those of a walk through all runs`() async throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20 {
            var story = Story()
            // Few pictures and many runs: cycles, and the same bytes from several runs.
            let runs = (1...12).map { number in
                Made(
                    number: number,
                    from: (0..<Int.random(in: 0...3, using: &random)).map { _ in Int.random(in: 0..<10, using: &random)
                    }
                    .uniqued(),
                    to: (0..<Int.random(in: 0...2, using: &random)).map { _ in Int.random(in: 0..<10, using: &random) })
            }
            for number in 0..<5 { try Self.importing(&story, number) }
            for run in runs { try Self.making(&story, run.number, from: run.from, to: run.to) }
            let catalog = try await story.catalog()
            let all = try await catalog.search(SearchQuery(), limit: 1000)
            let numbers = try Dictionary(uniqueKeysWithValues: (0..<10).map { (try Self.digest($0), $0) })
            func check(_ field: String, _ id: String, _ pictures: Set<Int>, _ makers: [Made]) async throws {
                let expected = Self.expected(field, pictures, makers, runs)
                let runIDs = Set(expected.runs.map(Self.run))
                let hits = try await catalog.search(SearchQuery(parsing: "\(field):\(id)"), limit: 1000)
                let wanted = all.filter { hit in
                    hit.generation.map(runIDs.contains) == true
                        || numbers[hit.asset].map(expected.pictures.contains) == true
                }
                #expect(hits.map(\.id) == wanted.map(\.id), "\(field):\(id)")
            }
            for field in ["parent", "ref", "child", "ancestor", "descendant"] {
                for picture in 0..<10 {
                    let makers = runs.filter { $0.to.contains(picture) }
                    try await check(field, try Self.digest(picture).hex, [picture], makers)
                }
                for run in runs {
                    try await check(field, Self.run(run.number).text, Set(run.to), [run])
                    for (place, picture) in run.to.enumerated() {
                        let makers = runs.filter { $0.to.contains(picture) }
                        try await check(field, "\(Self.run(run.number))/\(place + 1)", [picture], makers)
                    }
                }
            }
            // A lineage without bounds has what the search has, and the thing itself.
            for picture in 0..<10 {
                let extent = Lineage.Extent(depth: 1000, width: 1000)
                guard let lineage = try await catalog.lineage(of: .asset(try Self.digest(picture)), extent) else {
                    continue
                }
                let makers = runs.filter { $0.to.contains(picture) }
                let later = Self.expected("ancestor", [picture], makers, runs).runs
                let earlier = Self.expected("descendant", [picture], makers, runs).pictures
                let below = Set(lineage.down.keys.compactMap { if case .run(let id) = $0 { id } else { nil } })
                #expect(below.isSubset(of: Set(later.map(Self.run))))
                #expect(Set(lineage.steps.keys).isSuperset(of: later.map(Self.run)))
                #expect(Set(lineage.pictures.keys).isSuperset(of: try earlier.map(Self.digest)))
            }
        }
    }
}

extension Array where Element: Hashable {
    fileprivate func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
