import AssetLibrary
import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

/// A library, `atelier serve` for it, and a page of a browser that shows it.
struct GalleryStage: Sendable {
    /// What a test starts with.
    struct Terms: Sendable {
        /// How many pictures the library has.
        var count = 60
        /// Over how many days they came, the last of them today.
        var days = 3
        /// The prompt of a picture by its number, from 1.
        var prompt: @Sendable (Int) -> String = { "study \($0) of a mug" }
        /// Further words for `serve`.
        var arguments: [String] = []
        /// The words for a sandbox of its own; nil for none.
        var sandbox: [String]?
        /// What is done to the library before it is served, by its folder.
        var prepare: @Sendable (String) throws -> Void = { _ in }
        /// Whether the page is opened before the test begins.
        var isOpened = true
        /// Whether the library is looked through at the end.
        var isVerified = false
    }

    let folder: String
    /// The program with this library.
    let program: Program
    let serving: Program.Running
    /// The address with the token.
    let entrance: String
    let page: Page

    var root: String { folder + "/library" }
    /// The address without a path.
    var base: String { String(entrance.prefix { $0 != "?" }.dropLast()) }

    /// Runs a body before a library with `terms`.
    static func with(
        _ kind: BrowserKind, _ terms: Terms = Terms(), _ body: (GalleryStage) async throws -> Void
    ) async throws {
        try skipWithout(kind)
        try await TemporaryFolder.with { folder in
            try await fill(folder, terms)
            try terms.prepare(folder + "/library")
            let program = Program(
                in: folder, environment: ["ATELIER_LIBRARY": folder + "/library", "LANG": "C.UTF-8"])
            if let words = terms.sandbox {
                try await program.withSandbox(words) { try await serve(kind, terms, $0, body) }
            } else {
                try await serve(kind, terms, program, body)
            }
            if terms.isVerified { try await TestLibrary.expectSound(folder + "/library") }
        }
    }

    private static func skipWithout(_ kind: BrowserKind) throws {
        guard let absence = kind.absence else { return }
        Attacks.report(absence, 0)
        try Test.cancel(Comment(rawValue: absence))
    }

    private static func serve(
        _ kind: BrowserKind, _ terms: Terms, _ program: Program, _ body: (GalleryStage) async throws -> Void
    ) async throws {
        let serving = try program.start(["serve", "--json"] + terms.arguments)
        do {
            guard let line = try await serving.firstLine(),
                let entrance = try JSONValue(parsing: line)["gallery"]?.text
            else { throw BrowserError("serve did not start: \(try serving.errorsSoFar())") }
            try await Browsers.withPage(kind) { page in
                try await page.resize(1440, 900, ratio: 1)
                let stage = GalleryStage(
                    folder: program.folder, program: program, serving: serving, entrance: entrance, page: page)
                if terms.isOpened { try await stage.open() }
                do {
                    try await body(stage)
                    try await stage.expectAllIsLocal()
                } catch {
                    // What was to be seen when it failed helps most.
                    try? await page.keepScreenshot("failed-\(UUID().uuidString.prefix(8))")
                    throw error
                }
            }
        } catch {
            serving.signal(SIGKILL)
            throw error
        }
        serving.signal(SIGINT)
        let ended = try await serving.outcome()
        // A test may have ended it, to see what the page says then.
        #expect([0, 128 + SIGKILL].contains(ended.status), "\(ended.errors)")
    }

    /// A library with pictures that came over some days, each batch at noon of its day.
    private static func fill(_ folder: String, _ terms: Terms) async throws {
        let root = folder + "/library"
        try Library.create(at: root)
        guard terms.count > 0 else { return }
        let today = Date().timeIntervalSince1970
        let size = (terms.count + terms.days - 1) / terms.days
        var first = 1
        for day in (0..<terms.days).reversed() where first <= terms.count {
            let pictures = folder + "/pictures-\(day)"
            try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
            let last = min(terms.count, first + size - 1)
            let paths = try (first...last).map { number in
                let path = pictures + "/\(String(format: "%06d", number)).png"
                try Drawing.write(number, prompt: terms.prompt(number), to: path)
                return path
            }
            first = last + 1
            var environment = Library.Environment.live
            // Not in the future, where today is the last of the days.
            let noon = today - Double(day) * 86_400 - 60
            environment.now = { Timestamp(secondsSince1970: noon) }
            try await Library.withLibrary(at: root, environment: environment, logger: TestLibrary.logger) {
                _ = try await $0.importFiles(paths)
            }
            try FileManager.default.removeItem(atPath: pictures)
        }
    }

    // MARK: - What a person does

    /// Opens the gallery, or a view of it by its path, and waits until it shows pictures where it has any.
    func open(_ path: String? = nil) async throws {
        if let path {
            // The cookie is there already, or comes with the first address.
            if try await page.value("location.origin").text != base { try await page.open(entrance) }
            try await page.open(base + path)
        } else {
            try await page.open(entrance)
        }
        try await page.wait("the page is there", "document.querySelector('#app') !== null")
    }

    /// Waits until pictures are to be seen and nothing moves.
    func settleGrid() async throws {
        try await page.wait("the grid shows pictures", "document.querySelector('\(Self.tile)') !== null")
        try await page.call(Eye.whenStill)
    }

    /// A picture in the grid.
    static let tile = "[role=grid] [role=gridcell][data-id]"

    /// How many tiles are drawn, as an expression of JavaScript.
    static let count =
        "[...document.querySelectorAll('\(tile)')].filter((tile) => tile.checkVisibility({ visibilityProperty: true })).length"

    /// The selector of one picture's tile.
    static func tile(_ id: String) -> String { "\(tile)[data-id=\"\(id)\"]" }

    /// The selectors of what lies over the grid.
    static let overlay = "#over:not([hidden])"

    /// Writes a picture and imports it with the command line.
    @discardableResult
    func arrive(_ number: Int, prompt: String = "a new arrival") async throws -> Program.Outcome {
        let path = folder + "/new-\(number).png"
        try Drawing.write(number, prompt: prompt, to: path)
        let outcome = try await program.run("import", path)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    /// No request of the page left this machine.
    func expectAllIsLocal() async throws {
        let foreign = try? await page.value(
            """
            performance.getEntriesByType('resource').map((entry) => entry.name)
              .filter((name) => !name.startsWith(location.origin + '/') && !/^(data|blob):/.test(name))
            """)
        // The page may be one that never came.
        #expect(foreign == nil || foreign == [], "\(String(describing: foreign))")
    }
}
