import AssetCatalog
import AssetModel
import Foundation
import Testing

struct AppearanceStoreTests {
    private static func digest(_ number: Int) throws -> ContentDigest {
        try ContentDigest(bytes: (0..<32).map { UInt8(truncatingIfNeeded: $0 < 8 ? number >> ($0 * 8) : 7) })
    }

    private static func look(_ number: Int) -> AppearanceStore.Look {
        .fingerprint(Fingerprint(low: UInt64(number), high: UInt64(number) << 20))
    }

    private static func withFile(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder.appending(path: "renditions/appearance.sqlite").path)
    }

    @Test func `what is kept is there for the next program, and asking makes no file`() throws {
        try Self.withFile { path in
            let digests = try (0..<3000).map(Self.digest)
            let store = AppearanceStore(at: path, version: 1)
            #expect(try store.count() == 0 && store.index().count == 0)
            #expect(try store.missing(of: digests) == digests)
            #expect(!FileManager.default.fileExists(atPath: path))
            try store.keep(try (0..<1500).map { (try Self.digest($0), Self.look($0)) })
            try store.keep(try (1500..<2999).map { (try Self.digest($0), Self.look($0)) })
            try store.keep([(digests[7], .none("damaged_image"))])
            store.close()
            let next = AppearanceStore(at: path, version: 1)
            #expect(try next.count() == 2999)
            #expect(try next.missing(of: digests) == [digests[2999]])
            let index = try next.index()
            #expect(index.count == 2998)
            #expect(
                try next.digests(of: index.ids) == digests.indices.filter { $0 != 7 && $0 != 2999 }.map { digests[$0] })
            for place in stride(from: 0, to: index.count, by: 97) {
                let digest = try next.digests(of: [index.ids[place]])[0]
                #expect(try next.looks(of: [digest])[digest] == .fingerprint(index[place]))
            }
            #expect(try next.looks(of: [digests[7]])[digests[7]] == AppearanceStore.Look.none("damaged_image"))
            // One that came to light later gets its place in the page.
            try next.keep([(digests[7], Self.look(7))])
            #expect(try next.index().count == 2999)
        }
    }

    @Test func `another version of the code starts over, and reads nothing of the old`() throws {
        try Self.withFile { path in
            let old = AppearanceStore(at: path, version: 1)
            try old.keep([(try Self.digest(1), Self.look(1)), (try Self.digest(2), Self.look(2))])
            old.close()
            let new = AppearanceStore(at: path, version: 2)
            #expect(try new.count() == 0 && new.index().count == 0)
            #expect(try new.missing(of: [try Self.digest(1)]).count == 1)
            try new.keep([(try Self.digest(1), Self.look(5))])
            #expect(try new.count() == 1)
            #expect(try new.index()[0] == Fingerprint(low: 5, high: 5 << 20))
        }
    }

    @Test func `a damaged file is begun again`() throws {
        try Self.withFile { path in
            let store = AppearanceStore(at: path, version: 1)
            try store.keep([(try Self.digest(1), Self.look(1))])
            store.close()
            try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: path))
            let again = AppearanceStore(at: path, version: 1)
            #expect(try again.count() == 0)
            try again.keep([(try Self.digest(1), Self.look(1))])
            #expect(try again.index().count == 1)
        }
    }

    @Test func `two programs keep the same picture once`() throws {
        try Self.withFile { path in
            let (one, other) = (AppearanceStore(at: path, version: 1), AppearanceStore(at: path, version: 1))
            try one.keep([(try Self.digest(1), Self.look(1))])
            try other.keep([(try Self.digest(1), Self.look(1)), (try Self.digest(2), Self.look(2))])
            #expect(try one.count() == 2 && one.index().count == 2 && other.index().count == 2)
        }
    }
}
