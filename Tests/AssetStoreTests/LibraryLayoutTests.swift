import AssetStore
import Foundation
import TestSupport
import Testing

struct LibraryLayoutTests {
    @Test func `a library is what has a header`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/a/b"
            #expect(throws: StoreError.notALibrary(path: root)) { try LibraryLayout.open(at: root) }
            let made = try LibraryLayout.create(at: root, library: "l")
            #expect(try LibraryLayout.open(at: root) == made)
            #expect(throws: StoreError.alreadyALibrary(path: root)) {
                try LibraryLayout.create(at: root, library: "l")
            }
        }
    }

    @Test func `a folder with other things does not become a library`() async throws {
        try await TemporaryFolder.with { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/taxes.txt"))
            #expect(throws: StoreError.folderNotEmpty(path: folder)) {
                try LibraryLayout.create(at: folder, library: "l")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taxes.txt"])
        }
    }

    @Test func `a newer library is refused, whatever else its header says`() async throws {
        try await TemporaryFolder.with { folder in
            try Data(#"{"format": 3, "library": {"a": 1}}"#.utf8).write(
                to: URL(fileURLWithPath: folder + "/atelier.json"))
            #expect(throws: StoreError.newerFormat(path: folder, version: 3)) { try LibraryLayout.open(at: folder) }
        }
    }

    @Test(arguments: ["", "{}", #"{"format": 1}"#, "\u{0}"])
    func `a damaged header is refused`(text: String) async throws {
        try await TemporaryFolder.with { folder in
            try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/atelier.json"))
            #expect(throws: StoreError.damagedHeader(path: folder + "/atelier.json")) {
                try LibraryLayout.open(at: folder)
            }
        }
    }

    @Test func `a library of format 1 is opened, whatever replica its header names`() async throws {
        try await TemporaryFolder.with { folder in
            let header = #"{"format":1,"library":"l","replica":"../../x"}"#
            try Data(header.utf8).write(to: URL(fileURLWithPath: folder + "/atelier.json"))
            #expect(try LibraryLayout.open(at: folder).library == "l")
        }
    }
}
