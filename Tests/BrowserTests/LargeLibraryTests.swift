import AssetModel
import BrowserDriver
import Foundation
import TestSupport
import Testing

/// Beside the suite: what its own attribute asks for cannot stand inside of it.
private enum RunningGallery {
    static let address = ProcessInfo.processInfo.environment["ATELIER_TEST_GALLERY"]
}

extension InBrowsers {
    /// A gallery that is running already, of any size: `ATELIER_TEST_GALLERY` is the address with its token.
    ///
    ///     atelier serve -L million --json
    ///     ATELIER_TEST_GALLERY='http://127.0.0.1:…/?token=…' swift test --filter LargeLibraryTests
    ///
    /// It says how long things took, which a test must not judge, and fails when a picture cannot be reached.
    @Suite(.enabled(if: RunningGallery.address != nil, "ATELIER_TEST_GALLERY names no gallery"))
    struct LargeLibraryTests {
        /// Finds what scrolls, and which pictures are in the window.
        private static let tools = """
            const scroller = (() => {
              let element = document.querySelector('[role=grid]');
              while (element && !(element.scrollHeight > element.clientHeight + 10
                && /auto|scroll/.test(getComputedStyle(element).overflowY))) element = element.parentElement;
              return element ?? document.scrollingElement;
            })();
            const shown = () => [...document.querySelectorAll('\(GalleryStage.tile)')].filter((tile) => {
              const { top, bottom } = tile.getBoundingClientRect();
              return bottom > 60 && top < innerHeight;
            });
            const ids = () => shown().map((tile) => tile.dataset.id).filter(Boolean).join();
            const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
            // Called within a frame: what is posted there comes once that frame is painted.
            const painted = () => new Promise((resolve) => {
              const { port1, port2 } = new MessageChannel();
              port1.onmessage = resolve;
              port2.postMessage(null);
            });
            const until = async (test) => {
              const start = performance.now();
              while (!test() && performance.now() - start < 60000) await frame();
              return performance.now() - start;
            };
            // The longest time between two frames while something happens.
            const gaps = async (work) => {
              let [longest, last, isDone] = [0, performance.now(), false];
              const watching = (async () => {
                while (!isDone) { await frame(); longest = Math.max(longest, performance.now() - last); last = performance.now(); }
              })();
              await work();
              isDone = true;
              await watching;
              return Math.round(longest);
            };
            """

        @Test(arguments: BrowserKind.allCases)
        func `it opens, scrolls to its middle and its end, and is searched while a person types`(
            _ kind: BrowserKind
        ) async throws {
            let address = try #require(RunningGallery.address)
            try await Browsers.withPage(kind) { page in
                try await page.resize(1440, 900, ratio: 1)
                try await page.open(address)
                try await page.wait("pictures are there", "document.querySelector('\(GalleryStage.tile)') !== null")
                // The first pictures are there before all are laid out.
                try await page.wait(
                    "all are laid out",
                    "Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount')) > 1000")
                try await page.call(Eye.whenStill)
                let opened = try await page.call(
                    """
                    () => {
                      const at = (part) => Math.round(Math.max(0, ...performance.getEntriesByType('resource')
                        .filter((entry) => entry.name.includes(part)).map((entry) => entry.responseEnd)));
                      const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
                      const isPicture = (entry) => entry.name.includes('/thumbnails/');
                      const first = Math.min(...all.filter(isPicture).map((entry) => entry.responseEnd));
                      // Of the page alone; the views that follow are loaded once pictures are there.
                      const files = all.filter((entry) => !/\\/(thumbnails|blobs|api)\\//.test(entry.name) && entry.responseEnd <= first);
                      return { page: files.reduce((sum, entry) => sum + entry.encodedBodySize, 0), firstPaint: Math.round(
                        performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0), timeline: at('/timeline') };
                    }
                    """)
                let middle = try await page.call(
                    """
                    async () => {
                      \(Self.tools)
                      const before = ids();
                      let came = 0;
                      const longest = await gaps(async () => {
                        scroller.scrollTop = (scroller.scrollHeight - scroller.clientHeight) / 2;
                        came = await until(() => ids() && ids() !== before);
                        for (let step = 0; step < 60; step++) { scroller.scrollTop += 40; await frame(); }
                      });
                      return { longest, came: Math.round(came), height: scroller.scrollHeight };
                    }
                    """)
                try await page.press("End")
                let rows = try await page.value(
                    "Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount'))")
                let last = try await page.wait(
                    "the last row is in the window",
                    """
                    Math.max(0, ...[...document.querySelectorAll('[role=row]')].filter((row) => row.getBoundingClientRect().top < innerHeight)
                      .map((row) => Number(row.getAttribute('aria-rowindex'))))
                      >= Number(document.querySelector('[role=grid]').getAttribute('aria-rowcount'))
                    """)
                #expect(last == .bool(true))
                try await page.press("Home")
                try await page.press("/")
                let typed = try await page.call(
                    """
                    async () => {
                      \(Self.tools)
                      const field = document.querySelector('[role=combobox]');
                      const times = [];
                      let text = '';
                      // A word that this library has, so that there is something to see.
                      const words = shown().filter((tile) => tile.dataset.id).flatMap((tile) => tile.getAttribute('aria-label').match(/[a-z]{5,}/g) ?? []);
                      for (const letter of words[0] ?? 'stone') {
                        const before = ids();
                        const start = performance.now();
                        text += letter;
                        field.value = text;
                        field.dispatchEvent(new InputEvent('input', { bubbles: true, data: letter, inputType: 'insertText' }));
                        await until(() => ids() !== before || performance.now() - start > 2000);
                        await painted();
                        // Where two parts of a word find the same, nothing is repainted.
                        if (ids() !== before) times.push(Math.round(performance.now() - start));
                        // A letter every 120 ms: a hundred words a minute.
                        await new Promise((resolve) => setTimeout(resolve, 120 - (performance.now() - start)));
                      }
                      return times;
                    }
                    """)
                print(
                    "\(kind): \(rows.int ?? 0) rows; opened \(opened.canonicalText); middle \(middle.canonicalText); typed \(typed.canonicalText)"
                )
            }
        }
    }
}
