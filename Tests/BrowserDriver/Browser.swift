internal import AssetModel
internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization
internal import TestSupport

/// A headless browser in a profile of its own, spoken to with WebDriver BiDi.
package final class Browser: Sendable {
    package let kind: BrowserKind
    let bidi: BiDi
    private let journal: Journal
    private let process: Program.Running
    /// Where chromedriver listens and its session; nil for Firefox, which needs none.
    private let driver: (address: String, session: String)?
    /// The browser's own process, when another one started it.
    private let child: Int32?

    private init(
        _ kind: BrowserKind, _ bidi: BiDi, _ journal: Journal, _ process: Program.Running,
        driver: (address: String, session: String)? = nil, child: Int32? = nil
    ) {
        (self.kind, self.bidi, self.journal, self.process) = (kind, bidi, journal, process)
        (self.driver, self.child) = (driver, child)
    }

    /// Starts one, with its profile in a folder.
    package static func start(_ kind: BrowserKind, in folder: String) async throws -> Browser {
        guard let paths = kind.paths else { throw BrowserError(kind.absence ?? "") }
        try FileManager.default.createDirectory(atPath: folder + "/profile", withIntermediateDirectories: true)
        let journal = Journal()
        let bidi = BiDi { journal.take($0, $1) }
        let browser =
            switch kind {
            case .firefox: try await startFirefox(paths[0], in: folder, bidi, journal)
            case .chromium: try await startChromium(paths[0], driver: paths[1], in: folder, bidi, journal)
            }
        do {
            try await bidi.send(
                "session.subscribe", ["events": ["log.entryAdded", "browsingContext.userPromptOpened"]])
            // The console does not hear of these in every browser.
            try await bidi.send(
                "script.addPreloadScript",
                [
                    "functionDeclaration": """
                    () => addEventListener('securitypolicyviolation', (event) => console.error(
                      `CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))
                    """
                ])
        } catch {
            await browser.end()
            throw error
        }
        return browser
    }

    /// Opens a page for the length of a closure, with cookies and storage of its own. What the page and those opened beside
    /// it complain of is thrown at the end: an error on the console, an exception, a violation of its policy.
    package func withPage<R>(_ body: (Page) async throws -> R) async throws -> R {
        let answer = try await bidi.send("browser.createUserContext")
        guard let context = answer["userContext"]?.text else { throw BrowserError("no user context: \(answer)") }
        journal.clear()
        do {
            let page = try await Page.open(in: self, userContext: context)
            let result = try await body(page)
            try await page.settle()
            _ = try? await bidi.send("browser.removeUserContext", ["userContext": .string(context)])
            let complaints = journal.complaints
            guard complaints.isEmpty else { throw BrowserError(complaints.joined(separator: "\n")) }
            return result
        } catch {
            _ = try? await bidi.send("browser.removeUserContext", ["userContext": .string(context)])
            let complaints = journal.complaints
            guard complaints.isEmpty else {
                throw BrowserError("\(error)\nThe page said: \(complaints.joined(separator: "\n"))")
            }
            throw error
        }
    }

    /// Complaints so far of all open pages; asking takes them away, so that a test may expect some.
    package func takeComplaints() -> [String] { journal.takeComplaints() }

    /// Ends the browser and all that it started.
    package func end() async {
        if let driver {
            // chromedriver ends its browser when the session ends, and never when it is killed.
            _ = try? await Self.request(.DELETE, driver.address + "/session/" + driver.session)
        } else {
            _ = try? await bidi.send("browser.close", patience: 10)
        }
        await bidi.close()
        process.signal(SIGTERM)
        let ended = Task { try? await process.outcome() }
        let deadline = Task {
            try await Task.sleep(for: .seconds(10))
            process.signal(SIGKILL)
            if let child { kill(child, SIGKILL) }
        }
        _ = await ended.value
        deadline.cancel()
    }

    // MARK: - Firefox

    private static func startFirefox(
        _ path: String, in folder: String, _ bidi: BiDi, _ journal: Journal
    ) async throws -> Browser {
        let preferences = [
            "browser.shell.checkDefaultBrowser": "false", "browser.aboutwelcome.enabled": "false",
            "browser.startup.page": "0", "datareporting.policy.dataSubmissionEnabled": "false",
            "app.update.enabled": "false", "app.normandy.enabled": "false",
            "browser.safebrowsing.malware.enabled": "false", "browser.safebrowsing.phishing.enabled": "false",
            "extensions.getAddons.cache.enabled": "false", "network.captive-portal-service.enabled": "false",
            "network.connectivity-service.enabled": "false", "toolkit.telemetry.enabled": "false",
            "services.settings.server": "\"data:,\"", "browser.sessionstore.resume_from_crash": "false",
            "remote.prefs.recommended": "true", "dom.ipc.processCount": "2", "dom.disable_open_during_load": "false",
            // As people have it who have not chosen: nothing of this machine's desktop.
            "ui.systemUsesDarkTheme": "0", "ui.prefersReducedMotion": "0",
        ]
        let text = preferences.sorted { $0.key < $1.key }.map { "user_pref(\"\($0.key)\", \($0.value));\n" }.joined()
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/profile/user.js"))
        let process = try Program(in: folder).startTool(
            path,
            [
                "--headless", "--no-remote", "--remote-debugging-port=0", "--remote-allow-system-access", "--profile",
                folder + "/profile",
            ])
        do {
            let start = ContinuousClock.now
            var address: String?
            _ = try await Waiting.until {
                let output = try process.errorsSoFar()
                address = output.firstMatch(of: /listening on (ws:\/\/[^\s]+)\n/).map { String($0.1) }
                return address != nil
            } orElse: {
                !process.isRunning || start.duration(to: .now) > .seconds(BiDi.patience)
            }
            guard let address else { throw BrowserError("Firefox did not start: \(try process.errorsSoFar())") }
            try await bidi.connect(address + "/session")
            try await bidi.send(
                "session.new", ["capabilities": ["alwaysMatch": ["unhandledPromptBehavior": ["default": "ignore"]]]])
            return Browser(.firefox, bidi, journal, process)
        } catch {
            process.signal(SIGKILL)
            throw error
        }
    }

    // MARK: - Chromium

    private static func startChromium(
        _ path: String, driver: String, in folder: String, _ bidi: BiDi, _ journal: Journal
    ) async throws -> Browser {
        let process = try Program(in: folder).startTool(driver, ["--port=0"])
        do {
            let start = ContinuousClock.now
            var port: String?
            _ = try await Waiting.until {
                port = try process.outputSoFar().firstMatch(of: /started successfully on port ([0-9]+)/).map {
                    String($0.1)
                }
                return port != nil
            } orElse: {
                !process.isRunning || start.duration(to: .now) > .seconds(BiDi.patience)
            }
            guard let port else { throw BrowserError("chromedriver did not start: \(try process.outputSoFar())") }
            let address = "http://127.0.0.1:\(port)"
            var arguments: [JSONValue] = [
                "--headless=new", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-gpu",
                "--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
                "--disable-renderer-backgrounding", "--force-device-scale-factor=1",
                .string("--user-data-dir=\(folder)/profile"),
            ]
            // Chromium refuses root otherwise, as in most containers.
            if getuid() == 0 { arguments.append("--no-sandbox") }
            let wanted: JSONValue = [
                "capabilities": [
                    "alwaysMatch": [
                        "browserName": "chrome", "webSocketUrl": true, "unhandledPromptBehavior": "ignore",
                        "goog:chromeOptions": ["binary": .string(path), "args": .array(arguments)],
                    ]
                ]
            ]
            let answer = try await request(.POST, address + "/session", wanted)
            let capabilities = answer["value"]?["capabilities"]
            guard let session = answer["value"]?["sessionId"]?.text, let socket = capabilities?["webSocketUrl"]?.text
            else { throw BrowserError("Chromium did not start: \(answer.canonicalText)") }
            let child = capabilities?["goog:processID"]?.int.map { Int32($0) }
            let browser = Browser(
                .chromium, bidi, journal, process, driver: (address, session), child: child)
            do { try await bidi.connect(socket) } catch {
                await browser.end()
                throw error
            }
            return browser
        } catch {
            process.signal(SIGTERM)
            throw error
        }
    }

    private enum Method: String { case POST, DELETE }

    private static func request(_ method: Method, _ url: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        var request = HTTPClientRequest(url: url)
        request.method = .init(rawValue: method.rawValue)
        if let body {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(string: body.canonicalText))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(BiDi.patience))
        let bytes = try await response.body.collect(upTo: 1 << 20)
        return try JSONValue(parsing: String(buffer: bytes))
    }
}

/// What the pages of a browser complain of.
private final class Journal: Sendable {
    private let entries = Mutex<[String]>([])

    var complaints: [String] { entries.withLock { $0 } }

    func takeComplaints() -> [String] {
        entries.withLock { entries in
            defer { entries = [] }
            return entries
        }
    }

    func clear() { entries.withLock { $0 = [] } }

    func take(_ method: String, _ fields: JSONValue) {
        switch method {
        case "log.entryAdded" where fields["level"]?.text == "error":
            let frame = fields["stackTrace"]?["callFrames"]?.elements?.first
            let place = frame.map { " (\($0["url"]?.text ?? ""):\($0["lineNumber"]?.int ?? 0))" } ?? ""
            entries.withLock { $0.append("\(fields["type"]?.text ?? "log"): \(fields["text"]?.text ?? "")\(place)") }
        case "browsingContext.userPromptOpened":
            // `beforeunload` and `alert`: a page that is left by its test must not ask anything.
            entries.withLock { $0.append("the page asks: \(fields["message"]?.text ?? "")") }
        default: break
        }
    }
}
