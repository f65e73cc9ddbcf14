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

    @Test(arguments: [
        "upright", "png", "1024x768", "upright+png", "upright+1024x768", "upright+png+3x4", "8bit",
        "flat-ffffff", "upright+8bit", "upright+3x4+8bit+flat-00f00a", "png+flat-000000",
    ])
    func `a copy's name reads back`(text: String) throws {
        #expect(try #require(UploadCopy(parsing: text)).description == text)
    }

    @Test(arguments: [
        "", "+", "upright+", "upright+upright", "1x1+png", "png+jpeg", "as-is", "0x5", "../png", "8bit+8bit",
        "flat-fff",
        "flat-gggggg", "flat-", "flat-ffffff+8bit", "8bit+png", "flat-ffffff+flat-ffffff", "flat-+fffff",
    ])
    func `anything else is no copy`(text: String) {
        #expect(UploadCopy(parsing: text) == nil)
    }

    @Test(arguments: [("white", "ffffff"), ("Black", "000000"), ("#F0e68C", "f0e68c"), ("#000001", "000001")])
    func `a background has a name or six digits`(text: String, hex: String) throws {
        let colour = try #require(PlainColour(parsing: text))
        #expect(colour.hex == hex && PlainColour(parsing: colour.description) == colour)
    }

    @Test(arguments: ["", "#", "#fff", "ffffff", "red", "#12345g", "#-12345", "#1234567", "#１２３４５６"])
    func `anything else is no background`(text: String) {
        #expect(PlainColour(parsing: text) == nil)
    }
}
