internal import AssetModel
package import Foundation

extension Page {
    /// What the system tells pages that people have chosen.
    package struct Preferences: Sendable, Hashable, CustomStringConvertible {
        package var isDark: Bool
        package var hasReducedMotion: Bool

        /// Light and with motion unless told otherwise.
        package init(isDark: Bool = false, hasReducedMotion: Bool = false) {
            (self.isDark, self.hasReducedMotion) = (isDark, hasReducedMotion)
        }

        package var description: String { isDark ? "dark" : "light" }
    }

    /// The size of the page in CSS pixels, and how many of the screen's pixels each of them has.
    package func resize(_ width: Int64, _ height: Int64, ratio: Double? = nil) async throws {
        var fields: [String: JSONValue] = ["viewport": ["width": .integer(width), "height": .integer(height)]]
        if let ratio { fields["devicePixelRatio"] = .number(ratio) }
        try await send("browsingContext.setViewport", fields)
        try await wait("the window is \(width) wide", "innerWidth === \(width)")
    }

    /// Sets what the system prefers; in Firefox for all of its pages, until it is set again.
    package func prefer(_ preferences: Preferences) async throws {
        switch browser.kind {
        case .chromium:
            let session = try await browser.bidi.send("goog:cdp.getSession", ["context": .string(context)])
            let motion: JSONValue = preferences.hasReducedMotion ? "reduce" : "no-preference"
            try await browser.bidi.send(
                "goog:cdp.sendCommand",
                [
                    "session": session["session"] ?? .null, "method": "Emulation.setEmulatedMedia",
                    "params": [
                        "features": [
                            ["name": "prefers-color-scheme", "value": preferences.isDark ? "dark" : "light"],
                            ["name": "prefers-reduced-motion", "value": motion],
                        ]
                    ],
                ])
        case .firefox:
            // 0 is dark and 1 is light.
            try await browser.inFirefox(
                """
                (isDark, hasReducedMotion) => {
                  Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', isDark ? 0 : 1);
                  Services.prefs.setIntPref('ui.prefersReducedMotion', hasReducedMotion ? 1 : 0);
                }
                """, preferences.isDark, preferences.hasReducedMotion)
        }
        try await wait(
            "the page knows what is preferred",
            """
            matchMedia('(prefers-color-scheme: dark)').matches === \(preferences.isDark)
              && matchMedia('(prefers-reduced-motion: reduce)').matches === \(preferences.hasReducedMotion)
            """)
    }

    /// A picture of the window as PNG.
    package func screenshot() async throws -> Data {
        let answer = try await send("browsingContext.captureScreenshot", ["origin": "viewport"])
        guard let data = answer["data"]?.text.flatMap({ Data(base64Encoded: $0) }) else {
            throw BrowserError("no screenshot")
        }
        return data
    }

    /// Keeps a picture of the window as `NAME.png` in the folder that `ATELIER_TEST_SCREENSHOTS` names, if it does.
    package func keepScreenshot(_ name: String) async throws {
        guard let folder = ProcessInfo.processInfo.environment["ATELIER_TEST_SCREENSHOTS"], !folder.isEmpty else {
            return
        }
        try await settle()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try await screenshot().write(to: URL(fileURLWithPath: "\(folder)/\(name)-\(browser.kind).png"))
    }
}

extension Browser {
    /// Calls a function in Firefox' own window rather than in a page.
    fileprivate func inFirefox(_ function: String, _ flags: Bool...) async throws {
        let tree = try await bidi.send("browsingContext.getTree", ["moz:scope": "chrome"])
        guard let context = tree["contexts"]?.elements?.first?["context"] else {
            throw BrowserError("Firefox shows no window of its own")
        }
        let answer = try await bidi.send(
            "script.callFunction",
            [
                "functionDeclaration": .string(function), "awaitPromise": false, "target": ["context": context],
                "arguments": .array(flags.map { ["type": "boolean", "value": .bool($0)] }),
            ])
        guard answer["type"]?.text == "success" else { throw BrowserError("Firefox: \(answer.canonicalText)") }
    }
}
