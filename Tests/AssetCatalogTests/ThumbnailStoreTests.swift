import AssetModel
import Foundation
import GRDB
import Testing

@testable import AssetCatalog

struct ThumbnailStoreTests {
    private static let jpeg: [UInt8] = [0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 9, count: 40_000)

    private static func digest(_ number: Int) throws -> ContentDigest {
        try ContentDigest(bytes: (0..<32).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 7) })
    }

    private static func drawing(_ number: Int) -> AppearanceStore.Drawing {
        AppearanceStore.Drawing(
            placeholder: [UInt8](repeating: UInt8(number % 256), count: 27),
            colours: [PlainColour(red: 1, green: 2, blue: 3), .white], isAnimated: number % 2 == 0)
    }

    private static func withFile(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "renditions/appearance.sqlite").path)
    }

    private static func keep(_ number: Int, in store: AppearanceStore) throws {
        try store.keep(
            drawing(number), [(.small, "image/jpeg", Array(jpeg.prefix(9_000))), (.large, "image/jpeg", jpeg)],
            fingerprint: .fingerprint(Fingerprint(low: UInt64(number), high: 1)), of: try digest(number))
    }

    @Test func `what was drawn is there for the next program, each part on its own`() throws {
        try Self.withFile { path in
            let digests = try (0..<40).map(Self.digest)
            let store = AppearanceStore(at: path, version: 1)
            #expect(try store.thumbnail(of: digests[1], .small) == nil && store.drawings(of: digests).isEmpty)
            #expect(!FileManager.default.fileExists(atPath: path))
            for number in 0..<39 { try Self.keep(number, in: store) }
            store.close()
            let next = AppearanceStore(at: path, version: 1)
            #expect(try next.drawnCount() == 39 && next.undrawn(of: digests) == [digests[39]])
            #expect(try next.count() == 39 && next.index().count == 39)
            let drawings = try next.drawings(of: digests)
            #expect(drawings.count == 39 && drawings[digests[7]] == Self.drawing(7))
            let large = try #require(try next.thumbnail(of: digests[6], .large))
            #expect(large.bytes == Self.jpeg && large.mediaType == "image/jpeg" && large.isAnimated)
            #expect(try next.thumbnail(of: digests[6], .small)?.bytes.count == 9_000)
            #expect(try next.thumbnail(of: digests[39], .small) == nil)
        }
    }

    @Test func `the large size of a small picture is the small one`() throws {
        try Self.withFile { path in
            let store = AppearanceStore(at: path, version: 1)
            try Self.keep(1, in: store)
            // Drawn again, it has no large one any more.
            try store.keep(Self.drawing(1), [(.small, "image/jpeg", Self.jpeg)], of: try Self.digest(1))
            #expect(try store.thumbnail(of: try Self.digest(1), .large)?.bytes == Self.jpeg)
            #expect(try store.drawnCount() == 1)
        }
    }

    @Test func `what another version of the code drew is not there, and its fingerprints are`() throws {
        try Self.withFile { path in
            let old = AppearanceStore(at: path, version: 1, lookVersion: 1)
            try Self.keep(1, in: old)
            old.close()
            let new = AppearanceStore(at: path, version: 1, lookVersion: 2)
            let digest = try Self.digest(1)
            #expect(try new.thumbnail(of: digest, .large) == nil && new.drawings(of: [digest]).isEmpty)
            #expect(try new.undrawn(of: [digest]) == [digest] && new.drawnCount() == 0 && new.count() == 1)
            try new.keep(Self.drawing(1), [(.small, "image/jpeg", Self.jpeg)], of: digest)
            #expect(try new.drawnCount() == 1 && new.thumbnail(of: digest, .small) != nil)
        }
    }

    @Test func `a picture that cannot be drawn says why and has no thumbnail`() throws {
        try Self.withFile { path in
            let store = AppearanceStore(at: path, version: 1)
            let digest = try Self.digest(1)
            try Self.keep(1, in: store)
            try store.keep(
                .init(problem: "damaged"), fingerprint: AppearanceStore.Look.none("damaged_image"), of: digest)
            #expect(try store.drawings(of: [digest])[digest]?.problem == "damaged")
            #expect(try store.thumbnail(of: digest, .large) == nil && store.undrawn(of: [digest]).isEmpty)
            #expect(try store.index().count == 0)
        }
    }

    @Test func `bytes that are no picture, and a file that is no database, are as if they were not there`() throws {
        try Self.withFile { path in
            let store = AppearanceStore(at: path, version: 1)
            let digest = try Self.digest(1)
            try store.keep(
                Self.drawing(1), [(.small, "image/jpeg", [UInt8](repeating: 0, count: 5_000))], of: digest)
            #expect(try store.thumbnail(of: digest, .small) == nil)
            store.close()
            try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: path))
            let again = AppearanceStore(at: path, version: 1)
            #expect(try again.thumbnail(of: digest, .small) == nil && again.drawings(of: [digest]).isEmpty)
            try Self.keep(1, in: again)
            #expect(try again.thumbnail(of: digest, .large)?.bytes == Self.jpeg)
        }
    }

    @Test func `many read while one writes`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "renditions/appearance.sqlite").path
        let store = AppearanceStore(at: path, version: 1)
        try Self.keep(0, in: store)
        let other = AppearanceStore(at: path, version: 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in [store, other] {
                group.addTask { for number in 0..<60 { try Self.keep(number, in: writer) } }
            }
            for reader in [store, other, store, other] {
                group.addTask {
                    for _ in 0..<200 {
                        let found = try reader.thumbnail(of: try Self.digest(0), .large)
                        #expect(found?.bytes == Self.jpeg)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try other.drawnCount() == 60 && store.count() == 60)
    }

    @Test func `a file of a program that knew fingerprints alone gets the new tables`() throws {
        try Self.withFile { path in
            let store = AppearanceStore(at: path, version: 1)
            try store.keep([(try Self.digest(1), .fingerprint(Fingerprint(low: 1, high: 2)))])
            try store.dropThumbnailTables()
            store.close()
            let next = AppearanceStore(at: path, version: 1)
            #expect(try next.count() == 1 && next.drawnCount() == 0)
            try Self.keep(1, in: next)
            #expect(try next.thumbnail(of: try Self.digest(1), .small) != nil)
        }
    }
}

extension AppearanceStore {
    /// Makes the file one of an older program.
    fileprivate func dropThumbnailTables() throws {
        try write { db in
            try db.execute(sql: "DROP TABLE look; DROP TABLE thumbnail256; DROP TABLE thumbnail512")
        }
    }
}
