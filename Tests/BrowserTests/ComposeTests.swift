import AssetModel
import BrowserDriver
import Fixtures
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// From a prompt to a picture in the grid, against the sandbox; files that are dropped; servers that go away.
    struct ComposeTests {
        /// The button that spends: the one with a price, or that names the sandbox.
        private static let run =
            "[...document.querySelectorAll('#page button')].find((button) => /^\\s*run/i.test(button.textContent) && !button.disabled && button.checkVisibility())"

        @Test(arguments: BrowserKind.allCases)
        func `a run is composed with its price on the button, its progress is seen, and its picture is in the grid`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind, .init(count: 6, days: 1, sandbox: [], isVerified: true)) { stage in
                let page = stage.page
                try await stage.open("/compose")
                try await page.wait("the form is there", "document.querySelector('#page textarea') !== null")
                try await page.click("#page textarea")
                try await page.type("a mug on marble, from the page")
                try await page.wait(
                    "the plan names what it costs", "/\\$\\d|free/i.test(document.getElementById('page').textContent)")
                try await page.wait("it can be run", "\(Self.run) !== undefined")
                try await page.call("() => \(Self.run).scrollIntoView({ block: 'center' })")
                let place = try await page.value(
                    "(({ left, top, width, height }) => [left + width / 2, top + height / 2])(\(Self.run).getBoundingClientRect())"
                )
                let point = place.elements?.compactMap(\.double) ?? [0, 0]
                try await page.click(at: Point(point[0], point[1]))
                try await page.wait(
                    "its picture comes",
                    "document.querySelector('#page img[src*=\"/thumbnails/\"], #page img[src*=\"/blobs/\"]') !== null")
                let made = try await stage.program.run("search", "from the page", "--json").objects()
                #expect(made.count == 1)
                // A run to be made again takes the place of what was being written, where one was writing it.
                try await page.click("#page textarea")
                try await page.press("Control+a")
                try await page.type("something else")
                let run = try #require(made.first?["run"]?.text)
                try await stage.open("/")
                try await stage.settleGrid()
                try await page.call(
                    "(run) => { history.pushState({}, '', `/compose?from=${run}`); dispatchEvent(new PopStateEvent('popstate')); }",
                    .string(run))
                try await page.wait(
                    "the prompt of the run is shown",
                    "document.querySelector('#page textarea')?.value === 'a mug on marble, from the page'")
                try await stage.open("/?q=page")
                try await page.wait(
                    "it is in the grid", "\(GalleryStage.count) === 1")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `sets are suggested as references and as the place of what comes`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 4, days: 1, isOpened: false)) { stage in
                let (page, program) = (stage.page, stage.program)
                for (name, count) in [("Küche", 3), ("garden", 1)] {
                    let words = ["set", "add", name, "--query", "limit:\(count)"]
                    #expect(try await program.run(words).status == 0)
                }
                try await stage.open("/compose")
                try await page.wait("the form is there", "document.querySelector('#page textarea') !== null")
                let offered =
                    "[...document.querySelectorAll('#page [role=option]')].filter((one) => one.checkVisibility()).map((one) => one.textContent).join()"
                try await page.click("#page [aria-label^='Add a reference']")
                try await page.type("@")
                try await page.wait("both are offered", "\(offered) === 'garden1,Küche3'")
                try await page.type("ku")
                try await page.wait("one is offered", "\(offered) === 'Küche3'")
                try await page.press("ArrowDown")
                try await page.press("Enter")
                try await page.wait(
                    "its members are references", "document.querySelectorAll('#page .reference').length === 3")
                try await page.click("#compose-set")
                try await page.type("gar")
                try await page.wait("a set is offered", "\(offered) === 'garden1'")
                try await page.press("ArrowDown")
                try await page.press("Tab")
                #expect(try await page.value("document.querySelector('#compose-set').value").text == "garden")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `files that are dropped on the grid are imported, and what is no picture is named`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 3, days: 1)) { stage in
                let page = stage.page
                try await stage.settleGrid()
                let cat = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("images/demo/cat.jpg")))
                try await page.drop(
                    [("cat.jpg", "image/jpeg", cat.base64EncodedString())], on: "#main")
                try await page.wait(
                    "the cat is in the grid", "\(GalleryStage.count) === 4")
                try await page.drop(
                    [
                        ("notes.txt", "text/plain", Data("no picture".utf8).base64EncodedString()),
                        ("film.mp4", "video/mp4", Data([0, 0, 0, 24]).base64EncodedString()),
                    ],
                    on: "#main")
                try await page.wait(
                    "it says which",
                    "/notes\\.txt|film\\.mp4|2 files|not pictures|no picture/i.test(document.body.textContent)")
                #expect(try await stage.tiles().count == 4)
                // A folder, as a page sees one that cannot open it.
                try await page.drop([("holiday", "", "")], on: "#main")
                try await page.call(Eye.whenStill)
                #expect(try await stage.tiles().count == 4)
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `when the server goes away a line says so, and what was shown and typed stays`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind, .init(count: 6, days: 1)) { stage in
                let page = stage.page
                try await stage.settleGrid()
                try await page.press("/")
                try await page.type("mug")
                try await page.wait(
                    "they are found",
                    "new URLSearchParams(location.search).get('q') === 'mug*' && document.querySelector('[role=grid]').ariaBusy === 'false' && \(GalleryStage.count) > 0"
                )
                stage.serving.signal(SIGKILL)
                try await page.wait(
                    "a line says so",
                    "/not responding|connection|not connected|lost/i.test(document.body.innerText)")
                #expect(try await page.value("\(GalleryStage.count)").int ?? 0 > 0)
                #expect(try await page.value("document.querySelector('[role=combobox]').value") == "mug")
                // A refused connection is told on the console by the browser itself.
                _ = page.browser.takeComplaints()
            }
        }
    }
}
