import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// How everything looks, kept for people to look at. What can be tested of it: nothing is wider than the window.
    @Suite(.enabled(if: ProcessInfo.processInfo.environment["ATELIER_TEST_SCREENSHOTS"]?.isEmpty == false))
    struct ScreenshotTests {
        /// Prompts of a word, of ten, of two thousand, in Arabic and in Japanese.
        static func prompt(_ number: Int) -> String {
            switch number % 6 {
            case 0: "mug"
            case 1: "study \(number): a white mug on grey marble, morning light from the left"
            case 2:
                "رقم \(number) كوب أبيض على رخام رمادي في ضوء الصباح، مع قطة تنظر إليه من النافذة"
            case 3: "大理石の上の白いマグカップ、朝の光、窓辺の猫がそれを見ている、第\(number)番"
            case 4:
                "study \(number) " + String(repeating: "of a mug on marble beside a window with a cat ", count: 200)
            default:
                "study \(number) with Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen_on_marble_unbroken"
            }
        }

        @Test(arguments: BrowserKind.allCases, [12, 300])
        func `every view at every size, light and dark`(_ kind: BrowserKind, _ count: Int) async throws {
            let terms = GalleryStage.Terms(
                count: count, days: count == 12 ? 2 : 20, prompt: { Self.prompt($0) }, sandbox: [])
            try await GalleryStage.with(kind, terms) { stage in
                let page = stage.page
                let made = try await stage.program.run("generate", "a mug on marble", "--seed", "7", "--images", "2")
                #expect(made.status == 0, "\(made.errors)")
                let ids = try await stage.tiles().map(\.id)
                // The larger library shows in the grid and its search; the other views are the same with both.
                let views: [GalleryView] = count == 12 ? GalleryView.allCases : [.grid, .search, .selection]
                for (width, height) in [(1440, 900), (2560, 1440), (390, 844)] as [(Int64, Int64)] {
                    try await page.resize(width, height, ratio: 1)
                    for view in views {
                        try await view.open(stage, ids)
                        for isDark in [false, true] {
                            try await page.prefer(.init(isDark: isDark))
                            try await page.keepScreenshot(
                                "\(view.rawValue)-\(count)-\(width)x\(height)-\(isDark ? "dark" : "light")")
                        }
                        let wide = try await page.value("document.documentElement.scrollWidth - innerWidth").int ?? 0
                        #expect(wide <= 1, "\(view.rawValue) at \(width): \(wide) px wider than the window")
                    }
                }
                try await page.prefer(.init())
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `an empty library explains itself`(_ kind: BrowserKind) async throws {
            try await GalleryStage.with(kind, .init(count: 0)) { stage in
                try await stage.page.wait(
                    "three ways in", "document.getElementById('main').textContent.includes('import')")
                for isDark in [false, true] {
                    try await stage.page.prefer(.init(isDark: isDark))
                    try await stage.page.keepScreenshot("empty-\(isDark ? "dark" : "light")")
                }
                try await stage.page.prefer(.init())
            }
        }
    }
}
