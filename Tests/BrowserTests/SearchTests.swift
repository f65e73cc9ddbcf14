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
                #expect(try await page.value("new URLSearchParams(location.search).get('q')") == "nosuchword")

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
