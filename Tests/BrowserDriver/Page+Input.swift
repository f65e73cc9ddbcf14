internal import AssetModel

/// A place in the window, in CSS pixels from its upper left corner.
package struct Point: Sendable, Hashable {
    package var x: Double
    package var y: Double

    /// A place.
    package init(_ x: Double, _ y: Double) { (self.x, self.y) = (x, y) }
}

/// A rectangle in the window, in CSS pixels from its upper left corner.
package struct Box: Sendable, Hashable {
    package let x, y, width, height: Double

    /// The middle, where a person clicks.
    package var middle: Point { Point(x + width / 2, y + height / 2) }
}

extension Page {
    /// Presses keys one after another, each as `Escape`, `a`, `Shift+ArrowRight` or `Control+Shift+z`; all are released.
    package func press(_ keys: String...) async throws {
        var actions: [JSONValue] = []
        for key in keys {
            // `+` is a key too.
            let words = key == "+" ? ["+"] : key.split(separator: "+").map(String.init)
            for word in words { actions.append(["type": "keyDown", "value": .string(Keys.value(word))]) }
            for word in words.reversed() { actions.append(["type": "keyUp", "value": .string(Keys.value(word))]) }
        }
        try await perform([["type": "key", "id": "keyboard", "actions": .array(actions)]])
    }

    /// Types a text where the focus is.
    package func type(_ text: String) async throws {
        let actions: [JSONValue] = text.flatMap { character -> [JSONValue] in
            let value = JSONValue.string(character == "\n" ? Keys.value("Enter") : String(character))
            return [["type": "keyDown", "value": value], ["type": "keyUp", "value": value]]
        }
        try await perform([["type": "key", "id": "keyboard", "actions": .array(actions)]])
    }

    /// Where the first element of a selector is; waits until there is one that takes room.
    package func box(_ selector: String) async throws -> Box {
        let found = try await wait(
            "\(selector) is to be seen",
            calling: """
                (selector) => {
                  for (const element of document.querySelectorAll(selector)) {
                    const { x, y, width, height } = element.getBoundingClientRect();
                    if (width > 0 && height > 0) return [x, y, width, height];
                  }
                  return null;
                }
                """, .string(selector))
        let sides = found.elements?.compactMap(\.double) ?? []
        guard sides.count == 4 else { throw BrowserError("no box of \(selector)") }
        return Box(x: sides[0], y: sides[1], width: sides[2], height: sides[3])
    }

    /// Clicks in the middle of the first element of a selector, `count` times quickly, with keys held.
    package func click(_ selector: String, holding keys: [String] = [], count: Int = 1) async throws {
        try await click(at: try await box(selector).middle, holding: keys, count: count)
    }

    /// Clicks at a place.
    package func click(at point: Point, holding keys: [String] = [], count: Int = 1) async throws {
        var pointer: [JSONValue] = [Self.move(point)]
        for _ in 0..<count {
            pointer += [["type": "pointerDown", "button": 0], ["type": "pointerUp", "button": 0]]
        }
        try await perform(pointer: pointer, holding: keys)
    }

    /// Moves the pointer over the middle of an element.
    package func hover(_ selector: String) async throws { try await hover(at: try await box(selector).middle) }

    /// Moves the pointer to a place.
    package func hover(at point: Point) async throws { try await perform(pointer: [Self.move(point)], holding: []) }

    /// Drags from one place to another in some steps, as a hand does.
    package func drag(from start: Point, to end: Point, holding keys: [String] = []) async throws {
        var pointer: [JSONValue] = [Self.move(start), ["type": "pointerDown", "button": 0]]
        for step in 1...8 {
            let share = Double(step) / 8
            let point = Point(start.x + (end.x - start.x) * share, start.y + (end.y - start.y) * share)
            pointer.append(Self.move(point, milliseconds: 16))
        }
        pointer.append(["type": "pointerUp", "button": 0])
        try await perform(pointer: pointer, holding: keys)
    }

    /// Presses long at a place, as a finger does.
    package func touch(at point: Point, forMilliseconds duration: Int64) async throws {
        try await perform([
            [
                "type": "pointer", "id": "finger", "parameters": ["pointerType": "touch"],
                "actions": [
                    Self.move(point), ["type": "pointerDown", "button": 0],
                    ["type": "pause", "duration": .integer(duration)], ["type": "pointerUp", "button": 0],
                ],
            ]
        ])
    }

    /// Turns the wheel over a place, down with a positive number, in CSS pixels.
    package func wheel(at point: Point, by deltaY: Int64, holding keys: [String] = []) async throws {
        let scroll: JSONValue = [
            "type": "scroll", "x": Self.whole(point.x), "y": Self.whole(point.y), "deltaX": 0,
            "deltaY": .integer(deltaY),
        ]
        try await perform(["type": "wheel", "id": "wheel"], [scroll], holding: keys)
    }

    /// Chooses files in a file input, as its dialog does.
    package func choose(_ paths: [String], in selector: String) async throws {
        let answer = try await browser.bidi.send(
            "script.callFunction",
            [
                "functionDeclaration": "(selector) => document.querySelector(selector)", "awaitPromise": false,
                "arguments": [["type": "string", "value": .string(selector)]], "target": ["context": .string(context)],
            ])
        guard let id = answer["result"]?["sharedId"]?.text else { throw BrowserError("no \(selector)") }
        try await send(
            "input.setFiles",
            ["element": ["sharedId": .string(id)], "files": .array(paths.map { .string($0) })])
    }

    /// Drops files on an element: events with a transfer of their own, since no driver drags from the desktop. A name that ends
    /// with `/` is an empty folder as the page sees one without the entries interface: no type and no bytes.
    package func drop(_ files: [(name: String, type: String, base64: String)], on selector: String) async throws {
        try await call(
            """
            (selector, files) => {
              const transfer = new DataTransfer();
              for (const [name, type, text] of files) {
                const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
                transfer.items.add(new File([bytes], name, { type }));
              }
              const element = document.querySelector(selector);
              const { x, y, width, height } = element.getBoundingClientRect();
              const place = { clientX: x + width / 2, clientY: y + height / 2 };
              for (const name of ['dragenter', 'dragover', 'drop']) {
                element.dispatchEvent(new DragEvent(
                  name, { bubbles: true, cancelable: true, composed: true, dataTransfer: transfer, ...place }));
              }
            }
            """, .string(selector),
            .array(files.map { [.string($0.name), .string($0.type), .string($0.base64)] }))
    }

    private static func whole(_ number: Double) -> JSONValue { .integer(Int64(number.rounded())) }

    private static func move(_ point: Point, milliseconds: Int64 = 0) -> JSONValue {
        ["type": "pointerMove", "x": whole(point.x), "y": whole(point.y), "duration": .integer(milliseconds)]
    }

    private func perform(pointer: [JSONValue], holding keys: [String]) async throws {
        try await perform(
            ["type": "pointer", "id": "mouse", "parameters": ["pointerType": "mouse"]], pointer, holding: keys)
    }

    /// The actions of one device while keys are held: sources go tick by tick, so the keys wait as long as the device moves.
    private func perform(_ device: [String: JSONValue], _ actions: [JSONValue], holding keys: [String]) async throws {
        let pauses = { (count: Int) in [JSONValue](repeating: ["type": "pause", "duration": 0], count: count) }
        var device = device
        device["actions"] = .array(pauses(keys.count) + actions + pauses(keys.count))
        var sources: [JSONValue] = [.object(device)]
        if !keys.isEmpty {
            let down = keys.map { ["type": "keyDown", "value": .string(Keys.value($0))] as JSONValue }
            let up = keys.reversed().map { ["type": "keyUp", "value": .string(Keys.value($0))] as JSONValue }
            sources.append(
                ["type": "key", "id": "keyboard", "actions": .array(down + pauses(actions.count) + up)])
        }
        try await perform(sources)
    }

    private func perform(_ sources: [JSONValue]) async throws {
        try await send("input.performActions", ["actions": .array(sources)])
    }
}
