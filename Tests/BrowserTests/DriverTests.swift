import AssetModel
import BrowserDriver
import Foundation
import Hummingbird
import Logging
import TestSupport
import Testing

extension InBrowsers {
    /// What the other suites stand on, tried on a page that does nothing but tell what it is done to.
    struct DriverTests {
        private static let page = """
            <!doctype html><html lang="en"><meta charset="utf-8"><title>Page</title><link rel="icon" href="data:,">
            <style>body { margin: 0; height: 5000px } #box { width: 100px; height: 100px; background: rgb(0, 128, 255) }</style>
            <div id="box"></div><input id="text"><input id="file" type="file" multiple>
            <script>
              window.seen = [];
              const tell = (event, ...more) => window.seen.push([event.type, ...more].join(' '));
              for (const name of ['click', 'dblclick']) {
                box.addEventListener(name, (event) => tell(event, event.shiftKey, event.ctrlKey));
              }
              addEventListener('keydown', (event) => tell(event, event.key));
              box.addEventListener('pointerdown', (event) => tell(event, event.pointerType));
              addEventListener('pointermove', (event) => { if (event.buttons) window.moved = event.clientX; });
              file.addEventListener('change', (event) => tell(event, [...file.files].map((one) => one.name)));
              box.addEventListener('drop', (event) => {
                event.preventDefault();
                tell(event, event.dataTransfer.files[0].name, event.dataTransfer.files[0].size);
              });
            </script>
            """

        /// A page of ours on a port of this machine. `/strict` forbids inline scripts, of which the page has one.
        private static func serve(_ body: @Sendable (String) async throws -> Void) async throws {
            let router = Router()
            for (path, policy) in [("/", nil), ("/strict", "default-src 'self'")] as [(RouterPath, String?)] {
                router.get(path) { _, _ in
                    var headers: HTTPFields = [.contentType: "text/html; charset=utf-8"]
                    if let policy { headers[.contentSecurityPolicy] = policy }
                    return Response(
                        status: .ok, headers: headers, body: .init(byteBuffer: .init(string: Self.page)))
                }
            }
            let (ports, running) = AsyncStream.makeStream(of: Int.self)
            let application = Application(
                router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
                onServerRunning: { running.yield($0.localAddress?.port ?? 0) },
                logger: Logger(label: "page") { _ in SwiftLogNoOpLogHandler() })
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await application.run() }
                for await port in ports {
                    try await body("http://127.0.0.1:\(port)")
                    break
                }
                group.cancelAll()
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `a browser clicks, types, drags, scrolls and takes files as a person does`(_ kind: BrowserKind)
            async throws
        {
            try await Self.serve { url in
                try await Browsers.withPage(kind) { page in
                    try await page.open(url)
                    try await page.click("#box", holding: ["Shift"])
                    #expect(try await page.value("seen.slice(-2)") == ["pointerdown mouse", "click true false"])
                    try await page.click("#box", count: 2)
                    #expect(try await page.value("seen.filter((line) => line.startsWith('dblclick')).length") == 1)
                    try await page.click("#text")
                    try await page.type("mär")
                    try await page.press("Shift+ArrowLeft", "Backspace")
                    let typed = try await page.value("text.value")
                    #expect(typed == "mä", "\(typed)")
                    try await page.press("Escape")
                    #expect(try await page.value("seen.at(-1)") == "keydown Escape")
                    try await page.drag(from: Point(10, 10), to: Point(300, 50))
                    #expect(try await page.value("moved") == 300)
                    try await page.wheel(at: Point(50, 50), by: 700)
                    try await page.wait("the page scrolls", "scrollY > 600")
                    try await page.reload()
                    try await TemporaryFolder.with { folder in
                        try Data("x".utf8).write(to: URL(fileURLWithPath: folder + "/a.txt"))
                        try await page.choose([folder + "/a.txt"], in: "#file")
                        #expect(try await page.value("seen.at(-1)") == "change a.txt")
                    }
                    try await page.drop([("b.txt", "text/plain", "eHl6")], on: "#box")
                    #expect(try await page.value("seen.at(-1)") == "drop b.txt 3")
                }
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `windows have sizes, colours and motion, and show themselves`(_ kind: BrowserKind) async throws {
            try await Self.serve { url in
                try await Browsers.withPage(kind) { page in
                    try await page.open(url)
                    try await page.resize(390, 844, ratio: 2)
                    #expect(try await page.value("[innerWidth, innerHeight, devicePixelRatio]") == [390, 844, 2])
                    let png = try await page.screenshot()
                    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
                    try await page.resize(1440, 900, ratio: 1)
                    try await page.prefer(.init(isDark: true, hasReducedMotion: true))
                    try await page.prefer(.init())
                    let other = try await page.anotherWindow()
                    try await other.open(url + "?other")
                    try await other.call("() => { document.cookie = 'a=1'; }")
                    #expect(try await page.value("document.cookie") == "a=1")
                    #expect(try await other.address() == "/?other")
                    try await page.open(url + "?next")
                    try await page.go(-1)
                    try await page.wait("it is back", "location.search === ''")
                }
                try await Browsers.withPage(kind) { page in
                    try await page.open(url)
                    #expect(try await page.value("document.cookie") == "", "cookies of another test")
                }
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `what a page complains of fails its test`(_ kind: BrowserKind) async throws {
            try await Self.serve { url in
                let complaints = [
                    "setTimeout(() => { throw new Error('thrown'); })", "Promise.reject(new Error('rejected'))",
                    "console.error('told')",
                ]
                for (complaint, word) in zip(complaints, ["thrown", "rejected", "told"]) {
                    let error = await #expect(throws: BrowserError.self) {
                        try await Browsers.withPage(kind) { page in
                            try await page.open(url)
                            try await page.call("() => { \(complaint) }")
                        }
                    }
                    #expect(error?.description.contains(word) == true, "\(String(describing: error))")
                }
                let error = await #expect(throws: BrowserError.self) {
                    try await Browsers.withPage(kind) { try await $0.open(url + "/strict") }
                }
                #expect(error?.description.contains("CSP") == true, "\(String(describing: error))")
            }
        }
    }
}
