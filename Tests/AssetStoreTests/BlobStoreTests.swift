import AssetModel
import AssetStore
import Files
import Foundation
import TestSupport
import Testing

struct BlobStoreTests {
    private static func withStore<R>(_ body: (BlobStore, LibraryLayout) async throws -> R) async throws -> R {
        try await TemporaryFolder.with { folder in
            let layout = try LibraryLayout.create(at: folder + "/library", library: "l")
            return try await body(BlobStore(layout), layout)
        }
    }

    private static func file(_ bytes: [UInt8], in layout: LibraryLayout, _ name: String = "source") throws -> String {
        let path = layout.root + "/../" + name
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `a blob's name is the SHA-256 of its bytes`() async throws {
        try await Self.withStore { store, layout in
            let staged = try store.stage(fileAt: try Self.file(Array("abc".utf8), in: layout))
            // The test vector of FIPS 180-2, appendix B.1.
            #expect(staged.digest.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(staged.byteCount == 3)
            let stored = try store.commit([(staged, "png")])
            #expect(stored.map(\.isNew) == [true])
            #expect(store.contains(staged.digest, fileExtension: "png"))
            #expect(
                try Data(contentsOf: URL(fileURLWithPath: store.path(of: staged.digest, .png))).count
                    == 3)
            #expect(try Folder.names(in: layout.staging).isEmpty)
        }
    }

    @Test func `a library that was moved away is not begun again in its old place`() async throws {
        try await Self.withStore { store, layout in
            let source = try Self.file([1, 2, 3], in: layout)
            try FileManager.default.removeItem(atPath: layout.staging)
            _ = try store.commit([(try store.stage(fileAt: source), "png")])
            let writer = try store.beginStaging()
            try FileManager.default.moveItem(atPath: layout.root, toPath: layout.root + "-moved")
            #expect(throws: StoreError.self) { try store.stage(fileAt: layout.root + "-moved/../source") }
            #expect(throws: StoreError.self) { try store.commit([(try writer.finish(), "png")]) }
            #expect(!Path.exists(layout.root))
        }
    }

    @Test func `committed bytes can be read and not written`() async throws {
        try await Self.withStore { store, layout in
            let staged = try store.stage(fileAt: try Self.file([1, 2, 3], in: layout))
            _ = try store.commit([(staged, "png")])
            let path = store.path(of: staged.digest, .png)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o444)
        }
    }

    @Test func `the same bytes are stored once, also within one batch`() async throws {
        try await Self.withStore { store, layout in
            let source = try Self.file([7, 7, 7], in: layout)
            let both = [try store.stage(fileAt: source), try store.stage(fileAt: source)]
            #expect(try store.commit(both.map { ($0, "gif") }).map(\.isNew) == [true, false])
            #expect(try store.commit([(try store.stage(fileAt: source), "gif")]).map(\.isNew) == [false])
            #expect(try store.list().digests == [both[0].digest])
            #expect(try Folder.names(in: layout.staging).isEmpty)
        }
    }

    @Test func `until it is committed a staged blob is nobody's`() async throws {
        try await Self.withStore { store, layout in
            let staged = try store.stage(fileAt: try Self.file([1], in: layout))
            #expect(!store.contains(staged.digest, fileExtension: "png"))
            #expect(try store.list().digests.isEmpty)
            store.discard(staged)
            #expect(try Folder.names(in: layout.staging).isEmpty)
        }
    }

    @Test(arguments: [0, 1, 262_143, 262_144, 262_145, 1_000_003])
    func `every length arrives whole`(count: Int) async throws {
        try await Self.withStore { store, layout in
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let staged = try store.stage(fileAt: try Self.file(bytes, in: layout))
            #expect(try ContentDigest(hashing: bytes) == staged.digest)
            #expect(staged.byteCount == count)
            #expect(try Array(Data(contentsOf: URL(fileURLWithPath: staged.path))) == bytes)
        }
    }

    @Test func `a download that begins again keeps nothing of its first try`() async throws {
        try await Self.withStore { store, _ in
            let writer = try store.beginStaging()
            try [9, 9, 9, 9].withUnsafeBytes { try writer.write($0) }
            try writer.restart()
            try Array("abc".utf8).withUnsafeBytes { try writer.write($0) }
            let staged = try writer.finish()
            #expect(staged.byteCount == 3)
            #expect(staged.digest.hex.hasPrefix("ba7816bf"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: staged.path)) == Data("abc".utf8))
        }
    }

    @Test func `a changed byte is found, and both digests are told`() async throws {
        try await Self.withStore { store, layout in
            let staged = try store.stage(fileAt: try Self.file(Array("abc".utf8), in: layout))
            _ = try store.commit([(staged, "png")])
            try store.verify(staged.digest, fileExtension: "png")
            let path = store.path(of: staged.digest, .png)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            try Data("abd".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StoreError.damaged(staged.digest, found: try ContentDigest(hashing: Array("abd".utf8)))) {
                try store.verify(staged.digest, fileExtension: "png")
            }
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: StoreError.missing(staged.digest)) { try store.verify(staged.digest, fileExtension: "png") }
        }
    }

    @Test func `what is no file is refused without waiting for it`() async throws {
        try await Self.withStore { store, layout in
            let fifo = layout.root + "/../fifo"
            #expect(mkfifo(fifo, 0o644) == 0)
            #expect(throws: StoreError.file(.notAFile(path: fifo))) { try store.stage(fileAt: fifo) }
            #expect(throws: StoreError.file(.isFolder(path: layout.root))) { try store.stage(fileAt: layout.root) }
            #expect(throws: StoreError.file(.noSuchFile(path: "/no/such"))) { try store.stage(fileAt: "/no/such") }
            try #expect(Folder.names(in: layout.staging).isEmpty)
        }
    }

    @Test func `what a killed program left in staging is swept, and what another one is writing stays`() async throws {
        try await Self.withStore { store, layout in
            let own = ProcessName.own
            let host = own.drop { $0 != "@" }
            // The system gives no process a number this large; 1 runs as long as the machine does.
            for name in ["\(Int32.max)\(host)#a", "1\(host)#b", "\(own)#c", "\(Int32.max)@elsewhere#d", "0123abcd"] {
                try Data("half".utf8).write(to: URL(fileURLWithPath: layout.staging + "/" + name))
            }
            let written = try #require(try FileStatus(ofPath: layout.staging + "/0123abcd")).modifiedSeconds
            #expect(store.sweepStaging(before: written - 86_400) == 1)
            #expect(try Folder.names(in: layout.staging).count == 4)
            // A day later nothing is known of the other machine's, nor of the file of an older program.
            #expect(store.sweepStaging(before: written + 1) == 2)
            #expect(try Folder.names(in: layout.staging) == ["1\(host)#b", "\(own)#c"].sorted())
        }
    }

    @Test func `a staging folder that was deleted comes back`() async throws {
        try await Self.withStore { store, layout in
            try FileManager.default.removeItem(atPath: layout.staging)
            let staged = try store.stage(fileAt: try Self.file([1], in: layout))
            #expect(staged.byteCount == 1)
        }
    }

    @Test(arguments: ["../../x", "", "PNG", "p ng", "a/b", "png\u{0}", "é", "abcdefghijklmnopq", "."])
    func `an extension from a journal never leads out of the blobs`(text: String) async throws {
        try await Self.withStore { store, layout in
            let staged = try store.stage(fileAt: try Self.file([1], in: layout))
            let refused = StoreError.badExtension(staged.digest, text)
            #expect(throws: refused) { try store.path(of: staged.digest, fileExtension: text) }
            #expect(throws: refused) { try store.verify(staged.digest, fileExtension: text) }
            #expect(throws: refused) { try store.commit([(staged, text)]) }
            #expect(!store.contains(staged.digest, fileExtension: text))
            #expect(try store.list().digests.isEmpty)
        }
    }

    @Test func `a folder of blobs that was deleted holds none`() async throws {
        try await Self.withStore { store, layout in
            try FileManager.default.removeItem(atPath: layout.blobs)
            #expect(try store.list().digests.isEmpty)
            _ = try store.commit([(try store.stage(fileAt: try Self.file([1], in: layout)), "png")])
            #expect(try store.list().digests.count == 1)
        }
    }

    @Test func `files among the blobs that are not blobs are listed`() async throws {
        try await Self.withStore { store, layout in
            try FileManager.default.createDirectory(atPath: layout.blobs + "/ab", withIntermediateDirectories: true)
            let notes = layout.blobs + "/ab/notes.txt"
            try Data("x".utf8).write(to: URL(fileURLWithPath: notes))
            #expect(try store.list().unexpectedFiles == [notes])
        }
    }
}
