import Foundation
import Testing

/// The page is plain files, embedded one by one under their own names.
struct PageTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/CGalleryPage")

    private static func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "page").path)
            .filter { !$0.hasPrefix(".") }.sorted()
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: "page/" + name), encoding: .utf8)
    }

    @Test func `every file of the page is embedded, and nothing that is not there`() throws {
        let list = try String(contentsOf: Self.folder.appending(path: "files.c"), encoding: .utf8)
        let embedded = list.matches(of: /#embed "page\/([^"]+)"/).map { String($0.output.1) }
        let named = list.matches(of: /\{"([^"]+)", file/).map { String($0.output.1) }
        #expect(named == embedded)
        #expect(embedded == (try Self.names()))
    }

    @Test func `modules import only modules that are there`() throws {
        let names = Set(try Self.names())
        for name in names where name.hasSuffix(".mjs") {
            for match in try Self.text(name).matches(of: /(?:from|import\() ?'\.\/([^']+)'/) {
                #expect(names.contains(String(match.output.1)), "\(name) imports \(match.output.1)")
            }
        }
    }

    @Test func `nothing of the page is fetched from another machine, and nothing is inline`() throws {
        for name in try Self.names() {
            let text = try Self.text(name)
            let addresses = text.matches(of: /https?:\/\/[^\s'"`)]+/).map { String($0.output) }
            #expect(addresses.allSatisfy { $0.hasPrefix("http://www.w3.org/") }, "\(name): \(addresses)")
            guard name.hasSuffix(".html") else { continue }
            #expect(!text.contains(" style=") && !text.contains("<style") && !text.contains("onclick"))
            #expect(text.matches(of: /<script(?! type="module" src=)/).isEmpty)
        }
    }

    @Test func `no data becomes HTML`() throws {
        for name in try Self.names() where name.hasSuffix(".mjs") {
            let text = try Self.text(name)
            for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
                #expect(!text.contains(way), "\(name) uses \(way)")
            }
        }
    }
}
