import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// The search box, the address and the views that they lead to.
    struct SearchTests {
        private static let count = GalleryStage.count

        @Test(arguments: BrowserKind.allCases)
        func `a query is typed, lives in the address, and back and forward go through the queries`(_ kind: BrowserKind)
            async throws
        {
            try await GalleryStage.with(kind, .init(count: 30)) { stage in
                let page = stage.page
                try await stage.settleGrid()
                try await page.press("/")
                try await page.wait("the box has focus", "document.activeElement?.matches('[role=combobox]')")
                try await page.type("seed:7")
                try await page.press("Enter")
                try await page.wait("one picture is found", "\(Self.count) === 1")
                #expect(try await page.value("new URLSearchParams(location.search).get('q')") == "seed:7")
                try await page.press("/")
                try await page.press("Control+a")
                try await page.type("nosuchword")
                try await page.press("Enter")
                try await page.wait("nothing is found", "\(Self.count) === 0")
                try await page.wait(
                    "the second query", "new URLSearchParams(location.search).get('q') === 'nosuchword'")

                try await page.go(-1)
                try await page.wait("the first query", "new URLSearchParams(location.search).get('q') === 'seed:7'")
                try await page.wait("one picture again", "\(Self.count) === 1")
                let box =
                    "(document.querySelector('[role=combobox]').value ?? document.querySelector('[role=combobox]').textContent)"
                try await page.wait("the box says so", "\(box) === 'seed:7'")
                try await page.go(-1)
                try await page.wait(
                    "no query", "new URLSearchParams(location.search).get('q') === null && \(Self.count) > 10")
                try await page.go(1)
                try await page.wait(
                    "forward to the first",
                    "new URLSearchParams(location.search).get('q') === 'seed:7' && \(Self.count) === 1")
                try await page.reload()
                try await page.wait("the same after reload", "\(Self.count) === 1 && \(box) === 'seed:7'")

                // An OR that waits for its other side empties nothing.
                try await page.press("/")
                try await page.press("Control+a")
                try await page.type("seed:7 OR")
                try await page.call(Eye.whenStill)
                try await page.wait("what stands before it is found", "\(Self.count) === 1")
                try await page.type(" seed:8")
                try await page.wait("both are found", "\(Self.count) === 2")

                // Nonsense is text, never an error.
                for nonsense in ["((( OR", "rating:>=", "\"", "seed:7 -", "@", "é -- \\"] {
                    try await page.press("/")
                    try await page.press("Control+a")
                    try await page.type(nonsense)
                    try await page.press("Enter")
                    try await page.wait(
                        "the address has it",
                        calling: "(q) => new URLSearchParams(location.search).get('q') === q.trim()", .string(nonsense))
                    try await page.call(Eye.whenStill)
                    #expect(
                        try await page.value("document.querySelector('#toasts [role=alert]') === null") == true,
                        "\(nonsense)")
                }
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `the word being typed finds every word that begins like it, and Enter means it as it stands`(
            _ kind: BrowserKind
        ) async throws {
            let prompts = ["a mug", "mugs on a shelf", "a muggy day", "tea"]
            try await GalleryStage.with(kind, .init(count: 8, prompt: { prompts[$0 % 4] })) { stage in
                let page = stage.page
                try await stage.settleGrid()
                let query = "new URLSearchParams(location.search).get('q')"
                let box = "document.querySelector('[role=combobox]').value"
                try await page.press("/")
                for (letter, found) in [("m", 6), ("u", 6), ("g", 6), ("g", 2)] {
                    try await page.type(letter)
                    try await page.wait("\(found) pictures are found", "\(Self.count) === \(found)")
                }
                #expect(try await page.value(box) == "mugg")
                #expect(try await page.value(query) == "mugg*")
                // Nothing has just these letters: what is found stays, and the box says what was looked for.
                try await page.press("Enter")
                try await page.wait("the box shows the open word", "\(box) === 'mugg*'")
                try await page.call(Eye.whenStill)
                #expect(try await page.value("\(query) === 'mugg*' && \(Self.count) === 2") == true)
                // It can be typed on, and reads as before when it was not.
                try await page.press("/", "End")
                #expect(try await page.value(box) == "mugg")
                try await page.press("Escape")
                try await page.wait("the star is back", "\(box) === 'mugg*' && \(query) === 'mugg*'")
                // To move the caret is not to type.
                try await page.press("/", "Home", "Escape")
                try await page.call(Eye.whenStill)
                #expect(try await page.value("\(query) === 'mugg*' && \(Self.count) === 2") == true)
                try await page.press("/", "End", "Backspace")
                try await page.wait("six again", "\(Self.count) === 6")
                try await page.press("Enter")
                try await page.wait("the word alone", "\(query) === 'mug' && \(Self.count) === 2")
                #expect(try await page.value(box) == "mug")
                try await page.wait(
                    "the keyboard is on the pictures",
                    "document.activeElement?.closest('[role=grid]') !== null && document.activeElement !== document.body"
                )
                // Clicking into the box and out again changes nothing.
                try await page.press("/", "Escape")
                try await page.call(Eye.whenStill)
                #expect(try await page.value("\(query) === 'mug' && \(box) === 'mug'") == true)
                try await page.go(-1)
                try await page.wait("back to the first search", "\(query) === 'mugg*' && \(Self.count) === 2")
                #expect(try await page.value(box) == "mugg*")
                try await page.go(-1)
                try await page.wait("and to no query", "\(query) === null && \(Self.count) === 8")
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `suggestions for fields, tags and sets are chosen by the keyboard`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 12, isOpened: false)) { stage in
                #expect(try await stage.program.run("tag", "add", "marble", "--query", "seed:3").status == 0)
                #expect(try await stage.program.run("set", "create", "keepers", "--query", "seed:4").status == 0)
                try await stage.open()
                try await stage.settleGrid()
                let page = stage.page
                let options =
                    "[...document.querySelectorAll('[role=listbox] [role=option]')].map((option) => option.textContent)"
                for (typed, offered) in [("rat", "rating"), ("tag:ma", "marble"), ("@ke", "keepers")] {
                    try await page.press("/")
                    try await page.press("Control+a", "Backspace")
                    try await page.type(typed)
                    try await page.wait(
                        "\(offered) is offered", "\(options).some((text) => text.includes('\(offered)'))")
                }
                try await page.press("ArrowDown")
                let active =
                    try await page.value("document.activeElement.getAttribute('aria-activedescendant')").text ?? ""
                #expect(try await page.value("document.getElementById('\(active)')?.getAttribute('role')") == "option")
                try await page.press("Enter")
                try await page.wait(
                    "it is taken",
                    "(document.activeElement.value ?? document.activeElement.textContent).includes('@keepers')")
                try await page.press("Enter")
                try await page.wait("the set is shown", "\(Self.count) === 1")
            }
        }
    }
}
