import AssetModel
import ImageInspection
import Testing

struct InspectionErrorTests {
    static let all: [InspectionError] =
        [
            .empty, .notAnImage, .truncated(.png), .tooLarge(width: 9, height: 9, maximumPixelCount: 80),
            .unreadable(.folder), .unreadable(.notAFile), .unreadable(.invalidPath),
            .unreadable(.system(2)), .unreadable(.system(5)), .unreadable(.system(13)),
        ]
        + ImageFlaw.allCases.map { .malformed(.webp, $0) }
        + ImageFormat.allCases.map { .truncated($0) }.filter { $0 != .truncated(.png) }
        + UnsupportedPicture.allCases.map { .unsupported($0) }

    @Test(arguments: all)
    func `an error is one sentence that a path can stand before`(error: InspectionError) {
        let text = error.description
        #expect(text.first?.isLowercase == true)
        #expect(text.last?.isPunctuation == false || text.hasSuffix(")"))
        #expect(!text.contains("\n"))
    }

    @Test func `no two errors read alike`() {
        #expect(Set(Self.all.map(\.description)).count == Self.all.count)
    }

    @Test func `codes are the six that are documented`() {
        #expect(
            Set(Self.all.map(\.code)) == [
                "not_an_image", "unsupported", "truncated", "malformed", "too_large", "unreadable",
            ])
    }

    @Test func `what is recognised and not read is named`() {
        #expect(
            InspectionError.unsupported(.cameraRaw).description
                == "a camera raw file, which is not supported")
        #expect(InspectionError.truncated(.jxl).description.contains("JPEG XL"))
    }
}
