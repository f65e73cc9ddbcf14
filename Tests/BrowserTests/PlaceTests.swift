import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// What is looked at stays where it is, whatever happens around it.
    struct PlaceTests {
        /// A tile in the middle of what is shown after scrolling some rows down.
        private static func look(_ stage: GalleryStage) async throws -> SeenTile {
            try await stage.settleGrid()
            try await stage.scroll(by: 730)
            let tiles = try await stage.tiles()
            return try #require(tiles.dropFirst(tiles.count / 2).first)
        }

        @Test(arguments: BrowserKind.allCases)
        func `back from a picture, by the browser and by Escape, leads to the same picture at the same pixel`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind) { stage in
                let (page, seen) = (stage.page, try await Self.look(stage))
                for isByKey in [false, true] {
                    try await page.click(at: seen.middle)
                    try await page.wait("the picture is open", "location.pathname.startsWith('/picture/')")
                    try await page.wait("it is shown", "document.querySelector('\(GalleryStage.overlay) img') !== null")
                    if isByKey { try await page.press("Escape") } else { try await page.go(-1) }
                    try await page.wait(
                        "the grid is back", "location.pathname === '/' && document.getElementById('over').hidden")
                    #expect(try await stage.top(of: seen.id) == seen.top)
                    #expect(try await stage.focused() == seen.id, "focus was lost")
                }
                // Three pictures further, back leads to the one that was looked at last.
                try await page.click(at: seen.middle)
                try await page.wait("the picture is open", "location.pathname.startsWith('/picture/')")
                for _ in 0..<3 {
                    let before = try await page.address()
                    try await page.press("ArrowRight")
                    try await page.wait(
                        "the next one", calling: "(before) => location.pathname + location.search !== before",
                        .string(before))
                }
                try await page.press("Escape")
                try await page.wait("the grid is back", "location.pathname === '/'")
                try await page.wait(
                    "a tile has focus", "document.activeElement?.closest('[role=gridcell][data-id]') !== null")
                let last = try #require(try await stage.focused())
                #expect(last != seen.id)
                let tiles = try await stage.tiles()
                #expect(tiles.contains { $0.id == last }, "the picture that was looked at last is not in the window")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `reload shows the same picture at the same pixel`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind) { stage in
                let seen = try await Self.look(stage)
                try await stage.page.reload()
                #expect(try await stage.top(of: seen.id) == seen.top)
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `new arrivals move nothing that is looked at, and are there when one goes to them`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind) { stage in
                let seen = try await Self.look(stage)
                for number in 1001...1003 { try await stage.arrive(number, prompt: "arrival \(number)") }
                try await stage.page.wait(
                    "the page knows of them",
                    "document.querySelector('[role=grid]').textContent.includes('63') || document.body.textContent.includes('63')"
                )
                #expect(try await stage.top(of: seen.id) == seen.top)
                try await stage.page.press("Home")
                try await stage.page.wait(
                    "the arrivals are at the top",
                    "[...document.querySelectorAll('[role=gridcell][data-id]')].some((tile) => /arrival 100[123]/.test(tile.getAttribute('aria-label') + tile.textContent))"
                )
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a picture above that another program trashes and restores leaves the focused one at its pixel`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind) { stage in
                let seen = try await Self.look(stage)
                try await stage.focus(seen.id)
                let top = try await stage.top(of: seen.id)
                let victim = try #require(try await stage.tiles().first { $0.top < seen.top })
                for verb in ["trash", "restore"] {
                    let done = try await stage.program.run(verb, victim.id)
                    #expect(done.status == 0, "\(done.errors)")
                    let isThere = verb == "restore"
                    try await stage.page.wait(
                        "the list has changed",
                        "(document.querySelector('\(GalleryStage.tile(victim.id))') !== null) === \(isThere)")
                    #expect(try await stage.top(of: seen.id) == top, "after \(verb)")
                }
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `what goes to the trash and comes back leaves its neighbours at their pixel`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind) { stage in
                let page = stage.page
                let seen = try await Self.look(stage)
                let tiles = try await stage.tiles()
                // Behind the one that is looked at, in another row.
                let victim = try #require(tiles.last { $0.top > seen.top })
                let before = try #require(tiles.first)
                try await page.hover(at: victim.middle)
                try await stage.focus(victim.id)
                try await page.press("Delete")
                try await stage.toast("trash")
                try await page.wait("it is gone", "document.querySelector('\(GalleryStage.tile(victim.id))') === null")
                #expect(try await stage.top(of: before.id) == before.top)
                #expect(try await stage.top(of: seen.id) == seen.top)
                #expect(try await stage.focused() != nil, "focus was lost with the picture")
                try await page.press("z")
                try await page.wait("it is back", "document.querySelector('\(GalleryStage.tile(victim.id))') !== null")
                #expect(try await stage.top(of: before.id) == before.top)
                #expect(try await stage.top(of: victim.id) == victim.top)
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a picture that comes back into a stack of its shape leaves the stack whole`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 0, sandbox: [], isOpened: false)) { stage in
                let (page, program) = (stage.page, stage.program)
                for words in [["a bowl"], ["a mug", "--images", "4"], ["a mug", "--images", "4"]] {
                    let made = try await program.run(["generate"] + words + ["--size", "256x256"])
                    #expect(made.status == 0, "\(made.errors)")
                }
                let ids = try await program.run("search", "mug", "--json").objects().compactMap { $0["id"]?.text }
                let victim = try #require(ids.dropFirst(3).first)
                try await stage.open()
                try await stage.settleGrid()
                let shown =
                    "[...document.querySelectorAll('\(GalleryStage.tile)')].map((tile) => tile.getAttribute('aria-label'))"
                let before = try await page.value(shown)
                #expect(before.elements?.count == 2, "a stack and a picture: \(before.elements ?? [])")
                // What is looked at holds its place.
                try await stage.focus(try #require(try await stage.tiles().last).id)
                for verb in [["trash", victim], ["undo"]] {
                    #expect(try await program.run(verb).status == 0)
                    try await page.wait(
                        "the list has changed",
                        calling: "(before, isBack) => (JSON.stringify(\(shown)) === JSON.stringify(before)) === isBack",
                        before, .bool(verb == ["undo"]))
                }
                try await page.call(Eye.whenStill)
                #expect(try await page.value(shown) == before)
            }
        }
    }
}
