import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// Selection behaves as in a file manager.
    struct SelectionTests {
        @Test(arguments: BrowserKind.allCases)
        func `selection is by picture with an anchor, takes ranges and single ones, and survives scrolling`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                let ids = tiles.map(\.id)
                #expect(
                    try await page.value(
                        "document.querySelector('[role=toolbar]:not([hidden])')?.checkVisibility() ?? false") == false)
                try await stage.focus(ids[1])
                try await page.press("x")
                #expect(try await stage.selected() == [ids[1]])
                try await page.wait(
                    "the bar says how many",
                    "/\\b1\\b/.test(document.querySelector('[role=toolbar]')?.textContent ?? '')")
                try await page.click(at: tiles[5].middle, holding: ["Shift"])
                #expect(try await stage.selected() == Array(ids[1...5]))
                try await page.click(at: tiles[3].middle, holding: ["Shift"])
                #expect(try await stage.selected() == Array(ids[1...3]), "a range begins at the anchor each time")
                try await page.click(at: tiles[2].middle, holding: ["Control"])
                #expect(try await stage.selected() == [ids[1], ids[3]])
                try await page.click(at: tiles[6].middle, holding: ["Control"])
                #expect(try await stage.selected() == [ids[1], ids[3], ids[6]])
                let address = try await page.value("location.pathname").text ?? ""
                #expect(address == "/", "\(address): a picture was opened")

                try await stage.scroll(by: 4000)
                try await page.press("Home")
                try await page.wait(
                    "the first is back", "document.querySelector('\(GalleryStage.tile(ids[1]))') !== null")
                try await page.call(Eye.whenStill)
                #expect(try await stage.selected() == [ids[1], ids[3], ids[6]])
                try await page.press("Escape")
                #expect(try await stage.selected() == [])
                try await page.wait(
                    "the bar is gone",
                    "!(document.querySelector('[role=toolbar]')?.checkVisibility() ?? false)")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `arrows move focus through rows as the eye does`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                let rows = Dictionary(grouping: tiles, by: \.top).sorted { $0.key < $1.key }.map(\.value)
                try #require(rows.count >= 2 && rows[0].count >= 3 && rows[1].count >= 2)
                try await stage.focus(rows[0][0].id)
                try await page.press("ArrowRight", "ArrowRight")
                #expect(try await stage.focused() == rows[0][2].id)
                try await page.press("ArrowDown")
                // Below, where the middle of the one above is nearest.
                let from = rows[0][2].middle.x
                let below = rows[1].min { abs($0.middle.x - from) < abs($1.middle.x - from) }
                let reached = try await stage.focused()
                let covering = rows[1].first { $0.left <= from && from <= $0.left + $0.width }
                #expect(reached == below?.id || reached == covering?.id)
                try await page.press("ArrowUp")
                #expect(try await stage.focused() == rows[0][2].id, "up leads back where down came from")
                try await page.press("ArrowLeft", "ArrowLeft")
                #expect(try await stage.focused() == rows[0][0].id)
                // Left of the first there is nothing; right of a row's end comes the next row.
                try await page.press("ArrowLeft")
                #expect(try await stage.focused() == rows[0][0].id)
                for _ in rows[0] { try await page.press("ArrowRight") }
                #expect(try await stage.focused() == rows[1][0].id)
                // Focus is seen wherever it goes.
                for _ in 0..<6 { try await page.press("ArrowDown") }
                try await page.call(Eye.whenStill)
                let seen = try await page.value(
                    "(({ top, bottom }) => top >= 0 && bottom <= innerHeight + 1)(document.activeElement.getBoundingClientRect())"
                )
                #expect(seen == true)
                try await page.press("End")
                try await page.wait(
                    "the last one has focus", "document.activeElement?.closest('[role=gridcell]') !== null")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a double click opens once, and a key pressed in a text field is text`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                let depth = try await page.value("history.length").int ?? 0
                try await page.click(at: tiles[2].middle, count: 2)
                try await page.wait("the picture is open", "location.pathname.startsWith('/picture/')")
                try await page.call(Eye.whenStill)
                #expect(
                    try await page.value("history.length").int == depth + 1, "two steps of history for one double click"
                )
                try await page.go(-1)
                try await page.wait("back in the grid", "location.pathname === '/'")
                try await page.press("/")
                try await page.wait("the search box has focus", "document.activeElement?.matches('[role=combobox]')")
                try await page.type("fxtic5?z")
                #expect(
                    try await page.value("document.activeElement.value ?? document.activeElement.textContent")
                        == "fxtic5?z")
                #expect(try await stage.selected() == [])
                #expect(
                    try await page.value("document.querySelector('[role=dialog]')?.checkVisibility() ?? false") == false
                )
                #expect(try await page.value("document.querySelectorAll('#toasts > *').length") == 0)
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `the help shows every key, and focus returns to where it was`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                try await stage.focus(tiles[3].id)
                try await page.press("?")
                try await page.wait("the help is open", "document.querySelector('[role=dialog]')?.checkVisibility()")
                let text = try await page.value("document.querySelector('[role=dialog]').textContent").text ?? ""
                for word in ["/", "Enter", "Esc", "X", "F", "T", "C", "Z"] {
                    #expect(text.localizedStandardContains(word), "the help does not name \(word)")
                }
                #expect(
                    try await page.value("document.querySelector('[role=dialog]').contains(document.activeElement)")
                        == true)
                // Focus stays within, and what lies below hears no key.
                for _ in 0..<8 { try await page.press("Tab") }
                #expect(
                    try await page.value("document.querySelector('[role=dialog]').contains(document.activeElement)")
                        == true)
                try await page.press("Escape")
                try await page.wait("the help is closed", "!document.querySelector('[role=dialog]')?.checkVisibility()")
                #expect(try await stage.focused() == tiles[3].id)
            }
        }
    }
}
