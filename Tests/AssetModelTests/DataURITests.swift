import AssetModel
import Testing

/// Files inside URLs, in every form that the standards allow and servers send.
struct DataURITests {
    /// Bytes whose base64 has `+`, `/` and padding.
    private static let bytes: [UInt8] = [0xFB, 0xFF, 0xFE, 0x00, 0x3E, 0x3F, 0xFF]
    private static let base64 = "+//+AD4//w=="

    @Test(arguments: [
        "data:image/png;base64,+//+AD4//w==", "DATA:IMAGE/PNG;BASE64,+//+AD4//w==",
        " data:image/png;base64,+//+AD4//w==", "data:image/png;base64,-__-AD4__w==",
        "data:image/png;base64,+//+AD4//w", "data:image/png;base64,+//+AD4//w=", "data:image/png;base64,-__-AD4__w",
        "data:image/png;base64,\r\n+//+\r\nAD4/\n/w==\n", "data:image/png;base64,+//+ AD4/\t/w==",
        "data:image/png;base64,%2B%2F%2f%2BAD4//w%3D%3D", "data:image/png;base64,+//+%0AAD4//w==",
        "data:image/png; base64 ,+//+AD4//w==", "data:image/png;name=a.png;base64,+//+AD4//w==",
        "data:image/png;base64,+//+AD4//w==#part", "data:image/png,%FB%FF%FE%00%3E%3F%FF",
        "data:image/png,%fb%ff%fe%00>?%FF",
    ])
    func `a picture inside a URL is read in whatever form it comes`(text: String) throws {
        let data = try #require(DataURI(parsing: text), "\(text)")
        #expect(data.bytes == Self.bytes, "\(text)")
        #expect(data.mediaType == "image/png", "\(text)")
    }

    @Test(arguments: [
        "data:image/png;base64,+//+AD4//w=!", "data:image/png;base64,+//+!AD4//w==",
        "data:image/png;base64,+/=/+AD4//w",
        "data:image/png;base64,AAAAA", "data:image/png;base64,AAA===", "data:image/png;base64", "data:", "image/png,x",
        "", "https://a/b,c", "database:,x",
    ])
    func `what cannot be decoded is nothing`(text: String) { #expect(DataURI(parsing: text) == nil, "\(text)") }

    @Test func `a text needs no type and no base64`() throws {
        #expect(try #require(DataURI(parsing: "data:,a%20b%2c%")).bytes == Array("a b,%".utf8))
        #expect(try #require(DataURI(parsing: "data:,")).bytes.isEmpty)
        #expect(try #require(DataURI(parsing: "data:;charset=utf-8,x")).mediaType == nil)
        #expect(try #require(DataURI(parsing: "data:text/plain;base64,YQ")).bytes == Array("a".utf8))
    }

    @Test(arguments: ["data:x", "DATA:", " Data:image/png"]) func `the scheme makes it one`(text: String) {
        #expect(DataURI.isOne(text))
    }

    @Test(arguments: ["", "dat", "data", "xdata:", "https://data:1"]) func `anything else is none`(text: String) {
        #expect(!DataURI.isOne(text))
    }
}
