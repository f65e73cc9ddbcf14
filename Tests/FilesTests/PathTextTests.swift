import Files
import Foundation
import TestSupport
import Testing

struct PathTextTests {
    @Test func `every path has a text that leads back to its bytes`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let length = Int.random(in: 0...12, using: &random)
            // Bytes that begin, continue and break characters, and those of the private-use range itself.
            let bytes =
                (0..<length).map { _ in
                    [0x61, 0x2F, 0x25, 0x80, 0xA2, 0xBF, 0xC3, 0xA9, 0xE9, 0xED, 0xF4, 0x8F, 0xA3, 0xFF].randomElement()
                        ?? 0x61
                } as [UInt8]
            let text = PathText.text(of: bytes)
            #expect(PathText.bytes(of: text) == bytes)
            #expect(PathText.shown(text) == String(decoding: bytes, as: UTF8.self))
            #expect((PathText.percentEncoded(text) == nil) == (String(validating: bytes, as: UTF8.self) != nil))
            if let encoded = PathText.percentEncoded(text) { #expect(PathText.text(percentEncoded: encoded) == text) }
        }
    }

    @Test(arguments: ["", "/a/ü.png", "漢字", "👩‍👩‍👧", "a%20b"])
    func `a path that is UTF-8 is its own text`(path: String) {
        #expect(PathText.text(of: Array(path.utf8)) == path)
        #expect(PathText.shown(path) == path)
        #expect(PathText.percentEncoded(path) == nil)
    }

    @Test func `a real character of the range that stands for bytes keeps its bytes`() {
        let bytes = Array("\u{10F8E9}".utf8)
        #expect(PathText.bytes(of: PathText.text(of: bytes)) == bytes)
        #expect(PathText.shown(PathText.text(of: bytes)) == "\u{10F8E9}")
        #expect(PathText.percentEncoded(PathText.text(of: bytes)) == nil)
    }

    @Test(arguments: ["%", "%4", "%zz", "%00"])
    func `a broken encoding is none`(text: String) { #expect(PathText.text(percentEncoded: text) == nil) }

    @Test func `a path with a zero byte names no file`() async throws {
        try await TemporaryFolder.with { folder in
            _ = try OpenFile(creating: folder + "/a.png")
            #expect(!Path.exists(folder + "/a.png\0b.png"))
            #expect(throws: FileError.self) { _ = try OpenFile(reading: folder + "/a.png\0b.png") }
            try Path.remove(folder + "/a.png\0b.png")
            #expect(Path.exists(folder + "/a.png"))
        }
    }

    @Test func `files and folders with names that are not UTF-8 are listed, opened, renamed and removed`() async throws
    {
        try await TemporaryFolder.with { folder in
            let name = PathText.text(of: [0x63, 0xE9, 0xFF])
            let inner = folder + "/" + name + "/" + name
            try Folder.make(folder + "/" + name)
            try OpenFile(creating: inner).write([1, 2, 3])
            #expect(try Folder.names(in: folder) == [name])
            #expect(try Folder.names(in: folder + "/" + name) == [name])
            #expect(try OpenFile(reading: inner).bytes() == [1, 2, 3])
            #expect(try Path.real(inner).hasSuffix(name + "/" + name))
            #expect(try Path.byteCount(inner) == 3)
            try Path.rename(inner, to: inner + "é")
            #expect(Path.exists(inner + "é") && !Path.exists(inner))
            try Path.remove(inner + "é")
            #expect(try Folder.names(in: folder + "/" + name).isEmpty)
        }
    }
}
