import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

struct SmartSetTests {
    private static func found(_ query: String, _ library: Library) async throws -> [ContentDigest] {
        try await library.search(SearchQuery(parsing: query), limit: 100).map(\.asset)
    }

    @Test func `a smart set holds what its query finds now, wherever a set stands`() async throws {
        try await SetStory.with(4, in: nil) { library, assets in
            try await library.tag([assets[0], assets[2]], with: ["white"])
            let set = try await library.createSmartSet("best", query: "tag:white  sort:created")
            #expect(set.query == "tag:white  sort:created" && set.isSmart)
            #expect(set.members == [assets[0], assets[2]] && set.cover == assets[0])
            try await library.tag([assets[3]], with: ["white"])
            let now = [assets[0], assets[2], assets[3]]
            #expect(try await library.set(named: "BEST").members == now)
            #expect(try await library.assets(named: ["@best"]) == now)
            #expect(try await library.pictures(named: ["@best"]).map(\.asset) == now)
            #expect(try await library.sets().map(\.members) == [now])
            #expect(try await Set(Self.found("@best", library)) == Set(now))
            #expect(try await Self.found("-set:best", library) == [assets[1]])
            #expect(try await Set(Self.found("@best OR p2", library)) == Set(assets))
            #expect(try await Self.found("@best p3", library) == [assets[2]])
        }
    }

    @Test func `a query's order and limit count`() async throws {
        try await SetStory.with(5, in: nil) { library, assets in
            try await library.createSmartSet("newest", query: "png limit:2")
            try await library.createSmartSet("oldest", query: "png sort:created limit:2")
            #expect(try await library.set(named: "newest").members == [assets[4], assets[3]])
            #expect(try await library.set(named: "oldest").members == [assets[0], assets[1]])
            // As a term it is those two, whatever else is asked for.
            #expect(try await Self.found("@newest sort:created", library) == [assets[3], assets[4]])
            #expect(try await Self.found("-@newest -@oldest", library) == [assets[2]])
            #expect(try await Self.found("@newest p1", library) == [])
        }
    }

    @Test func `smart sets lie in each other, never in themselves`() async throws {
        try await SetStory.with(3) { library, assets in
            try await library.createSmartSet("a", query: "@mugs -p1")
            try await library.createSmartSet("b", query: "@a OR p1 sort:created")
            #expect(try await library.set(named: "b").members == assets)
            for query in ["@a", "p1 OR -(@b p2)", "set:A"] {
                let error = await #expect(throws: LibraryError.self) {
                    try await library.editSmartSet("a", query: query)
                }
                #expect(error?.code == "set_inside_itself" && error?.remedy == .editSet("a"), "\(query)")
            }
            let error = await #expect(throws: LibraryError.self) {
                try await library.createSmartSet("self", query: "mug @self")
            }
            #expect(error?.message == "@self: a smart set inside itself (@self → @self)")
            #expect(try await library.sets().count == 3)
        }
    }

    @Test func `a circle that two machines made is an error, and never a loop`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let mug = try folders.picture("mug", 1)
            try await folders.with("desk") { library in
                _ = try await library.importFiles([mug])
                try await library.createSmartSet("a", query: "mug")
                try await library.createSmartSet("b", query: "mug")
            }
            try await folders.copy("desk", to: "laptop")
            _ = try await folders.with("desk") { try await $0.editSmartSet("a", query: "@b") }
            _ = try await folders.with("laptop") { try await $0.editSmartSet("b", query: "@a") }
            try folders.bring("laptop", to: "desk")
            try await folders.with("desk") { library in
                for sets in [try await library.sets(), [try await library.set(named: "a")]] {
                    #expect(sets.allSatisfy { $0.members.isEmpty && $0.problem?.contains("inside itself") == true })
                }
                for word in ["@a", "@b"] {
                    let named = await #expect(throws: LibraryError.self) { try await library.assets(named: [word]) }
                    #expect(named?.code == "set_inside_itself")
                    let found = await #expect(throws: LibraryError.self) { try await Self.found(word, library) }
                    #expect(found?.code == "set_inside_itself")
                }
                try await library.editSmartSet("b", query: "mug")
                #expect(try await library.set(named: "a").members.count == 1)
            }
            try await SetStory.expectSame(folders, "desk")
        }
    }

    @Test func `a set that is gone holds nothing, and says so`() async throws {
        try await SetStory.with(2) { library, assets in
            try await library.createSmartSet("best", query: "p1 OR @mugs")
            try await library.createSmartSet("rest", query: "png -@best")
            #expect(try await library.set(named: "best").problem == nil)
            try await library.deleteSet("mugs")
            let best = try await library.set(named: "best")
            #expect(best.members == [assets[0]])
            #expect(best.problem == "@best: its query names @mugs, and there is no such set")
            #expect(try await library.set(named: "rest").problem?.contains("@mugs") == true)
            #expect(try await library.missingSets(in: SearchQuery(parsing: "@rest @none")) == ["mugs", "none"])
            let error = await #expect(throws: LibraryError.self) { try await library.assets(named: ["@best"]) }
            #expect(error?.code == "unknown_set" && error?.remedy == .editSet("best"))
            #expect(try await Self.found("@gone", library) == [])
            #expect(try await Self.found("-@gone", library).count == 2)
        }
    }

    @Test func `a smart set is not changed by hand, and can be frozen`() async throws {
        try await SetStory.with(3, in: nil) { library, assets in
            try await library.createSmartSet("best", query: "png sort:created")
            let changes: [(Library) async throws -> NamedSet] = [
                { try await $0.addToSet("best", assets) }, { try await $0.removeFromSet("best", assets) },
                { try await $0.moveInSet("best", assets, to: .first) }, { try await $0.sortSet("best", by: .name) },
                { try await $0.setRole("style", of: assets, in: "best") },
            ]
            for change in changes {
                let error = await #expect(throws: LibraryError.self) { try await change(library) }
                #expect(error?.code == "smart_set" && error?.remedy == .freezeSet("best"))
            }
            let imported = await #expect(throws: LibraryError.self) {
                try await library.importFiles([Fixtures.path("images/demo/cat.jpg")], set: "best")
            }
            #expect(imported?.code == "smart_set")
            #expect(try await library.statistics().assetCount == 3)

            let frozen = try await library.freezeSet("best", as: "kept")
            #expect(frozen.members == assets && !frozen.isSmart)
            #expect(try await library.set(named: "best").isSmart)
            try await library.setCover(assets[1], of: "best")
            let set = try await library.freezeSet("best")
            #expect(set.members == assets && !set.isSmart && set.cover == assets[1])
            try await library.removeFromSet("best", [assets[0]])
            #expect(try await library.set(named: "best").members == [assets[1], assets[2]])
            let error = await #expect(throws: LibraryError.self) { try await library.freezeSet("best") }
            #expect(error?.code == "not_smart")
            let edit = await #expect(throws: LibraryError.self) { try await library.editSmartSet("best", query: "x") }
            #expect(edit?.code == "not_smart")
        }
    }

    @Test func `a query that would select everything or nothing makes no set`() async throws {
        let long = String(repeating: "a ", count: 5_001)
        let queries: [(String, String)] = [
            ("", "empty_query"), ("  ", "empty_query"), ("sort:created", "empty_query"), ("!!!", "empty_query"),
            (long, "query_too_long"),
        ]
        try await SetStory.with(1) { library, _ in
            for (query, code) in queries {
                let error = await #expect(throws: LibraryError.self) {
                    try await library.createSmartSet("all", query: query)
                }
                #expect(error?.code == code)
            }
            let newest = try await library.createSmartSet("newest", query: "limit:1")
            let sets = try await library.sets()
            #expect(newest.members.count == 1 && sets.map(\.name) == ["mugs", "newest"])
        }
    }

    @Test func `smart sets that name each other twice do not grow without end`() async throws {
        try await SetStory.with(1) { library, _ in
            try await library.createSmartSet("s0", query: "p1 OR p2")
            for level in 1...12 {
                try await library.createSmartSet("s\(level)", query: "(@s\(level - 1) a\(level)) OR -@s\(level - 1)")
            }
            #expect(try await library.set(named: "s12").problem?.contains("more than 1000 terms") == true)
            let error = await #expect(throws: LibraryError.self) { try await library.assets(named: ["@s12"]) }
            #expect(error?.code == "query_too_long")
            try await library.createSmartSet("t0", query: "p1")
            for level in 1...15 { try await library.createSmartSet("t\(level)", query: "@t\(level - 1)") }
            #expect(try await library.set(named: "t15").members.count == 1)
            let deep = await #expect(throws: LibraryError.self) {
                try await library.createSmartSet("t16", query: "@t15")
            }
            #expect(deep?.code == "sets_too_deep")
        }
    }

    @Test func `a run keeps the references that it used, whatever happens to the set`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let paths = ["mug.png", "cat.jpg", "marble.webp"].map { Fixtures.path("images/demo/\($0)") }
            let assets = try await library.importFiles(paths, set: "mugs").assets
            try await library.createSmartSet("smart", query: "kind:reference sort:created")
            var runs: [Run.ID] = []
            for (seed, name) in ["@mugs", "@smart"].enumerated() {
                var request = RunRequest(model: EditModels.defaultForEdits, prompt: "a mug \(name)")
                request.references = try await library.pictures(named: [name])
                request.seed = UInt64(seed)
                runs.append(try await session.run(try await session.plan(request)).run.id)
            }
            try await library.moveInSet("mugs", [assets[2]], to: .first)
            try await library.removeFromSet("mugs", [assets[0]])
            try await library.renameSet("mugs", to: "cups")
            try await library.editSmartSet("smart", query: "cat")
            try await library.deleteSet("cups")
            try await library.freezeSet("smart")
            for run in runs { #expect(try await library.run(run)?.references.members == assets) }
            _ = try await library.rebuild()
            for run in runs { #expect(try await library.run(run)?.references.members == assets) }
        }
    }
}
