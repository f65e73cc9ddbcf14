package import AssetModel
internal import Foundation

/// A page in a browser: a tab or a window.
package struct Page: Sendable {
    package let browser: Browser
    let context: String
    let userContext: String

    static func open(in browser: Browser, userContext: String, asWindow: Bool = false) async throws -> Page {
        let answer = try await browser.bidi.send(
            "browsingContext.create",
            ["type": asWindow ? "window" : "tab", "userContext": .string(userContext)])
        guard let context = answer["context"]?.text else { throw BrowserError("no page: \(answer)") }
        return Page(browser: browser, context: context, userContext: userContext)
    }

    /// A second window beside this page, with the same cookies.
    package func anotherWindow() async throws -> Page {
        try await Page.open(in: browser, userContext: userContext, asWindow: true)
    }

    @discardableResult
    func send(_ method: String, _ fields: [String: JSONValue] = [:]) async throws -> JSONValue {
        var fields = fields
        fields["context"] = .string(context)
        return try await browser.bidi.send(method, .object(fields))
    }

    // MARK: - Where it is

    /// Goes to an address and waits until it has loaded.
    package func open(_ url: String) async throws {
        try await send("browsingContext.navigate", ["url": .string(url), "wait": "complete"])
    }

    /// Loads the page again and waits until it has loaded.
    package func reload() async throws { try await send("browsingContext.reload", ["wait": "complete"]) }

    /// The browser's back, or forward with a positive number. Does not wait.
    package func go(_ steps: Int64) async throws {
        try await send("browsingContext.traverseHistory", ["delta": .integer(steps)])
    }

    /// Brings the page to the front, as a click on its tab does: only that one has focus.
    package func activate() async throws { try await send("browsingContext.activate") }

    /// Closes it.
    package func close() async throws { try await send("browsingContext.close") }

    // MARK: - What it is

    /// Calls a function of JavaScript in the page with values, and gives what it returns or promises; `undefined` is null.
    /// An exception is thrown here.
    @discardableResult
    package func call(_ function: String, _ values: JSONValue...) async throws -> JSONValue {
        try await call(function, values)
    }

    /// Calls a function of JavaScript in the page, see above.
    @discardableResult
    package func call(_ function: String, _ values: [JSONValue]) async throws -> JSONValue {
        let answer = try await browser.bidi.send(
            "script.callFunction",
            [
                "functionDeclaration": .string(
                    "async (...$sent) => JSON.stringify((await (\(function))(...JSON.parse($sent[0]))) ?? null)"),
                "arguments": [["type": "string", "value": .string(JSONValue.array(values).canonicalText)]],
                "awaitPromise": true, "target": ["context": .string(context)], "userActivation": true,
            ])
        guard answer["type"]?.text == "success", let text = answer["result"]?["value"]?.text else {
            throw BrowserError("\(answer["exceptionDetails"]?["text"]?.text ?? answer.canonicalText) in \(function)")
        }
        return try JSONValue(parsing: text)
    }

    /// The value of an expression in the page.
    @discardableResult
    package func value(_ expression: String) async throws -> JSONValue { try await call("() => (\(expression))") }

    /// Waits until an expression has a value that is true in JavaScript, and gives it. After a minute it fails and says what it
    /// waited for.
    @discardableResult
    package func wait(_ what: String, _ expression: String) async throws -> JSONValue {
        try await wait(what, calling: "() => (\(expression))")
    }

    /// Waits until a function returns what is true in JavaScript, see above. The page looks itself, so that no time is lost on
    /// the way; when it is left meanwhile, the next one goes on looking.
    @discardableResult
    package func wait(_ what: String, calling function: String, _ values: JSONValue...) async throws -> JSONValue {
        let start = ContinuousClock.now
        var last = ""
        while start.duration(to: .now) < .seconds(BiDi.patience) {
            do {
                let found = try await call(
                    """
                    async (...values) => {
                      const test = \(function);
                      for (const start = performance.now(); performance.now() - start < 5000;) {
                        const found = await test(...values);
                        if (found) return [found];
                        await new Promise((resolve) => setTimeout(resolve, 15));
                      }
                      return null;
                    }
                    """, values)
                if let found = found.elements?.first { return found }
            } catch let error as BrowserError {
                // The page was left, or is not yet there.
                last = error.description
                try await Task.sleep(for: .milliseconds(20))
            }
        }
        throw BrowserError("waited in vain: \(what) (\(function)) \(last)")
    }

    /// Waits until the page has painted what it was told.
    package func settle() async throws {
        _ = try? await call(
            "() => new Promise((done) => { setTimeout(done, 500); requestAnimationFrame(() => requestAnimationFrame(done)); })"
        )
    }

    /// The path and query of the address.
    package func address() async throws -> String { try await value("location.pathname + location.search").text ?? "" }
}
