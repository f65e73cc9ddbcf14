import AssetCatalog
import AssetModel
import AssetStore
import Foundation
import ImageRendering
import Synchronization
import TestSupport
import Testing

@testable import AssetLibrary

struct LibraryThumbnailTests {
    private static func picture(_ seed: Int, _ width: Int = 700, _ height: Int = 500, hasAlpha: Bool = false) throws
        -> [UInt8]
    {
        var state = UInt64(seed + 1) &* 0x9E37_79B9_7F4A_7C15
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * 4)
        for y in 0..<height {
            for x in 0..<width {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let noise = Int(state >> 60)
                let light = (x * (seed % 5 + 1) + y * (seed % 3 + 2)) / 6 % 240
                pixels += [
                    UInt8(light + noise), UInt8(255 - light), UInt8((seed * 40 + noise) % 256),
                    hasAlpha && x < 50 ? 0 : 255,
                ]
            }
        }
        let size = try #require(PixelSize(width: width, height: height))
        let bitmap = try #require(Bitmap(size: size, pixels: pixels))
        return try ImageEncoder(.png(level: 1)).encode(bitmap, isOpaque: !hasAlpha)
    }

    private static func with(
        _ pictures: [[UInt8]], _ body: (Library, [ContentDigest]) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            try FileManager.default.createDirectory(atPath: folder + "/in", withIntermediateDirectories: true)
            let paths = try pictures.enumerated().map { index, bytes in
                let path = "\(folder)/in/\(index).png"
                try Data(bytes).write(to: URL(filePath: path))
                return path
            }
            try await TestLibrary.with { library in
                let assets = try await library.importFiles(paths).assets
                try await body(library, assets)
            }
        }
    }

    @Test func `a thumbnail that is missing is made, both sizes at once, with what stands in its place`() async throws {
        try await Self.with([try Self.picture(1)]) { library, assets in
            #expect(try await library.appearances(of: assets).isEmpty)
            let small = try await library.thumbnail(of: assets[0], side: 256)
            #expect(small.mediaType == "image/jpeg" && !small.isPartial && !small.isAnimated)
            #expect(try ImageDecoder().decode(small.bytes).size.width == 256)
            // The other was kept with it, and both have a fingerprint.
            #expect(try library.appearance.thumbnail(of: assets[0], .large) != nil)
            #expect(try library.appearance.missing(of: assets).isEmpty)
            let large = try await library.thumbnail(of: assets[0], side: 512)
            #expect(try ImageDecoder().decode(large.bytes).size.width == 512)
            let appearance = try #require(try await library.appearances(of: assets)[assets[0]])
            #expect(appearance.placeholder?.count == 27 && !appearance.colours.isEmpty && appearance.problem == nil)
        }
    }

    @Test func `2048 is the original where a browser can show it, and is never in the database`() async throws {
        try await Self.with([try Self.picture(1), try Self.picture(2, 2300, 40)]) { library, assets in
            let original = try await library.thumbnail(of: assets[0], side: 2048)
            #expect(original.bytes == (try Self.picture(1)) && original.mediaType == "image/png")
            for _ in 0..<2 {
                let preview = try await library.thumbnail(of: assets[1], side: 2048)
                #expect(preview.mediaType == "image/jpeg")
                #expect(try ImageDecoder().decode(preview.bytes).size.width == 2048)
            }
            #expect(try library.appearance.drawnCount() == 0)
        }
    }

    @Test func `making all gives each picture its thumbnails and fingerprint, and a second time does nothing`()
        async throws
    {
        try await Self.with(try (0..<12).map { try Self.picture($0, 300, 200, hasAlpha: $0 == 3) }) { library, assets in
            let seen = SeenNumbers()
            let first = try await library.makeThumbnails { seen.append($0.done) }
            #expect(first.madeCount == 12 && first.failures.isEmpty && first.knownCount == 0)
            #expect(seen.numbers == Array(1...12))
            #expect(try await library.makeThumbnails(of: assets).knownCount == 12)
            #expect(try await library.makeThumbnails() == ThumbnailSummary())
            #expect(try await library.makeFingerprints(of: assets).knownCount == 12)
            #expect(try await library.thumbnail(of: assets[3], side: 256).mediaType == "image/webp")
            #expect(try await library.appearances(of: assets).count == 12)
        }
    }

    @Test func `what cannot be shown says why, and bytes that come back are shown`() async throws {
        try await Self.with([try Self.picture(1), try Self.picture(2)]) { library, assets in
            let path = library.store.path(of: assets[0], .png)
            try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
            let summary = try await library.makeThumbnails(of: assets)
            #expect(summary.madeCount == 1 && summary.failures == [assets[0]: .missingBlob])
            #expect(try await library.appearances(of: assets)[assets[0]]?.problem == .missingBlob)
            for side in Thumbnail.sides {
                await #expect { _ = try await library.thumbnail(of: assets[0], side: side) } throws: {
                    ($0 as? LibraryError)?.code == "missing_blob"
                }
            }
            try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
            #expect(try await library.thumbnail(of: assets[0], side: 256).bytes.count > 100)
            #expect(try await library.appearances(of: assets)[assets[0]]?.problem == nil)
            let unknown = try ContentDigest(bytes: [UInt8](repeating: 1, count: 32))
            await #expect { _ = try await library.thumbnail(of: unknown, side: 256) } throws: {
                ($0 as? LibraryError)?.category == .notFound
            }
        }
    }

    @Test func `deleting what was kept loses nothing`() async throws {
        try await Self.with([try Self.picture(1)]) { library, assets in
            let before = try await library.thumbnail(of: assets[0], side: 512)
            library.appearance.close()
            try FileManager.default.removeItem(atPath: library.layout.renditions)
            #expect(try await library.thumbnail(of: assets[0], side: 512) == before)
        }
    }

    @Test func `many who want one picture get it from one drawing`() async throws {
        let desk = DrawingDesk(threads: DrawingThreads(width: 2))
        let (count, gate) = (SeenNumbers(), DispatchSemaphore(value: 0))
        let key = DrawingDesk.Key(asset: try ContentDigest(bytes: [UInt8](repeating: 1, count: 32)), isPreview: false)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    _ = try await desk.draw(key, .request) {
                        gate.wait()
                        count.append(1)
                        return DrawingDesk.Drawn()
                    }
                }
            }
            while desk.waiterCount(of: key) < 20 { await Task.yield() }
            gate.signal()
            try await group.waitForAll()
        }
        #expect(count.numbers == [1])
    }

    @Test func `a request goes before what waits in the background, and what no one wants any more is not begun`()
        async throws
    {
        let desk = DrawingDesk(threads: DrawingThreads(width: 1))
        let (order, gate) = (SeenNumbers(), DispatchSemaphore(value: 0))
        func key(_ number: UInt8) throws -> DrawingDesk.Key {
            DrawingDesk.Key(asset: try ContentDigest(bytes: [UInt8](repeating: number, count: 32)), isPreview: false)
        }
        let keys = try (0..<5).map { try key(UInt8($0)) }
        func work(_ number: Int) -> DrawingDesk.Work {
            return {
                if number == 0 { gate.wait() }
                order.append(number)
                return DrawingDesk.Drawn()
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await desk.draw(keys[0], .request, work(0)) }
            while desk.waiterCount(of: keys[0]) < 1 { await Task.yield() }
            for number in [1, 2] {
                group.addTask { _ = try await desk.draw(keys[number], .background, work(number)) }
                while desk.waiterCount(of: keys[number]) < 1 { await Task.yield() }
            }
            let unwanted = Task { _ = try await desk.draw(keys[3], .request, work(3)) }
            while desk.waiterCount(of: keys[3]) < 1 { await Task.yield() }
            unwanted.cancel()
            await #expect(throws: CancellationError.self) { try await unwanted.value }
            // One that waits in the background is raised by whoever asks for it.
            for number in [4, 2] {
                let before = desk.waiterCount(of: keys[number])
                group.addTask { _ = try await desk.draw(keys[number], .request, work(number)) }
                while desk.waiterCount(of: keys[number]) == before { await Task.yield() }
            }
            gate.signal()
            try await group.waitForAll()
        }
        #expect(order.numbers == [0, 4, 2, 1])
    }
}

/// Numbers in the order in which they came.
private final class SeenNumbers: Sendable {
    private let seen = Mutex<[Int]>([])
    var numbers: [Int] { seen.withLock { $0 } }
    func append(_ number: Int) { seen.withLock { $0.append(number) } }
}
