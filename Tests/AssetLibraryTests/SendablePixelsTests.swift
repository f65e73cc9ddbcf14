import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What can be sent, and with which pixels: one rule on facts, told by the plan before anything is written down.
struct SendablePixelsTests {
    private static let model = EditModels.entry(EditModels.defaultForEdits)

    private static func request(_ library: Library, _ files: [String]) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
        request.references = try await library.pictures(
            named: files.map { $0.hasPrefix("/") ? $0 : Fixtures.path("images/\($0)") })
        return request
    }

    private static func fetch(_ upload: Upload) async throws -> ImageFacts {
        let file = FileManager.default.temporaryDirectory.appending(path: "sent-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try await URLSession.shared.data(from: try #require(URL(string: upload.url))).0.write(to: file)
        var found: ImageFacts?
        FileInspection.inspect([file.path]) { if case .facts(_, let facts, _, _) = $0 { found = facts } }
        return try #require(found)
    }

    @Test(
        arguments: [
            ("png/gray16-half.png", "8bit", ["converted to 8-bit PNG"]),
            ("png/gray16-half-turned.png", "upright+8bit", ["turned upright", "converted to 8-bit PNG"]),
            ("png/rgb16-half.png", "8bit", ["converted to 8-bit PNG"]),
            ("png/gray16-profile.png", "8bit", ["converted to 8-bit PNG"]),
            ("tiff/gray16.tiff", "png", ["converted to 8-bit PNG"]),
            ("heic/10-bits.heic", "png", ["converted to 8-bit PNG"]),
            ("png/hidden-colour.png", "flat-ffffff", ["transparency flattened on white"]),
            ("png/hidden-colour-palette.png", "flat-ffffff", ["transparency flattened on white"]),
            ("png/hidden-black-gray.png", "flat-ffffff", ["transparency flattened on white"]),
            ("png/gray8-transparent.png", "flat-ffffff", ["transparency flattened on white"]),
            (
                "webp/hidden-colour.webp", "flat-ffffff", ["converted to PNG", "transparency flattened on white"]
            ),
            ("tiff/hidden-colour.tiff", "png+flat-ffffff", ["converted to PNG", "transparency flattened on white"]),
            (
                "png/hidden-colour-16-bits-turned.png", "upright+8bit+flat-ffffff",
                ["turned upright", "converted to 8-bit PNG", "transparency flattened on white"]
            ),
            ("png/gray1.png", nil, []), ("png/indexed4.png", nil, []), ("jpeg/cmyk.jpg", nil, []),
            ("webp/lossless.webp", nil, []), ("jpeg/gray.jpg", nil, []),
        ] as [(String, String?, [String])])
    func `what a model sees has at most 8 bits and no alpha, and the plan says so`(
        file: String, copy: String?, changes: [String]
    ) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, [file])
            request.keepAspect = true
            let plan = try await session.plan(request)
            let reference = try #require(plan.references.first)
            #expect(reference.copy?.description == copy && reference.changes == changes)
            #expect(!reference.sendsAlpha && reference.sentBitDepth <= 8 && plan.warnings.isEmpty, "\(plan.warnings)")
            let run = try await session.run(plan).run
            #expect(run.sending.copies.compactMap { $0?.description } == [copy].compactMap(\.self))
            let sent = try await Self.fetch(try #require(try await library.uploads().first))
            #expect(sent.bitDepth <= 8 && !sent.hasAlpha && sent.orientation == .upright)
            if file == "png/gray16-profile.png" {
                #expect(sent.colorProfile?.hasPrefix("A Gray") == true && sent.channels == 1)
            }
        }
    }

    @Test func `as it is means with alpha and depth, and an animation goes as it is: the plan warns of both`()
        async throws
    {
        try await TestLibrary.with { library in
            var request = try await Self.request(library, ["png/gray16-half.png", "png/hidden-colour.png"])
            request.sending.asIs = true
            let plan = try await library.plan(request)
            #expect(plan.references.allSatisfy { $0.copy == nil })
            #expect(plan.warnings.map(\.description).contains { $0.contains("reference 1 is sent with 16 bits") })
            #expect(plan.warnings.contains(.transparencySent(position: 2, why: .asIs)))
            let facts = ImageFacts(
                format: .webp, storedSize: try #require(PixelSize(width: 64, height: 64)), orientation: .upright,
                hasAlpha: true, bitDepth: 8, frameCount: 3, byteCount: 9)
            let film = ReferencePicture(asset: request.references[0].asset, facts: facts, path: nil)
            request.references = [film]
            request.sending.asIs = false
            let filmed = try await library.plan(request)
            #expect(filmed.references[0].copy == nil)
            #expect(filmed.warnings.contains(.transparencySent(position: 1, why: .animation)))
        }
    }

    @Test func `an endpoint of which nothing is known gets 8 bits and the alpha, unless a background is asked for`()
        async throws
    {
        try await TestLibrary.with { library in
            let picture = Fixtures.path("images/png/hidden-colour-16-bits-turned.png")
            var request = try await library.request(
                "fal-ai/bria/eraser", input: .object(["image_url": .string(picture)]))
            let plan = try await library.plan(request)
            #expect(plan.references.map(\.copy?.description) == ["upright+8bit"])
            #expect(plan.references[0].sendsAlpha)
            #expect(plan.warnings.contains(.transparencySent(position: 1, why: .unknownUse)))
            request.sending.background = .black
            let flat = try await library.plan(request)
            #expect(flat.references.map(\.copy?.description) == ["upright+8bit+flat-000000"] && flat.warnings.isEmpty)
        }
    }

    /// A PNG whose header declares 15000 x 12000 pixels, or the same turned, and of which little more is there.
    private static func huge(in folder: String, turned: Bool) throws -> String {
        var bytes = try Fixtures.data("images/png/\(turned ? "orientation-6" : "rgb8").png")
        bytes.replaceSubrange(16..<24, with: [0, 0, 0x3A, 0x98, 0, 0, 0x2E, 0xE0])
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes[12..<29] {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        sum = ~sum
        bytes.replaceSubrange(29..<33, with: (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) })
        let path = folder + "/huge-\(turned).png"
        try bytes.write(to: URL(filePath: path))
        return path
    }

    @Test(arguments: [false, true])
    func
        `a picture of more pixels than a model opens is refused before anything is written down, and shrunk where asked`(
            turned: Bool
        ) async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            try await TemporaryFolder.with { folder in
                var request = try await Self.request(library, [try Self.huge(in: folder, turned: turned)])
                for asIs in [false, true] {
                    request.sending.asIs = asIs
                    let error = await #expect(throws: LibraryError.self) { try await session.plan(request) }
                    #expect(error?.code == "too_many_pixels" && error?.remedy == .shrink)
                    #expect(error?.message.contains("more than the 178956970 that a model opens") == true)
                }
                request.sending.asIs = false
                request.sending.shrink = true
                let plan = try await session.plan(request)
                let copy = try #require(plan.references.first?.copy)
                #expect(copy.isTurned == turned && copy.size.map { $0.pixelCount < 5_000_000 } == true)
                #expect(try await library.statistics().assetCount == 0)
                // Where nothing is known of the endpoint, the picture itself can go.
                var other = try await library.request(
                    "fal-ai/bria/eraser",
                    input: .object(["image_url": .string(try #require(request.references.first?.path))]))
                let error = await #expect(throws: LibraryError.self) { try await session.plan(other) }
                #expect(error?.remedy == .sendAsIs)
                other.sending.asIs = true
                #expect(try await session.plan(other).references.count == 1)
            }
        }
    }

    @Test(arguments: [ImageFormat.gif, .heic, .avif])
    func `what cannot be decoded in rows is refused above the limit, shrunk or not`(format: ImageFormat) throws {
        let facts = ImageFacts(
            format: format, storedSize: try #require(PixelSize(width: 15_000, height: 12_000)), orientation: .upright,
            hasAlpha: false, bitDepth: 8, frameCount: 1, byteCount: 9)
        for size in [nil, PixelSize(width: 1500, height: 1200)] {
            let error = #expect(throws: LibraryError.self) {
                try Sending(shrink: true).copy(of: facts, for: Self.model, "cat", shrunkTo: size)
            }
            #expect(error?.code == "too_many_pixels" && error?.remedy == nil)
        }
    }

    @Test func `a JPEG of 12 bits is refused before anything is written down`() async throws {
        try await TestLibrary.with { library in
            var request = try await Self.request(library, ["jpeg/12-bits.jpg"])
            let error = await #expect(throws: LibraryError.self) { try await library.plan(request) }
            #expect(error?.code == "unsendable_format" && error?.message.contains("jpeg of 12 bits") == true)
            request.sending.asIs = true
            let again = Sending(ReferenceSending(copies: [nil]), of: request.references, to: request.model)
            #expect(again.asIs)
        }
    }
}
