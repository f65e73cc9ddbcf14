import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// The gallery without eyes, without a mouse and without motion.
    struct AccessibilityTests {
        @Test(arguments: BrowserKind.allCases)
        func `every view has names, roles, alternatives and contrast, in light and dark, and keeps still when asked`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind, .init(count: 24, sandbox: [])) { stage in
                let made = try await stage.program.run("generate", "a mug", "--seed", "7", "--json")
                #expect(made.status == 0, "\(made.errors)")
                let ids = try await stage.tiles().map(\.id)
                for isDark in [false, true] {
                    try await stage.page.prefer(.init(isDark: isDark, hasReducedMotion: true))
                    for view in GalleryView.allCases {
                        try await view.open(stage, ids)
                        let problems = try await stage.page.call(AccessibilityPass.problems).elements ?? []
                        for problem in problems {
                            Issue.record("\(view.rawValue), \(isDark ? "dark" : "light"): \(problem.text ?? "")")
                        }
                    }
                }
                try await stage.page.prefer(.init())
            }
        }

        @Test(arguments: BrowserKind.allCases)
        func `Tab goes through every view in the order of its places, and what has focus is to be seen`(
            _ kind: BrowserKind
        ) async throws {
            try await GalleryStage.with(kind, .init(count: 12, sandbox: [])) { stage in
                let ids = try await stage.tiles().map(\.id)
                // Without transitions, which would still show what was.
                try await stage.page.prefer(.init(hasReducedMotion: true))
                for view in [GalleryView.grid, .picture, .compare, .compose, .costs] {
                    try await view.open(stage, ids)
                    try await stage.page.activate()
                    var seen: [String] = []
                    for _ in 0..<12 {
                        try await stage.page.press("Tab")
                        guard let focus = try await stage.page.call(AccessibilityPass.focus).elements, focus.count == 3
                        else { continue }
                        let name = focus[0].text ?? ""
                        seen.append(name)
                        #expect(focus[1] == true, "\(view.rawValue): focus is out of sight at \(name)")
                        #expect(focus[2] == true, "\(view.rawValue): focus is not marked at \(name)")
                    }
                    #expect(Set(seen).count >= 3, "\(view.rawValue): Tab reaches only \(seen)")
                }
                try await stage.page.prefer(.init())
            }
        }
    }
}
