import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// One picture, and two beside each other.
    struct PictureTests {
        private static let isOpen = "location.pathname.startsWith('/picture/')"
        /// The largest picture that is shown, as `[left, top, width, height]`.
        private static let shown = """
            (() => {
              const boxes = [...document.querySelectorAll('\(GalleryStage.overlay) :is(img, canvas)')]
                .filter((image) => image.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
                .map((image) => image.getBoundingClientRect());
              const box = boxes.sort((a, b) => b.width * b.height - a.width * a.height)[0];
              return box && [box.left, box.top, box.width, box.height];
            })()
            """

        /// Whether the bar does not say which of how many it is.
        private static let isPlaceless =
            "(() => { const bar = document.querySelector('#over .top'); return bar && !/\\d of \\d/.test(bar.textContent); })()"

        @Test(arguments: BrowserKind.allCases)
        func `a picture that a rating takes out of the search leaves its place to the next`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 5, days: 1, isOpened: false)) { stage in
                let page = stage.page
                try await stage.open("/?q=rating:0")
                try await stage.settleGrid()
                let tiles = try await stage.tiles()
                try await stage.focus(tiles[1].id)
                try await page.press("Enter")
                try await page.wait("it is open", Self.isOpen)
                for number in 1...3 {
                    try await page.press("4")
                    try await page.wait("it is no longer in the list", Self.isPlaceless)
                    let address = try await page.value("location.pathname")
                    try await page.press("ArrowRight")
                    try await page.wait(
                        "the next is shown", calling: "(before) => location.pathname !== before", address)
                    let next = try await page.value("location.pathname").text ?? ""
                    #expect(next.hasSuffix(tiles[1 + number].id), "\(number): \(next)")
                }
                try await page.press("4")
                try await page.wait("one is left", Self.isPlaceless)
                try await page.press("ArrowLeft")
                try await page.wait(
                    "the one before", calling: "(id) => location.pathname.endsWith(id)", .string(tiles[0].id))
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `rating one picture after another, faster than the list can follow, leaves none out`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 40, isOpened: false)) { stage in
                let (page, program) = (stage.page, stage.program)
                func unrated() async throws -> [String] {
                    try await program.run("search", "rating:0", "--limit", "100", "--json").objects()
                        .compactMap { $0["id"]?.text }
                }
                let all = try await unrated()
                try #require(all.count == 40)
                try await stage.open("/picture/\(all[1])?q=rating:0")
                try await page.wait(
                    "its place is known", "document.querySelector('#over .top')?.textContent.includes('2 of 40')")
                for step in 0..<30 {
                    try await page.press("3")
                    try await Task.sleep(for: .milliseconds([0, 20, 60, 110, 250][step % 5]))
                    try await page.press("ArrowRight")
                    try await Task.sleep(for: .milliseconds([10, 90, 0, 180][step % 4]))
                }
                try await page.wait(
                    "thirty further", calling: "(id) => location.pathname.endsWith(id)", .string(all[31]))
                try await page.wait(
                    "all are saved", "document.querySelector('#over .top')?.textContent.includes('2 of 10')")
                #expect(try await unrated() == [all[0]] + all[31...])
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a picture shows its recipe, goes to its neighbours, zooms at the pointer and pans`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 12)) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                try await stage.focus(tiles[4].id)
                try await page.press("Enter")
                try await page.wait("it is open", Self.isOpen)
                try await page.wait(
                    "its prompt is there", "/study \\d+ of a mug/.test(document.getElementById('over').textContent)")
                let prompt = try await page.value(
                    "/study \\d+ of a mug/.exec(document.getElementById('over').textContent)[0]")
                try await page.press("ArrowRight")
                try await page.wait(
                    "another prompt",
                    calling:
                        "(prompt) => { const found = /study \\d+ of a mug/.exec(document.getElementById('over').textContent); return found && found[0] !== prompt; }",
                    prompt)
                try await page.press("ArrowLeft")
                try await page.wait(
                    "the first prompt",
                    calling: "(prompt) => document.getElementById('over').textContent.includes(prompt)", prompt)

                try await page.wait("a picture is shown", "\(Self.shown)?.[2] > 20")
                let fit = try await page.value(Self.shown).elements?.compactMap(\.double) ?? []
                let middle = Point(fit[0] + fit[2] / 2, fit[1] + fit[3] / 2)
                for _ in 0..<4 { try await page.wheel(at: middle, by: -240) }
                try await page.wait("it is larger", "\(Self.shown)[2] > \(fit[2] * 1.3)")
                let large = try await page.value(Self.shown).elements?.compactMap(\.double) ?? []
                try await page.drag(from: middle, to: Point(middle.x + 40, middle.y + 30))
                try await page.wait(
                    "it follows the hand",
                    "(([left, top]) => left !== \(large[0]) || top !== \(large[1]))(\(Self.shown))")

                let isInformed =
                    "document.querySelector('#over aside').checkVisibility({ visibilityProperty: true })"
                let before = try await page.value(isInformed)
                try await page.press("i")
                try await page.wait("information comes or goes", "(\(isInformed)) !== \(before == true)")
                try await page.press("3")
                try await stage.toast("★★★")
                #expect(try await stage.program.run("search", "rating:3", "--json").objects().count == 1)
                try await page.press("Escape")
                try await page.wait("the grid is back", "location.pathname === '/'")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `two pictures are compared, rivals change by arrows, and one is kept`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 12)) { stage in
                let page = stage.page
                let tiles = try await stage.tiles()
                for tile in tiles.prefix(2) {
                    try await stage.focus(tile.id)
                    try await page.press("x")
                }
                try await page.press("c")
                try await page.wait("they are beside each other", "location.pathname.startsWith('/compare/')")
                try await page.wait(
                    "two pictures", "document.querySelectorAll('\(GalleryStage.overlay) img').length >= 2")
                let before = try await page.address()
                try await page.press("ArrowRight")
                try await page.wait(
                    "another rival", calling: "(before) => location.pathname + location.search !== before",
                    .string(before))
                try await page.press("1")
                try await page.call(Eye.whenStill)
                try await page.press("Escape")
                try await page.wait("the grid is back", "location.pathname === '/'")
                #expect(try await stage.selected().isEmpty == false, "the selection is still there")
            }
        }

        /// Takes one file of a library away, spoils another, and forgets what was made of them.
        private static func spoil(_ root: String) throws {
            let blobs = FileManager.default.enumerator(atPath: root + "/blobs")
            var files: [String] = []
            while let name = blobs?.nextObject() as? String {
                let path = root + "/blobs/" + name
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                if attributes[.type] as? FileAttributeType == .typeRegular { files.append(path) }
            }
            files.sort()
            try #require(files.count == 6)
            try FileManager.default.removeItem(atPath: files[0])
            try FileManager.default.removeItem(atPath: files[1])
            try Data("no picture".utf8).write(to: URL(fileURLWithPath: files[1]))
            try? FileManager.default.removeItem(atPath: root + "/renditions")
        }

        @Test(arguments: BrowserKind.allCases)
        func `damaged and missing pictures are tiles that say so`(_ kind: BrowserKind) async throws {
            let terms = GalleryStage.Terms(count: 6, days: 1, prepare: { try Self.spoil($0) })
            try await GalleryStage.with(kind, terms) { stage in
                #expect(try await stage.tiles().count == 6)
                try await stage.page.wait(
                    "two tiles say what is wrong",
                    """
                    [...document.querySelectorAll('\(GalleryStage.tile)')].filter((tile) =>
                      /missing|damaged|no preview/i.test(tile.textContent + tile.getAttribute('aria-label'))).length === 2
                    """)
                try await stage.page.keepScreenshot("damaged")
            }
        }
    }
}
