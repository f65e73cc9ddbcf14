import AssetCatalog
import AssetModel
import Testing

/// No field and no order reads a large table from end to end.
struct QueryPlanTests {
    /// What has one row or more for each picture or run.
    private static let large = [
        "searchItem", "item", "generation", "asset", "blob", "assetTag", "setMember", "generationInput",
        "generationOutput", "made",
        "register", "drift", "recipeSeed",
    ]

    /// Lines of a plan that read a large table without an index.
    private static func scans(_ text: String) async throws -> [String] {
        var story = Story()
        try story.importing(1, as: "/Pictures/mug.png")
        story.tell(.setExtended(.init(set: "mugs", assets: [try Story.digest(1)])))
        story.tell(.tagged(.init(assets: [try Story.digest(1)], tags: ["white"])))
        try story.generating(
            Run.ID(random: (1, 2)), prompt: "a mug", seed: 7, references: [1], output: 9, until: .finished)
        let catalog = try await story.catalog()
        return try await catalog.queryPlan(of: SearchQuery(parsing: text)).filter { line in
            let words = line.split(separator: " ")
            return words.first == "SCAN" && words.count > 1 && large.contains(String(words[1]))
                && !line.contains("INDEX")
        }
    }

    @Test(
        arguments: [
            "mug", "\"a mug\"", "mu*", "mug OR marble", "seed:7", "seed:1..20", "size:640x480", "mp:>2",
            "kind:reference",
            "model:hidream", "generator:comfy", "tag:white", "set:mugs", "ref:01", "path:pictures", "has:tag",
            "has:set",
            "has:rating", "rating:5", "rating:>=3", "is:favourite", "is:trashed", "drift:any", "drift:size",
            "note:word",
            "tag:white OR seed:7", "mug tag:white", "mug kind:generated", "mug -red", "mug is:portrait",
            "mug after:2026-03",
            "mug sort:relevance", "mug OR marble sort:relevance", "mug sort:rating", "mug sort:-seed", "mug sort:size",
            "mug sort:random",
        ])
    func `what words or an index can list is found without reading a table through`(text: String) async throws {
        #expect(try await Self.scans(text) == [])
    }

    @Test(
        arguments: [
            "", "width:>100", "height:480", "ratio:4:3", "is:portrait", "is:animated", "is:transparent", "format:png",
            "kind:generated",
            "has:recipe", "has:prompt", "has:seed", "has:note", "nsfw:yes", "rating:0", "fav:no", "-mug",
            "after:2026-01-01",
            "sort:created", "sort:rating", "sort:-rating", "sort:random",
        ])
    func `what holds for many walks through the items and no other table`(text: String) async throws {
        for line in try await Self.scans(text) { #expect(line == "SCAN searchItem") }
    }

    @Test(arguments: ["sort:seed", "sort:-seed", "sort:size", "sort:-size"])
    func `by seed and by size an index gives the order`(text: String) async throws {
        var story = Story()
        try story.importing(1, as: "/mug.png")
        let plan = try await story.catalog().queryPlan(of: SearchQuery(parsing: text))
        #expect(plan.contains { $0.contains("searchItemBySeed") || $0.contains("searchItemBySize") })
        #expect(!plan.contains { $0.contains("TEMP B-TREE FOR ORDER BY") })
    }
}
