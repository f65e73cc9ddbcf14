import AssetModel
import AssetStore
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

struct SetTests {
    @Test(
        arguments: [
            ([4], .first, [4, 1, 2, 3, 5]), ([1, 2], .last, [3, 4, 5, 1, 2]), ([5, 1], .first, [5, 1, 2, 3, 4]),
            ([5], .before(2), [1, 5, 2, 3, 4]), ([1, 2], .after(4), [3, 4, 1, 2, 5]),
            ([3], .number(1), [3, 1, 2, 4, 5]),
            ([1], .number(5), [2, 3, 4, 5, 1]), ([5], .number(2), [1, 5, 2, 3, 4]),
            ([1, 2], .number(5), [3, 4, 5, 1, 2]),
            ([2], .number(2), [1, 2, 3, 4, 5]), ([2, 2, 4], .first, [2, 4, 1, 3, 5]),
        ] as [([Int], Place, [Int])])
    func `members move beside each other, and the others keep their order`(
        moved: [Int], place: Place, expected: [Int]
    ) async throws {
        try await SetStory.with(5) { library, assets in
            let asset = { (number: Int) in assets[number - 1] }
            let set = try await library.moveInSet("mugs", moved.map(asset), to: place.place(asset))
            #expect(set.members == expected.map(asset))
        }
    }

    /// Where members go, by number.
    enum Place: Sendable {
        case first, last
        case before(Int)
        case after(Int)
        case number(Int)

        func place(_ asset: (Int) -> ContentDigest) -> SetPlace {
            switch self {
            case .first: .first
            case .last: .last
            case .before(let number): .before(asset(number))
            case .after(let number): .after(asset(number))
            case .number(let number): .number(number)
            }
        }
    }

    @Test func `a move that cannot be says why, and writes nothing`() async throws {
        try await SetStory.with(3) { library, assets in
            let other = try await library.importFiles([Fixtures.path("images/demo/cat.jpg")]).assets
            let lines = try SetStory.lineCount(library)
            let cases: [([ContentDigest], SetPlace, String)] = [
                (assets, .number(0), "no_such_place"), ([assets[0]], .number(4), "no_such_place"),
                (other, .first, "not_a_member"), ([assets[0]], .before(other[0]), "not_a_member"),
                ([assets[0]], .before(assets[0]), "moved_beside_itself"),
                ([assets[0], assets[1]], .after(assets[1]), "moved_beside_itself"),
            ]
            for (moved, place, code) in cases {
                let error = await #expect(throws: LibraryError.self) {
                    try await library.moveInSet("mugs", moved, to: place)
                }
                #expect(error?.code == code)
            }
            let error = await #expect(throws: LibraryError.self) {
                try await library.moveInSet("mugs", other + assets, to: .first)
            }
            #expect(error?.message == "\(other[0].short): not in @mugs")
            #expect(try SetStory.lineCount(library) == lines)
        }
    }

    @Test func `a set is renamed with its order, roles, cover and age, in one action`() async throws {
        try await SetStory.with(3, environment: TestLibrary.fixedEnvironment()) { library, assets in
            try await library.moveInSet("mugs", [assets[2]], to: .first)
            try await library.setRole("style", of: [assets[0]], in: "mugs")
            try await library.setCover(assets[1], of: "mugs")
            let before = try await library.set(named: "mugs")
            let after = try await library.renameSet("@mugs", to: "cups")
            #expect(after.name == "cups" && after.members == before.members && after.roles == [assets[0]: "style"])
            #expect(after.cover == assets[1] && after.createdAt == before.createdAt)
            #expect(try await library.sets().map(\.name) == ["cups"])
            #expect(try await library.asset(assets[0])?.sets == ["cups"])
            var actions: [EntryID: Int] = [:]
            try library.history.journal.read(after: []) { entries, _ in
                for entry in entries where entry.by == "set rename" { actions[entry.op, default: 0] += 1 }
            }
            #expect(actions.count == 1)

            // Only the case, and back.
            #expect(try await library.renameSet("cups", to: "Cups").members == before.members)
            let again = try await library.renameSet("CUPS", to: "cups")
            #expect(again.name == "cups" && again.roles == [assets[0]: "style"] && again.cover == assets[1])
            let lines = try SetStory.lineCount(library)
            try await library.renameSet("cups", to: "cups")
            #expect(try SetStory.lineCount(library) == lines)
        }
    }

    @Test func `a name that is taken, unknown or no name is an error`() async throws {
        try await SetStory.with(2) { library, assets in
            try await library.createSet("cats")
            try await library.createSmartSet("best", query: "mug")
            for name in ["cats", "Cats", "best", "BEST"] {
                let error = await #expect(throws: LibraryError.self) { try await library.renameSet("mugs", to: name) }
                #expect(error?.code == "name_taken")
                let copy = await #expect(throws: LibraryError.self) { try await library.duplicateSet("mugs", as: name) }
                #expect(copy?.code == "name_taken")
                let smart = await #expect(throws: LibraryError.self) {
                    try await library.createSmartSet(name, query: "cup")
                }
                #expect(smart?.code == "name_taken")
            }
            for name in [
                "", "a,b", "-x", "last", String(repeating: "x", count: 101), "@@x", "@x", " x", "x ", ".", "..",
            ] {
                let error = await #expect(throws: LibraryError.self) { try await library.renameSet("mugs", to: name) }
                #expect(error?.code == "bad_name", "\(name)")
            }
            let unknown = await #expect(throws: LibraryError.self) { try await library.renameSet("gone", to: "x") }
            #expect(unknown?.code == "unknown_set")
            #expect(try await library.set(named: "mugs").members == assets)
        }
    }

    @Test func `a copy is a set of its own`() async throws {
        try await SetStory.with(3) { library, assets in
            try await library.setRole("layout", of: [assets[1]], in: "mugs")
            try await library.setCover(assets[2], of: "mugs")
            let copy = try await library.duplicateSet("mugs", as: "mugs 2")
            #expect(copy.members == assets && copy.roles == [assets[1]: "layout"] && copy.cover == assets[2])
            try await library.removeFromSet("mugs 2", [assets[0]])
            try await library.setRole("", of: [assets[1]], in: "mugs 2")
            #expect(try await library.set(named: "mugs").members == assets)
            #expect(try await library.set(named: "mugs").roles == [assets[1]: "layout"])
        }
    }

    @Test func `a set is sorted by what is known of its members, the rest last in its order`() async throws {
        try await SetStory.with(12) { library, assets in
            try await library.sortSet("mugs", by: .random)
            // p2 stands before p10, as a person counts.
            #expect(try await library.sortSet("mugs", by: .name).members == assets)
            #expect(try await library.sortSet("mugs", by: .name, reversed: true).members == assets.reversed())
            // All are as large as each other, and none has a seed.
            let lines = try SetStory.lineCount(library)
            for order in [SetOrder.size, .seed, .rating] {
                #expect(try await library.sortSet("mugs", by: order).members == assets.reversed())
                #expect(try await library.sortSet("mugs", by: order, reversed: true).members == assets.reversed())
            }
            #expect(try SetStory.lineCount(library) == lines)
            #expect(try await library.sortSet("mugs", by: .created).members.count == 12)
            let small = try await library.importFiles([Fixtures.path("images/demo/cat.jpg")], set: "mugs").assets[0]
            let bySize = try await library.sortSet("mugs", by: .size).members
            #expect(bySize.first == small || bySize.last == small)
            #expect(try await library.sortSet("mugs", by: .size, reversed: true).members.first != bySize.first)
        }
    }

    @Test func `sets are united, intersected and subtracted in the order of the first`() async throws {
        try await SetStory.with(5, in: nil) { library, assets in
            try await library.addToSet("a", [assets[3], assets[1], assets[0]])
            try await library.addToSet("b", [assets[0], assets[4], assets[3]])
            #expect(
                try await library.uniteSets(["a", "b"], as: "all").members == [3, 1, 0, 4].map { assets[$0] })
            #expect(try await library.intersectSets(["a", "b"], as: "both").members == [3, 0].map { assets[$0] })
            #expect(try await library.subtractSets(["a", "b"], as: "rest").members == [assets[1]])
            #expect(try await library.intersectSets(["rest", "b"], as: "none").members == [])
            let error = await #expect(throws: LibraryError.self) {
                try await library.uniteSets(["a", "gone"], as: "new")
            }
            #expect(error?.code == "unknown_set")
            let taken = await #expect(throws: LibraryError.self) { try await library.uniteSets(["a", "b"], as: "ALL") }
            #expect(taken?.code == "name_taken")
        }
    }

    @Test func `roles and a cover belong to members, and a cover that left is not shown`() async throws {
        try await SetStory.with(3) { library, assets in
            #expect(try await library.set(named: "mugs").cover == assets[0])
            try await library.setCover(assets[2], of: "mugs")
            try await library.setRole("identity", of: [assets[1], assets[2]], in: "mugs")
            let set = try await library.setRole(" ", of: [assets[2]], in: "mugs")
            #expect(set.roles == [assets[1]: "identity"] && set.cover == assets[2])
            #expect(try await library.removeFromSet("mugs", [assets[2]]).cover == assets[0])
            let error = await #expect(throws: LibraryError.self) { try await library.setCover(assets[2], of: "mugs") }
            #expect(error?.code == "not_a_member")
            let role = await #expect(throws: LibraryError.self) {
                try await library.setRole("style", of: assets, in: "mugs")
            }
            #expect(role?.message == "\(assets[2].short): not in @mugs")
            let odd = await #expect(throws: LibraryError.self) {
                try await library.setRole("a,b", of: [assets[0]], in: "mugs")
            }
            #expect(odd?.code == "bad_role")
            try await library.setCover(nil, of: "mugs")
            #expect(try await library.addToSet("mugs", [assets[2]]).cover == assets[0])
        }
    }

    @Test func `a set made after a deletion knows nothing of the one before`() async throws {
        try await SetStory.with(2) { library, assets in
            try await library.setRole("style", of: assets, in: "mugs")
            try await library.setCover(assets[1], of: "mugs")
            try await library.deleteSet("mugs")
            let set = try await library.addToSet("mugs", assets)
            #expect(set.roles.isEmpty && set.cover == assets[0] && !set.isSmart)
            try await library.createSmartSet("best", query: "mug")
            try await library.deleteSet("best")
            #expect(try await library.createSet("best").query == nil)
        }
    }

    @Test func `members in the trash keep their places, and are neither counted nor used`() async throws {
        try await SetStory.with(5) { library, assets in
            try await library.setRole("style", of: [assets[1]], in: "mugs")
            try await library.setCover(assets[1], of: "mugs")
            try await library.trash([assets[1], assets[3]])
            let set = try await library.set(named: "mugs")
            #expect(set.members == [0, 2, 4].map { assets[$0] } && set.trashed == [assets[1], assets[3]])
            #expect(set.roles.isEmpty && set.cover == assets[0])
            #expect(try await library.assets(named: ["@mugs"]) == set.members)
            #expect(try await library.search(SearchQuery(parsing: "@mugs")).count == 3)
            // The second place is that of the third picture; what is in the trash goes with nothing.
            #expect(
                try await library.moveInSet("mugs", [assets[4]], to: .number(2)).members
                    == [0, 4, 2].map { assets[$0] })
            #expect(try await library.duplicateSet("mugs", as: "copy").trashed == [assets[1], assets[3]])
            try await library.renameSet("mugs", to: "cups")
            #expect(try await library.uniteSets(["cups", "copy"], as: "all").members.count == 3)
            try await library.restore([assets[1], assets[3]])
            let restored = try await library.set(named: "cups")
            #expect(restored.members == [0, 1, 4, 2, 3].map { assets[$0] })
            #expect(restored.roles == [assets[1]: "style"] && restored.cover == assets[1])
            try await library.trash(assets)
            let error = await #expect(throws: LibraryError.self) { try await library.assets(named: ["@cups"]) }
            #expect(error?.message == "@cups: all its images are in the trash")
            try await library.restore(assets)
        }
    }

    @Test func `stars put a set in order`() async throws {
        try await SetStory.with(4) { library, assets in
            try await library.rate([assets[0]], 2)
            try await library.rate([assets[2]], 5)
            try await library.rate([assets[3]], 2)
            let order = [0, 3, 2, 1].map { assets[$0] }
            #expect(try await library.sortSet("mugs", by: .rating).members == order)
            #expect(
                try await library.sortSet("mugs", by: .rating, reversed: true).members
                    == [2, 0, 3, 1].map { assets[$0] })
            try await library.createSmartSet("best", query: "rating:>=2 sort:created limit:2")
            #expect(try await library.set(named: "best").members == [assets[0], assets[2]])
        }
    }

    @Test func `two machines change one set at the same time`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let paths = try (1...3).map { try folders.picture("p\($0)", $0) }
            let assets = try await folders.with("desk") { try await $0.importFiles(paths, set: "mugs").assets }
            try await folders.copy("desk", to: "laptop")
            // The laptop gives the name to a query after the desk has renamed the set and made a new one of its name.
            let cup = try folders.picture("cup", 9)
            try await folders.with("desk") { library in
                try await library.renameSet("mugs", to: "cups")
                try await library.addToSet("best", [assets[0]])
            }
            try await folders.with("laptop") { library in
                _ = try await library.importFiles([cup], set: "mugs")
                try await library.createSmartSet("best", query: "p2")
            }
            try folders.bring("desk", to: "laptop")
            try folders.bring("laptop", to: "desk")
            let tables = try await folders.tables("desk")
            #expect(try await folders.tables("laptop") == tables)
            try await folders.with("laptop") { library in
                #expect(try await library.set(named: "cups").members == assets)
                // What was added to the old name later brings that name back, with this alone.
                #expect(try await library.set(named: "mugs").members.count == 1)
                let best = try await library.set(named: "best")
                #expect(best.members == [assets[1]] && best.covered == [assets[0]] && best.query == "p2")
                #expect(try await library.freezeSet("best").members == [assets[1], assets[0]])
            }
            for name in ["desk", "laptop"] { try await SetStory.expectSame(folders, name) }
        }
    }

    @Test func `many processes change one set, and nothing is lost`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let paths = try (1...8).map { try folders.picture("p\($0)", $0) }
            let assets = try await folders.with("desk") { try await $0.importFiles(paths).assets }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for asset in assets {
                    group.addTask {
                        try await folders.with("desk") { library in
                            try await library.addToSet("mugs", [asset])
                            try await library.moveInSet("mugs", [asset], to: .first)
                            try await library.setRole("style", of: [asset], in: "mugs")
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await folders.with("desk") { library in
                let set = try await library.set(named: "mugs")
                #expect(Set(set.members) == Set(assets) && set.roles.count == 8)
            }
            try await SetStory.expectSame(folders, "desk")
        }
    }
}
