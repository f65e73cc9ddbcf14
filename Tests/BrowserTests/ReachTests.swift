import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

extension InBrowsers {
    /// Every picture of a large library can be gone to.
    struct ReachTests {
        /// The seeds of pictures in the window, by their names.
        private static let numbers = """
            [...document.querySelectorAll('\(GalleryStage.tile)')]
              .filter((tile) => { const { top, bottom } = tile.getBoundingClientRect(); return bottom > 60 && top < innerHeight; })
              .map((tile) => Number(/study (\\d+) of/.exec(tile.getAttribute('aria-label') + tile.textContent
                + [...tile.querySelectorAll('img')].map((image) => image.alt).join())?.[1] ?? 0))
            """

        @Test(arguments: BrowserKind.allCases)
        func `the last and the middle picture are reached by scrollbar, keyboard and scrubber`(_ kind: BrowserKind)
            async throws
        {
            // The million is the bench's.
            let count = 1000
            try await GalleryStage.with(kind, .init(count: count, days: 25)) { stage in
                let page = stage.page
                try await stage.settleGrid()
                try await page.press("End")
                try await page.wait("the oldest is there", "\(Self.numbers).includes(1)")
                try await page.press("Home")
                try await page.wait("the newest is there", "\(Self.numbers).includes(\(count))")

                // The scrollbar, dragged to its end and to its middle.
                let scroller = """
                    (() => {
                      let element = document.querySelector('[role=grid]');
                      while (element && !(element.scrollHeight > element.clientHeight + 10
                        && /auto|scroll/.test(getComputedStyle(element).overflowY))) element = element.parentElement;
                      return element ?? document.scrollingElement;
                    })()
                    """
                try await page.call(
                    "() => { const scroller = \(scroller); scroller.scrollTop = scroller.scrollHeight; }")
                try await page.wait("the oldest is at the scrollbar's end", "\(Self.numbers).includes(1)")
                try await page.call(
                    "() => { const scroller = \(scroller); scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) / 2; }"
                )
                try await page.wait(
                    "the middle is in the middle",
                    "\(Self.numbers).some((number) => number > \(count * 2 / 5) && number < \(count * 3 / 5))")

                let scrubber = try await page.box("[role=slider][aria-orientation=vertical], .scrubber")
                try await page.click(at: Point(scrubber.middle.x, scrubber.y + scrubber.height - 3))
                try await page.wait(
                    "the oldest by the scrubber", "\(Self.numbers).some((number) => number > 0 && number < 100)")
                try await page.drag(
                    from: Point(scrubber.middle.x, scrubber.y + scrubber.height - 3),
                    to: Point(scrubber.middle.x, scrubber.y + scrubber.height / 2))
                try await page.wait(
                    "the middle by the scrubber",
                    "\(Self.numbers).some((number) => number > \(count * 3 / 10) && number < \(count * 7 / 10))")

                // Every one of them: page by page down to the end, each number is met.
                try await page.press("Home")
                try await page.wait("the newest again", "\(Self.numbers).includes(\(count))")
                let met = try await page.call(
                    """
                    async () => {
                      const scroller = \(scroller);
                      const met = new Set();
                      const frame = () => new Promise((resolve) => { setTimeout(resolve, 100); requestAnimationFrame(resolve); });
                      for (let top = 0, last = -1, tries = 0; tries < 40;) {
                        const before = met.size;
                        for (const number of \(Self.numbers)) if (number) met.add(number);
                        tries = met.size > before ? 0 : tries + 1;
                        if (tries === 0 || tries > 10) {
                          scroller.scrollTop += scroller.clientHeight * 0.6;
                        }
                        await frame();
                      }
                      return met.size;
                    }
                    """)
                #expect(met.int == count)
            }
        }
    }
}
