import AssetModel
import BrowserDriver

/// The views of the gallery, each as a person comes to it.
enum GalleryView: String, CaseIterable, Sendable {
    case grid, search, selection, help, picture, information, compare, compose, runs, fal, costs

    /// Opens it, with pictures of the library by their ids.
    func open(_ stage: GalleryStage, _ ids: [String]) async throws {
        let page = stage.page
        func path(_ id: String) -> String { id.replacing("/", with: "~") }
        switch self {
        case .grid:
            try await stage.open("/")
            if !ids.isEmpty { try await stage.settleGrid() }
        case .search:
            try await stage.open("/?q=study")
            if !ids.isEmpty { try await stage.settleGrid() }
            try await page.press("/")
            try await page.wait("the search box has focus", "document.activeElement?.matches('[role=combobox]')")
            try await page.press("End")
            try await page.type(" ra")
        case .selection:
            try await stage.open("/")
            let tiles = try await stage.tiles()
            for tile in tiles.prefix(3) {
                try await stage.focus(tile.id)
                try await page.press("x")
            }
        case .help:
            try await stage.open("/")
            if !ids.isEmpty { try await stage.settleGrid() }
            try await page.press("?")
            try await page.wait("the help is open", "document.querySelector('[role=dialog]')?.checkVisibility()")
        case .picture, .information:
            try await stage.open("/picture/\(path(ids[0]))")
            try await page.wait(
                "the picture is shown", "document.querySelector('\(GalleryStage.overlay) img')?.complete")
        case .compare:
            try await stage.open("/compare/\(path(ids[0]))/\(path(ids[1]))")
            try await page.wait(
                "both are shown", "document.querySelectorAll('\(GalleryStage.overlay) img').length >= 2")
        case .compose:
            try await stage.open("/compose")
            try await page.wait("the form is there", "document.querySelector('#page textarea') !== null")
        case .runs, .fal, .costs:
            try await stage.open("/\(rawValue)")
            try await page.wait("the view is there", "document.getElementById('page').textContent.trim() !== ''")
        }
        try await page.call(Eye.whenStill)
        try await page.settle()
    }

    /// Whether it shows pictures of the library.
    var needsPictures: Bool { [.selection, .picture, .information, .compare].contains(self) }
}
