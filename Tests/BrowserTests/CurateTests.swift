import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// Rating, tagging and putting away, by the keyboard, with Undo; and what others do meanwhile.
    struct CurateTests {
        private static func found(_ query: String, _ stage: GalleryStage) async throws -> Int {
            try await stage.program.run("search", query, "--json").objects().count
        }

        @Test(arguments: BrowserKind.allCases)
        func `keys rate, favourite and put away what has focus, and Undo takes it back`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 12, isVerified: true)) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                try await stage.focus(tiles[2].id)
                try await page.press("4")
                try await stage.toast("★★★★")
                #expect(try await Self.found("rating:4", stage) == 1)
                try await page.press("f")
                try await stage.toast("favourite")
                #expect(try await Self.found("is:favourite", stage) == 1)
                #expect(try await stage.focused() == tiles[2].id)
                try await page.press("z")
                try await stage.toast("undid")
                let stillFavourite = try await Self.found("is:favourite", stage)
                #expect(stillFavourite == 0)

                // A selection is rated as one.
                for tile in tiles.prefix(3) {
                    try await stage.focus(tile.id)
                    try await page.press("x")
                }
                try await page.press("5")
                try await stage.toast("3 pictures")
                #expect(try await Self.found("rating:5", stage) == 3)
                try await page.press("Delete")
                try await stage.toast("trash")
                try await page.wait("nine are left", "\(GalleryStage.count) === 9")
                #expect(try await Self.found("is:trashed", stage) == 3)
                try await page.click("#toasts [role=status]:last-child button")
                try await page.wait("twelve again", "\(GalleryStage.count) === 12")
                #expect(try await Self.found("is:trashed", stage) == 0)
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a tag and a set are given by name, and focus returns to the picture`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 12)) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                try await stage.focus(tiles[1].id)
                try await page.press("t")
                try await page.wait(
                    "it asks for a tag",
                    "document.activeElement?.matches('input') && document.querySelector('[role=dialog]')?.checkVisibility()"
                )
                try await page.type("märble x")
                try await page.press("Enter")
                try await stage.toast("märble x")
                #expect(try await Self.found("tag:\"märble x\"", stage) == 1)
                try await page.wait("focus is back", "document.activeElement?.closest('[role=gridcell]') !== null")
                #expect(try await stage.focused() == tiles[1].id)
                try await page.wait(
                    "the rail has the tag", "document.getElementById('rail').textContent.includes('märble x')")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `two windows show the same, and what the command line does is seen without reloading`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 12)) { stage in
                let tiles = try await stage.tiles()
                let other = try await stage.page.anotherWindow()
                try await other.resize(1440, 900)
                try await other.open(stage.base + "/")
                try await other.wait(
                    "the other window shows pictures", "\(GalleryStage.count) === 12"
                )

                try await stage.page.activate()
                try await stage.focus(tiles[0].id)
                try await stage.page.press("Delete")
                try await other.wait(
                    "the other window knows", "\(GalleryStage.count) === 11")
                try await stage.page.press("z")
                try await other.wait(
                    "and of the undoing", "\(GalleryStage.count) === 12")

                try await stage.arrive(2001)
                for page in [stage.page, other] {
                    try await page.wait(
                        "the arrival is there", "\(GalleryStage.count) === 13")
                }
                let made = try await stage.program.run("set", "create", "from the command line", "--query", "seed:4")
                #expect(made.status == 0, "\(made.errors)")
                for page in [stage.page, other] {
                    try await page.wait(
                        "the set is there",
                        "document.getElementById('rail').textContent.includes('from the command line')")
                }
                try await other.close()
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `two windows that edit one set both win`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 12, isOpened: false, isVerified: true)) { stage in
                #expect(try await stage.program.run("set", "create", "keepers").status == 0)
                try await stage.open()
                let tiles = try await stage.tiles()
                let other = try await stage.page.anotherWindow()
                try await other.open(stage.base + "/")
                try await other.wait("it shows pictures", "document.querySelector('\(GalleryStage.tile)') !== null")
                for (page, id) in [(stage.page, tiles[0].id), (other, tiles[1].id)] {
                    let status = try await page.call(
                        """
                        async (id) => (await fetch('/api/v1/sets/keepers', {
                          method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ add: [id] }),
                        })).status
                        """, .string(id))
                    #expect(status == 200)
                }
                #expect(try await Self.found("@keepers", stage) == 2)
                for page in [stage.page, other] {
                    try await page.wait(
                        "the rail counts two", "/keepers\\s*2/.test(document.getElementById('rail').textContent)")
                }
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `read-only shows everything and offers no change`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 12, arguments: ["--read-only"])) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                #expect(try await page.value(GalleryStage.count) == 12)
                try await page.wait("it says so", "/read.only/i.test(document.body.textContent)")
                try await stage.focus(tiles[0].id)
                try await page.press("5", "f", "Delete")
                try await page.call(Eye.whenStill)
                #expect(try await page.value(GalleryStage.count) == 12)
                #expect(try await Self.found("rating:5 OR is:favourite OR is:trashed", stage) == 0)
                try await page.press("Enter")
                try await page.wait("a picture opens", "location.pathname.startsWith('/picture/')")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a picture that is dragged below the others of a set is its last`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 4, days: 1, isOpened: false)) { stage in
                let (page, program) = (stage.page, stage.program)
                #expect(try await program.run("set", "add", "row", "--query", "limit:4").status == 0)
                try await stage.open("/?q=@row")
                let tiles = try await stage.tiles()
                let first = try #require(tiles.first)
                // WebDriver moves a pointer, and no picture with it: the page hears what a browser would say.
                try await page.call(
                    """
                    (id, x, y) => {
                      const dataTransfer = new DataTransfer();
                      const say = (type, target, at = {}) => target.dispatchEvent(
                        new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer, ...at }));
                      const tile = document.querySelector(`\(GalleryStage.tile)[data-id="${id}"]`);
                      say('dragstart', tile);
                      const below = document.elementFromPoint(x, y);
                      say('dragover', below, { clientX: x, clientY: y });
                      say('drop', below, { clientX: x, clientY: y });
                      say('dragend', tile);
                    }
                    """, [.string(first.id), 700, 700])
                let expected = JSONValue.string((tiles.dropFirst().map(\.id) + [first.id]).joined(separator: " "))
                try await page.wait(
                    "it is the last",
                    calling:
                        "(expected) => [...document.querySelectorAll('\(GalleryStage.tile)')].map((tile) => [tile.getBoundingClientRect().left, tile.dataset.id]).sort(([a], [b]) => a - b).map(([, id]) => id).join(' ') === expected",
                    expected)
                let members = try await program.run("search", "@row sort:set", "--json").objects().compactMap {
                    $0["id"]?.text
                }
                #expect(.string(members.joined(separator: " ")) == expected)
            }
        }
    }
}
