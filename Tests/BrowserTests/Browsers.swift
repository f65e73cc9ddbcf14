import BrowserDriver
import Foundation
import Synchronization
import TestSupport
import Testing

/// Everything that needs a browser, one test at a time: each has as many processes as a desktop, and the machine two cores.
@Suite(.serialized, .browsers, .enabled(if: Attacks.areAlone, Attacks.needsToBeAlone)) enum InBrowsers {}

/// The browsers of a test run: each is started when the first test needs it and ended after the last one.
actor Browsers: SuiteTrait, TestScoping {
    private static let shared = Browsers()

    private var running: [BrowserKind: Browser] = [:]
    private var folders: [String] = []

    /// A page in a browser, for the length of a closure. A browser that is not installed cancels the test and says so.
    static func withPage<R>(_ kind: BrowserKind, _ body: (Page) async throws -> R) async throws -> R {
        if let absence = kind.absence {
            Attacks.report(absence, 0)
            try Test.cancel(Comment(rawValue: absence))
        }
        return try await shared.browser(kind).withPage(body)
    }

    @concurrent nonisolated func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        do {
            try await function()
        } catch {
            await Self.shared.end()
            throw error
        }
        await Self.shared.end()
    }

    fileprivate static var trait: Browsers { shared }

    private func browser(_ kind: BrowserKind) async throws -> Browser {
        if let browser = running[kind] { return browser }
        // Not TemporaryFolder, which goes with a closure: this one goes with the browser.
        let folder = FileManager.default.temporaryDirectory.appending(path: "atelier-\(kind)-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        folders.append(folder)
        let browser = try await Browser.start(kind, in: folder)
        running[kind] = browser
        return browser
    }

    private func end() async {
        for browser in running.values { await browser.end() }
        running = [:]
        for folder in folders { try? FileManager.default.removeItem(atPath: folder) }
        folders = []
    }
}

extension Trait where Self == Browsers {
    /// Ends the browsers of the suite after its last test.
    static var browsers: Self { Browsers.trait }
}
