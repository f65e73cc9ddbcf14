import AssetModel
import Testing

struct UploadTests {
    @Test(arguments: [
        ("7d", UploadLifetime.seconds(604_800)), ("12h", .seconds(43_200)), ("90", .seconds(90)), ("1m", .seconds(60)),
        ("2w", .seconds(1_209_600)), ("1y", .seconds(31_536_000)), ("never", .never), ("default", .accountDefault),
    ])
    func `a lifetime has several forms and one text`(text: String, lifetime: UploadLifetime) {
        #expect(UploadLifetime(parsing: text) == lifetime)
        #expect(UploadLifetime(parsing: lifetime.description) == lifetime)
    }

    @Test(arguments: ["", "0", "59", "-1", "d", "7 d", "1.5h", "101y", "9223372036854775807d", "soon", "٣d", "+90"])
    func `anything else is no lifetime`(text: String) {
        #expect(UploadLifetime(parsing: text) == nil)
    }

    @Test(arguments: ["upright", "png", "1024x768", "upright+png", "upright+1024x768", "upright+png+3x4"])
    func `a copy's name reads back`(text: String) throws {
        #expect(try #require(UploadCopy(parsing: text)).description == text)
    }

    @Test(arguments: ["", "+", "upright+", "upright+upright", "1x1+png", "png+jpeg", "as-is", "0x5", "../png"])
    func `anything else is no copy`(text: String) {
        #expect(UploadCopy(parsing: text) == nil)
    }
}
