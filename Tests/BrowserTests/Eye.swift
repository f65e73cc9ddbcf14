import AssetModel
import BrowserDriver

/// What a person looks at: pictures of the grid and where they are, by the functions of JavaScript that find out.
enum Eye {
    /// Waits until no tile has moved for some frames and no picture of the window is still loading.
    static let whenStill = """
        async () => {
          const frame = () => new Promise((resolve) => { setTimeout(resolve, 100); requestAnimationFrame(resolve); });
          const look = () => [...document.querySelectorAll('[role=grid] [role=gridcell][data-id]')]
            .map((tile) => `${tile.dataset.id} ${tile.getBoundingClientRect().top}`).join();
          let last = '';
          for (let same = 0, frames = 0; same < 6 && frames < 600; frames += 1) {
            await frame();
            const now = look();
            same = now === last ? same + 1 : 0;
            last = now;
          }
        }
        """

    /// Every tile that is wholly in the window, from top to bottom and left to right: id, left, top, width, height.
    static let tiles = """
        () => [...document.querySelectorAll('[role=grid] [role=gridcell][data-id]')]
          .map((tile) => ({ tile, box: tile.getBoundingClientRect() }))
          .filter(({ box: { top, bottom, width } }) => width > 0 && top >= 60 && bottom <= innerHeight)
          .sort((a, b) => a.box.top - b.box.top || a.box.left - b.box.left)
          .map(({ tile, box }) => [tile.dataset.id, box.left, box.top, box.width, box.height])
        """
}

/// A tile and where it is.
struct SeenTile: Hashable {
    let id: String
    let left, top, width, height: Double

    init?(_ value: JSONValue) {
        guard let fields = value.elements, fields.count == 5, let id = fields[0].text else { return nil }
        let numbers = fields.dropFirst().compactMap(\.double)
        guard numbers.count == 4 else { return nil }
        self.id = id
        (left, top, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3])
    }

    var middle: Point { Point(left + width / 2, top + height / 2) }
}

extension GalleryStage {
    /// The tiles that are wholly in the window, as they are read.
    func tiles() async throws -> [SeenTile] {
        try await settleGrid()
        return try await page.call(Eye.tiles).elements?.compactMap(SeenTile.init) ?? []
    }

    /// Where the upper edge of a tile is; waits until it is there.
    func top(of id: String) async throws -> Double {
        try await page.wait("\(id) is in the grid", "document.querySelector('\(Self.tile(id))') !== null")
        try await page.call(Eye.whenStill)
        let top = try await page.value("document.querySelector('\(Self.tile(id))')?.getBoundingClientRect().top")
        return top.double ?? .nan
    }

    /// Turns the wheel over the grid and waits until it stands still.
    func scroll(by pixels: Int64) async throws {
        let middle = try await page.box("#main").middle
        let before = try await tiles()
        try await page.wheel(at: Point(middle.x, min(middle.y, 500)), by: pixels)
        if let first = before.first {
            try await page.wait(
                "the grid moves",
                """
                document.querySelector('\(Self.tile(first.id))')?.getBoundingClientRect().top !== \(first.top)
                """)
        }
        try await page.call(Eye.whenStill)
    }

    /// Gives a tile focus, as Tab and arrows do.
    func focus(_ id: String) async throws {
        try await page.call("(selector) => document.querySelector(selector).focus()", .string(Self.tile(id)))
    }

    /// The id of the tile that has focus.
    func focused() async throws -> String? {
        try await page.value("document.activeElement?.closest('[role=gridcell][data-id]')?.dataset.id").text
    }

    /// The ids that are selected among those that are rendered, in the order of the page.
    func selected() async throws -> [String] {
        let ids = try await page.value(
            "[...document.querySelectorAll('[role=gridcell][data-id][aria-selected=true]')].map((tile) => tile.dataset.id)"
        )
        return ids.elements?.compactMap(\.text) ?? []
    }

    /// The first toast that has this word, whole.
    @discardableResult
    func toast(_ word: String) async throws -> String {
        try await page.wait(
            "a message says \(word)",
            calling: """
                (word) => [...document.querySelectorAll('#toasts [role=status], #toasts [role=alert]')]
                  .map((toast) => toast.textContent).find((text) => text.toLowerCase().includes(word.toLowerCase()))
                """, .string(word)
        ).text ?? ""
    }
}
