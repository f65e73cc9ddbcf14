import AssetCatalog
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// What a person sees of a library: assets with all that was said of them, sets with their order, and what a search finds by.
struct VisibleState: Equatable {
    let assets: [Asset]
    let sets: [NamedSet]
    let tables: [String: [String]]
    let marks: [String]

    /// In what another one differs, for a failed expectation.
    func differences(from other: VisibleState) -> [String] {
        var found: [String] = tables.differences(from: other.tables)
        for (one, another) in zip(assets, other.assets) where one != another {
            found.append("\(one.tags) \(one.marks) not \(another.tags) \(another.marks)")
        }
        if sets != other.sets { found.append("\(sets) not \(other.sets)") }
        if marks != other.marks { found.append("\(marks) not \(other.marks)") }
        return found
    }

    init(_ library: Library, _ ids: [ContentDigest]) async throws {
        var assets: [Asset] = []
        for id in ids { if let asset = try await library.asset(id) { assets.append(asset) } }
        self.assets = assets
        sets = try await library.sets()
        // Tables without entry ids in them: those of an undo are other ones than the first.
        let all = try await library.history.catalog.contents().tables
        tables = ["namedSet", "assetText", "searchItem"].reduce(into: [:]) {
            // A set that was there once leaves a row without a name.
            $0[$1] = all[$1]?.filter { !$0.contains("name=NULL createdAt=NULL") }
        }
        let sets = sets
        marks = try await library.history.catalog.withWriteLock { writer in
            try sets.map { set in
                let roles = try writer.marks(.role, of: set.members, in: set.name)
                return try "\(set.name): \(set.members.map { roles[$0]?.shown ?? "" }) "
                    + "\(writer.mark(.query, ofSet: set.name) as Any) \(writer.mark(.cover, ofSet: set.name) as Any)"
            }
        }
    }
}

struct UndoTests {
    /// A library with some pictures that differ in their last bytes.
    private static func with(_ count: Int, _ body: (Library, [ContentDigest]) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("library"))
            let pictures = try (0..<count).map { try folders.picture("p\($0)", $0) }
            try await folders.with("library") { library in
                try await body(library, try await library.importFiles(pictures).assets)
            }
            try await TestLibrary.expectSound(folders.path("library"))
        }
    }

    /// Does something, undoes it, does it again, and expects the states of before and after.
    private static func expectUndone(
        _ library: Library, _ assets: [ContentDigest], sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () async throws -> Void
    ) async throws {
        let before = try await VisibleState(library, assets)
        try await body()
        let after = try await VisibleState(library, assets)
        #expect(before != after, "nothing was done", sourceLocation: sourceLocation)
        try await library.undo()
        try await expect(library, assets, before, "undo", sourceLocation)
        try await library.redo()
        try await expect(library, assets, after, "redo", sourceLocation)
        try await library.undo()
        try await expect(library, assets, before, "another undo", sourceLocation)
    }

    private static func expect(
        _ library: Library, _ assets: [ContentDigest], _ state: VisibleState, _ step: String,
        _ sourceLocation: SourceLocation
    ) async throws {
        let differences = try await VisibleState(library, assets).differences(from: state)
        #expect(differences.isEmpty, "after \(step): \(differences.prefix(10))", sourceLocation: sourceLocation)
    }

    @Test func `a tag on 1,001 images is undone, but where it was changed since`() async throws {
        try await Self.with(1001) { library, assets in
            try await Self.expectUndone(library, assets) { try await library.tag(assets, with: ["white"]) }
            try await library.redo()
            try await library.untag([assets[3]], ["white"])
            let action = try #require(try await library.actions().last)
            let outcome = try await library.undo(action.id.short)
            #expect(outcome.imageCount == 1000 && outcome.changedCount == 1 && outcome.goneCount == 0)
            #expect(outcome.action.words == "tag add white" && outcome.action.imageCount == 1001)
            #expect(try await library.tags().isEmpty)
        }
    }

    @Test func `sets come back as they were: created, extended, reduced, arranged, deleted`() async throws {
        try await Self.with(8) { library, assets in
            try await Self.expectUndone(library, assets) { try await library.addToSet("Mugs", Array(assets[..<6])) }
            try await Self.expectUndone(library, assets) { try await library.addToSet("empty", []) }
            try await library.addToSet("Mugs", Array(assets[..<6]))
            try await Self.expectUndone(library, assets) { try await library.addToSet("mugs", Array(assets[4...])) }
            try await Self.expectUndone(library, assets) {
                try await library.arrangeSet("Mugs", [assets[5], assets[2]])
            }
            try await library.arrangeSet("Mugs", [assets[5], assets[2]])
            try await Self.expectUndone(library, assets) {
                try await library.removeFromSet("Mugs", [assets[5], assets[0], assets[4]])
            }
            try await Self.expectUndone(library, assets) { try await library.deleteSet("Mugs") }
        }
    }

    @Test func `a set of 1,100 members is put back in order, and made again after it was deleted`() async throws {
        try await Self.with(1100) { library, assets in
            try await library.addToSet("all", assets)
            try await Self.expectUndone(library, assets) { try await library.arrangeSet("all", assets.reversed()) }
            try await library.redo()
            try await Self.expectUndone(library, assets) { try await library.deleteSet("all") }
            try await Self.expectUndone(library, assets) {
                try await library.removeFromSet("all", Array(assets[50..<1060]))
            }
        }
    }

    @Test func `ratings come back each as it was, and what was said of a set goes with it`() async throws {
        try await Self.with(6) { library, assets in
            @Sendable func rate(_ stars: Int, _ some: [ContentDigest]) async throws {
                try await library.history.record("rate") { writer in
                    (try Curator.marking(.rating, stars == 0 ? nil : .number(stars), of: some, writer), ())
                }
            }
            try await rate(3, [assets[0], assets[1]])
            try await rate(5, [assets[2]])
            try await Self.expectUndone(library, assets) { try await rate(4, assets) }
            try await library.redo()
            #expect(try await library.actions()[0].words == "rate 4")
            try await rate(1, [assets[5]])
            let outcome = try await library.undo(try await library.actions()[1].id.text)
            #expect(outcome.imageCount == 5 && outcome.changedCount == 1)
            #expect(try await library.asset(assets[1])?.rating == 3)
            #expect(try await library.asset(assets[5])?.rating == 1)

            try await library.addToSet("s", assets)
            let added = try await library.actions()[0].id.text
            try await library.history.record("set role") { writer in
                (try Curator.marking(.role, .text("style"), of: [assets[0]], in: "s", writer), ())
            }
            let before = try await VisibleState(library, assets)
            try await library.undo(added)
            #expect(try await library.sets().isEmpty)
            #expect(try await VisibleState(library, assets).marks != before.marks)
            try await library.redo()
            #expect(try await VisibleState(library, assets) == before)
        }
    }

    @Test func `what joined a set since stays when its making and its order are undone`() async throws {
        try await Self.with(5) { library, assets in
            try await library.addToSet("s", Array(assets[..<3]))
            try await library.arrangeSet("s", [assets[2]])
            try await library.addToSet("s", [assets[3]])
            let actions = try await library.actions()
            #expect(actions.map(\.details) == [["@s"], ["@s"], ["@s"]])
            try await library.undo(actions[1].id.text)
            #expect(try await library.set(named: "s").members == Array(assets[..<4]))
            try await library.undo(actions[2].id.text)
            #expect(try await library.set(named: "s").members == [assets[3]])
            let again = try await library.redo()
            #expect(again.isRedo && again.imageCount == 3)
            #expect(Set(try await library.set(named: "s").members) == Set(assets[..<4]))
        }
    }

    @Test func `a deleted set is left alone when another one has its name, and an order that was changed since`()
        async throws
    {
        try await Self.with(4) { library, assets in
            try await library.addToSet("s", assets)
            try await library.arrangeSet("s", [assets[3]])
            try await library.arrangeSet("s", [assets[1]])
            let arranged = try await library.actions()[1]
            let refusal = await #expect(throws: LibraryError.self) { try await library.undo(arranged.id.text) }
            #expect(refusal?.code == "changed_since")
            try await library.deleteSet("s")
            try await library.addToSet("S", [assets[0]])
            let deleted = try await library.actions()[1]
            #expect(deleted.words == "set delete @s")
            await #expect(throws: LibraryError.self) { try await library.undo(deleted.id.text) }
            #expect(try await library.set(named: "s").members == [assets[0]])
            #expect(try await library.actions().filter(\.isUndone).isEmpty)
        }
    }

    @Test func `an action that was overtaken stays, so that undoing all in turn leaves nothing behind`() async throws {
        try await Self.with(1) { library, assets in
            try await library.rate(assets, 3)
            try await library.rate(assets, 5)
            let first = try await library.actions()[1]
            let refusal = await #expect(throws: LibraryError.self) { try await library.undo(first.id.text) }
            #expect(refusal?.code == "changed_since")
            try await library.undo()
            #expect(try await library.asset(assets[0])?.rating == 3)
            try await library.undo()
            #expect(try await library.asset(assets[0])?.rating == 0)
        }
    }

    @Test func `undo goes back one action at a time, redo forward, and both say when there is nothing left`()
        async throws
    {
        try await Self.with(2) { library, assets in
            await #expect { try await library.undo() } throws: { ($0 as? LibraryError)?.code == "nothing_to_undo" }
            await #expect { try await library.redo() } throws: { ($0 as? LibraryError)?.code == "nothing_to_redo" }
            for tag in ["a", "b", "c"] { try await library.tag(assets, with: [tag]) }
            #expect(try await library.undo().action.words == "tag add c")
            #expect(try await library.undo().action.words == "tag add b")
            #expect(try await library.redo().action.words == "tag add b")
            #expect(try await library.redo().action.words == "tag add c")
            await #expect { try await library.redo() } throws: { ($0 as? LibraryError)?.code == "nothing_to_redo" }
            #expect(try await library.undo().action.words == "tag add c")
            #expect(try await library.actions().map(\.isUndone) == [true, false, false])
            let last = try await library.actions()[0]
            await #expect {
                try await library.undo(last.id.short)
            } throws: { ($0 as? LibraryError)?.remedy == .redo(last.id) }
            let plan = try await library.undo(dryRun: true)
            #expect(plan.action.words == "tag add b" && plan.undo == nil)
            #expect(try await library.tags().map(\.tag) == ["a", "b"])
            await #expect { try await library.undo("uzzzzz") } throws: {
                ($0 as? LibraryError)?.code == "unknown_action"
            }
            await #expect {
                try await library.undo(assets[0].short)
            } throws: { ($0 as? LibraryError)?.remedy == .trash(assets[0].short) }
        }
    }

    @Test(arguments: 0..<UInt64(Attacks.count("histories undone", 2, full: 12)))
    func `random actions are all undone, one by one, and all done again`(seed: UInt64)
        async throws
    {
        try await Self.with(6) { library, assets in
            var random = Dice(state: seed)
            var states = [try await VisibleState(library, assets)]
            for _ in 0..<25 {
                try await random.act(on: library, assets)
                let state = try await VisibleState(library, assets)
                if state != states.last { states.append(state) }
            }
            let actions = try await library.actions(limit: 100)
            #expect(actions.count == states.count - 1)
            for (step, state) in states.dropLast().enumerated().reversed() {
                let outcome = try await library.undo()
                #expect(outcome.changedCount == 0 && outcome.goneCount == 0)
                let now = try await VisibleState(library, assets)
                #expect(
                    (now == state) as Bool,
                    "seed \(seed), step \(step): \(outcome.action.words) \(now.differences(from: state))")
                if now != state { return }
            }
            for state in states.dropFirst() {
                let words = try await library.redo().action.words
                let now = try await VisibleState(library, assets)
                #expect((now == state) as Bool, "seed \(seed), redo of \(words): \(now.differences(from: state))")
                if now != state { return }
            }
            await #expect(throws: LibraryError.self) { try await library.redo() }
        }
    }

    @Test func `two programs that undo at once undo two actions`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let picture = try folders.picture("p", 1)
            try await folders.with("desk") { first in
                let assets = try await first.importFiles([picture]).assets
                for number in 0..<8 { try await first.tag(assets, with: ["t\(number)"]) }
                try await folders.with("desk") { second in
                    try await withThrowingTaskGroup(of: String.self) { group in
                        for number in 0..<6 {
                            let library = number % 2 == 0 ? first : second
                            group.addTask { try await library.undo().action.words }
                        }
                        var undone: Set<String> = []
                        for try await words in group { undone.insert(words) }
                        #expect(undone == Set((2..<8).map { "tag add t\($0)" }))
                    }
                }
                #expect(try await first.tags().map(\.tag) == ["t0", "t1"])
            }
            try await TestLibrary.expectSound(folders.path("desk"))
        }
    }

    @Test func `undo means the last action of this machine, whatever others did meanwhile`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let pictures = try (0..<3).map { try folders.picture("p\($0)", $0) }
            let assets = try await folders.with("desk") { library in
                let assets = try await library.importFiles(pictures).assets
                try await library.addToSet("s", assets)
                return assets
            }
            try await folders.copy("desk", to: "laptop")
            try await folders.with("laptop") { library in
                await #expect(throws: LibraryError.self) { try await library.undo() }
                try await library.tag(assets, with: ["laptop"])
                try await library.removeFromSet("s", [assets[1]])
            }
            try await folders.with("desk") { library in
                try await library.tag([assets[0]], with: ["desk"])
                try await library.arrangeSet("s", [assets[2]])
            }
            try folders.bring("laptop", to: "desk")
            try await folders.with("desk") { library in
                #expect(try await library.actions().filter(\.isHere).count == 3)
                // The order that it made still holds among those that are left.
                #expect(try await library.undo().action.verb.hasPrefix("set "))
                #expect(try await library.set(named: "s").members == [assets[0], assets[2]])
                #expect(try await library.undo().action.words == "tag add desk")
                #expect(try await library.tags().map(\.tag) == ["laptop"])
                let other = try #require(try await library.actions().first { !$0.isHere && $0.verb == "set remove" })
                try await library.undo(other.id.text)
                #expect(try await library.set(named: "s").members == assets)
            }
            try folders.bring("desk", to: "laptop")
            #expect(try await folders.tables("desk") == folders.tables("laptop"))
            for name in ["desk", "laptop"] { try await TestLibrary.expectSound(folders.path(name)) }
        }
    }

    @Test func `the past answers as it did then, and refuses to be changed`() async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            let environment = TestLibrary.fixedEnvironment()
            try Library.create(at: folders.path("desk"), environment: environment)
            let pictures = try (0..<2).map { try folders.picture("p\($0)", $0) }
            let (assets, then) = try await folders.with("desk", environment: environment) { library in
                let assets = try await library.importFiles(pictures, set: "s").assets
                try await library.tag(assets, with: ["white"])
                let then = environment.now()
                try await library.untag(assets, ["white"])
                try await library.deleteSet("s")
                return (assets, then)
            }
            try await Library.withLibrary(
                at: folders.path("desk"), asOf: then, environment: environment, logger: TestLibrary.logger
            ) { library in try await Self.expectPast(library, assets) }
            try await folders.with("desk") { library in
                let asset = try await library.asset(assets[0])
                #expect(asset?.tags == [])
                #expect(try await library.sets().isEmpty)
            }
            try await TestLibrary.expectSound(folders.path("desk"))
        }
    }

    @Test func `an action on images that are not here is undone for the others, and says so`() async throws {
        try await Self.with(2) { library, assets in
            let strange = try ContentDigest(bytes: [UInt8](repeating: 7, count: 32))
            try await library.history.record(
                "tag add", [.tagged(.init(assets: [strange] + assets, tags: ["white"]))])
            let outcome = try await library.undo()
            #expect(outcome.imageCount == 2 && outcome.goneCount == 1 && outcome.changedCount == 0)
            #expect(try await library.tags().isEmpty)
        }
    }

    private static func expectPast(_ library: Library, _ assets: [ContentDigest]) async throws {
        #expect(try await library.asset(assets[0])?.tags == ["white"])
        #expect(try await library.set(named: "s").members == assets)
        #expect(try await library.search(SearchQuery(parsing: "tag:white")).count == 2)
        await #expect {
            try await library.tag(assets, with: ["late"])
        } throws: { ($0 as? LibraryError)?.message.contains("the past cannot be changed") == true }
    }

    @Test func `a date of the past means its end, in the person's time zone`() throws {
        let environment = Library.Environment(
            now: { Timestamp(parsing: "2026-05-10T10:00:00.000Z") ?? Timestamp(milliseconds: 0) }, random: { 1 })
        let berlin = try #require(TimeZone(identifier: "Europe/Berlin"))
        func moment(_ text: String) throws -> String {
            try Library.moment(asOf: text, environment: environment, timeZone: berlin).description
        }
        #expect(try moment("2026-05-01") == "2026-05-01T21:59:59.999Z")
        #expect(try moment("2026-05-01T12:00") == "2026-05-01T10:00:59.999Z")
        #expect(try moment("2026-05-01T10:00:00.000Z") == "2026-05-01T10:00:00.000Z")
        #expect(try moment("7d") == "2026-05-03T10:00:00.000Z")
        #expect(throws: LibraryError.self) { try moment("2026-02-30") }
        #expect(throws: LibraryError.self) { try moment("2027") }
    }
}

/// Actions at random, through the library's own verbs.
struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func some(of assets: [ContentDigest]) -> [ContentDigest] {
        Array(assets.shuffled(using: &self).prefix(below(assets.count) + 1))
    }

    mutating func act(on library: Library, _ assets: [ContentDigest]) async throws {
        let (tag, set) = (["white", "White", "kept"][below(3)], ["mugs", "Mugs", "cats"][below(3)])
        let other = ["mugs", "Mugs", "cats", "smart", "more"][below(5)]
        // What cannot be done, such as renaming a set that is not there, does nothing.
        switch below(18) {
        case 11: _ = try? await library.renameSet(set, to: other)
        case 12: _ = try? await library.duplicateSet(set, as: other)
        case 13: _ = try? await library.sortSet(set, by: .name, reversed: below(2) == 0)
        case 14: _ = try? await library.createSmartSet(other, query: ["tag:white", "rating:>3"][below(2)])
        case 15: _ = try? await library.editSmartSet(other, query: ["tag:kept", "rating:>1"][below(2)])
        case 16: _ = try? await library.setCover(some(of: assets)[0], of: set)
        case 17:
            _ =
                below(2) == 0
                ? try? await library.freezeSet(other) : try? await library.moveInSet(set, some(of: assets), to: .last)
        case 8:
            let (stars, some) = (below(6), some(of: assets))
            try await library.history.record("rate") { writer in
                (try Curator.marking(.rating, stars == 0 ? nil : .number(stars), of: some, writer), ())
            }
        case 9:
            let (text, some) = (["", "a mug", "two"][below(3)], some(of: assets))
            try await library.history.record("title") { writer in
                (try Curator.marking(.title, .text(text), of: some, writer), ())
            }
        case 10:
            guard let members = try? await library.set(named: set).members, !members.isEmpty else { return }
            let (role, some) = (["", "style", "layout"][below(3)], some(of: members))
            try await library.history.record("set role") { writer in
                try (Curator.marking(.role, .text(role), of: some, in: set, writer), ())
            }
        case 0, 1: try await library.tag(some(of: assets), with: [tag])
        case 2: try await library.untag(some(of: assets), [tag])
        case 3, 4: _ = try? await library.addToSet(set, below(4) == 0 ? [] : some(of: assets))
        case 5:
            guard let members = try? await library.set(named: set).members, !members.isEmpty else { return }
            _ = try? await library.removeFromSet(set, some(of: members))
        case 6:
            guard let members = try? await library.set(named: set).members, !members.isEmpty else { return }
            _ = try? await library.arrangeSet(set, some(of: members))
        default:
            guard (try? await library.set(named: set)) != nil, below(2) == 0 else { return }
            try await library.deleteSet(set)
        }
    }
}
