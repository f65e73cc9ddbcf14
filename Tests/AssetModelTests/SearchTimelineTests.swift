import AssetModel
import Testing

struct SearchTimelineTests {
    @Test func `a byte holds a shape to a hundredth within sixteen to one`() {
        #expect(SearchTimeline.ratio(128) == 1)
        #expect(abs(SearchTimeline.ratio(160) - 2) < 1e-9 && abs(SearchTimeline.ratio(96) - 0.5) < 1e-9)
        #expect(SearchRatio.byte(width: 1024, height: 1024) == 128)
        #expect(SearchRatio.byte(width: 0, height: 0) == 128)
        #expect(SearchRatio.byte(width: 1, height: 30_000) == 0 && SearchRatio.byte(width: 30_000, height: 1) == 255)
        for byte in UInt8.min ... .max {
            let width = (SearchTimeline.ratio(byte) * 1_000_000).rounded()
            #expect(SearchRatio.byte(width: Int64(width), height: 1_000_000) == byte)
        }
        for width in stride(from: 100, through: 15_000, by: 37) {
            let shown = SearchTimeline.ratio(SearchRatio.byte(width: Int64(width), height: 1000))
            #expect(abs(shown / (Double(width) / 1000) - 1) < 0.011)
        }
    }
}
