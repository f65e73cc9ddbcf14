import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import ImageRendering
import TestSupport
import Testing

struct LookalikeTests {
    /// A picture of soft spots, different for each seed, in three files: as a PNG, half as large as a JPEG, and mirrored.
    private static func write(_ seed: Int, to folder: String) throws -> [String] {
        let picture = try draw(seed)
        let small = try Scaler().fit(picture, within: 160)
        let files: [(String, [UInt8])] = [
            ("png", try ImageEncoder(.png(level: 1)).encode(picture, isOpaque: true)),
            ("jpg", try ImageEncoder(.jpeg(quality: 60, fullColour: false)).encode(small, isOpaque: true)),
            (
                "mirrored.png",
                try ImageEncoder(.png(level: 1)).encode(small.turnedUpright(from: .mirrored), isOpaque: true)
            ),
        ]
        return try files.map { name, bytes in
            let path = "\(folder)/\(seed).\(name)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try Data(bytes).write(to: URL(filePath: path))
            return path
        }
    }

    private static func draw(_ seed: Int) throws -> Bitmap {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next() -> Double {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Double(state % 10_000) / 10_000
        }
        let spots = (0..<24).map { _ in (x: next(), y: next(), size: 0.05 + 0.25 * next(), light: next() * 2 - 1) }
        var pixels: [UInt8] = []
        for y in 0..<240 {
            for x in 0..<320 {
                var light = 0.5
                for spot in spots {
                    let (dx, dy) = (Double(x) / 320 - spot.x, Double(y) / 240 - spot.y)
                    light += spot.light * exp(-(dx * dx + dy * dy) / (2 * spot.size * spot.size))
                }
                let value = UInt8(max(0, min(255, light * 255)))
                pixels += [value, value, value, 255]
            }
        }
        let size = try #require(PixelSize(width: 320, height: 240))
        return try #require(Bitmap(size: size, pixels: pixels))
    }

    private static func with(
        _ body: (Library, _ assets: [[ContentDigest]], _ folder: String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try await TestLibrary.with { library in
                var assets: [[ContentDigest]] = []
                for seed in 1...3 {
                    assets.append(try await library.importFiles(try write(seed, to: folder + "/in")).assets)
                }
                try await body(library, assets, folder)
            }
        }
    }

    private static func search(_ text: String, _ library: Library) async throws -> Set<ContentDigest> {
        Set(try await library.search(library.reading(of: text).query).map(\.asset))
    }

    @Test func `like: finds the copies of an asset and makes the fingerprints that are missing`() async throws {
        try await Self.with { library, assets, _ in
            for copies in assets {
                #expect(try await Self.search("like:\(copies[0].short)", library) == Set(copies))
                #expect(try await Self.search("like:\(copies[2].hex)~16", library) == Set(copies))
            }
            // A mirrored copy counts twelve more.
            #expect(try await Self.search("like:\(assets[0][0].short)~8", library) == Set(assets[0].prefix(2)))
            #expect(try await Self.search("like:\(assets[0][0].short) format:jpeg", library) == [assets[0][1]])
            let others = try await Self.search("-like:\(assets[0][0].short)", library)
            #expect(others == Set(assets[1] + assets[2]))
        }
    }

    @Test func `like: takes a file, and does not import it`() async throws {
        try await Self.with { library, assets, folder in
            let path = try Self.write(2, to: folder + "/elsewhere")[2]
            let other = try Scaler().fit(try Self.draw(2), within: 90)
            try Data(try ImageEncoder(.png(level: 1)).encode(other, isOpaque: true)).write(to: URL(filePath: path))
            #expect(try await Self.search("like:\"\(path)\"", library) == Set(assets[1]))
            #expect(try await library.search(SearchQuery()).count == 9)
        }
    }

    @Test func `like: of nothing, and of a blank picture, is an error that says so`() async throws {
        try await Self.with { library, _, folder in
            await #expect(throws: LibraryError.self) { try await Self.search("like:deadbeef", library) }
            let size = try #require(PixelSize(width: 8, height: 8))
            let blank = try #require(Bitmap(size: size, pixels: Array(repeating: 255, count: 256)))
            try Data(try ImageEncoder(.png(level: 1)).encode(blank, isOpaque: true))
                .write(to: URL(filePath: folder + "/blank.png"))
            let asset = try await library.importFiles([folder + "/blank.png"]).assets[0]
            let error = await #expect(throws: LibraryError.self) {
                try await Self.search("like:\(asset.short)", library)
            }
            #expect(error?.code == "no_fingerprint" && error?.message.contains("blank") == true)
            let again = try await library.makeFingerprints()
            #expect(again.madeCount == 0 && again.failures.isEmpty)
        }
    }

    @Test func `fingerprints are made once, and again when their file is gone`() async throws {
        try await Self.with { library, assets, _ in
            let first = try await library.makeFingerprints(of: assets[0] + assets[1])
            #expect(first.madeCount == 6 && first.failures.isEmpty)
            let rest = try await library.makeFingerprints()
            #expect(rest.madeCount == 3)
            #expect(try await library.makeFingerprints().madeCount == 0)
            #expect(try await library.makeFingerprints(of: assets[0]).knownCount == 3)
            try FileManager.default.removeItem(atPath: library.root + "/renditions")
            let other = try await Library.open(at: library.root, logger: TestLibrary.logger)
            #expect(try await other.makeFingerprints().madeCount == 9)
            other.close()
        }
    }

    @Test func `duplicates are groups around the picture with the most pixels`() async throws {
        try await Self.with { library, assets, _ in
            let groups = try await library.duplicates()
            #expect(groups.count == 3)
            for group in groups {
                let copies = try #require(assets.first { $0.contains(group.kept.id) })
                #expect(group.kept.id == copies[0] && group.reason == .pixels)
                #expect(group.others.map(\.asset.id) == [copies[1], copies[2]])
                #expect(group.others.map(\.isTurned) == [false, true])
            }
            let some = try await library.duplicates(among: library.reading(of: "format:png").query.condition)
            #expect(some.map(\.others.count) == [1, 1, 1])
            #expect(try await library.duplicates(within: 4).allSatisfy { $0.others.count == 1 })
        }
    }

    @Test func `what is put aside is one action, is out of every answer, and comes back`() async throws {
        try await Self.with { library, assets, _ in
            let others = try await library.duplicates().flatMap { $0.others.map(\.asset.id) }
            #expect(try await library.putAside(others, tag: "twice", intoTrash: true) == 6)
            #expect(try await library.duplicates().isEmpty)
            #expect(try await library.lookalikes(of: assets[0][0]).isEmpty)
            #expect(try await Self.search("like:\(assets[0][0].short)", library) == [assets[0][0]])
            #expect(
                try await Self.search("like:\(assets[0][0].short) is:trashed", library) == Set(assets[0].dropFirst()))
            #expect(try await library.asset(others[0])?.tags == ["twice"])
        }
    }

    @Test func `the nearest come first, and an asset is not its own lookalike`() async throws {
        try await Self.with { library, assets, _ in
            try await library.makeFingerprints()
            let found = try await library.lookalikes(of: assets[1][0])
            #expect(found.map(\.asset) == [assets[1][1], assets[1][2]])
            #expect(found.map(\.isTurned) == [false, true] && found[0].distance < found[1].distance)
        }
    }
}
