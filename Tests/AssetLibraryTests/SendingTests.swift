import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// What is really sent of a reference, and that the plan knows.
struct SendingTests {
    private static func request(_ library: Library, _ files: [String]) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
        request.references = try await library.pictures(named: files.map { Fixtures.path("images/\($0)") })
        return request
    }

    /// What the sandbox serves at a URL.
    private static func fetch(_ url: String) async throws -> Data {
        let address = try #require(URL(string: url))
        return try await URLSession.shared.data(from: address).0
    }

    private static func facts(_ data: Data) throws -> ImageFacts {
        let file = FileManager.default.temporaryDirectory.appending(path: "fetched-\(UUID().uuidString)")
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        var found: ImageFacts?
        FileInspection.inspect([file.path]) { if case .facts(_, let facts, _, _) = $0 { found = facts } }
        return try #require(found)
    }

    private static func sent(_ library: Library) async throws -> (facts: ImageFacts, data: Data, upload: Upload) {
        let upload = try #require(try await library.uploads().first)
        let data = try await fetch(upload.url)
        return (try facts(data), data, upload)
    }

    @Test(arguments: [
        "jpeg/orientation-6.jpg", "png/orientation-6.png", "webp/orientation-6.webp", "heic/orientation-6.heic",
    ])
    func `a photo that is stored turned arrives upright, and the planned size is what comes back`(file: String)
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, [file])
            request.keepAspect = true
            let shown = try #require(request.references.first?.facts.displaySize)
            #expect(shown.width > shown.height && request.references.first?.facts.storedSize == shown.transposed)
            let plan = try await session.plan(request)
            let reference = try #require(plan.references.first)
            let size = try #require(plan.estimate?.size)
            #expect(size.output.width > size.output.height)
            #expect(reference.view?.stored == shown && reference.isUpright && !reference.isByteCountExact)
            #expect(plan.warnings.isEmpty, "\(plan.warnings)")
            let finished = try await session.run(plan)
            #expect(finished.differences.isEmpty, "\(finished.differences)")
            #expect(finished.run.outputs.first?.facts.storedSize == size.output)
            let sent = try await Self.sent(library)
            #expect(sent.facts.orientation == .upright && sent.facts.storedSize == shown)
            #expect(!sent.data.contains(Data("Exif".utf8)))
            #expect(sent.upload.source == reference.picture.asset && sent.upload.copy?.isTurned == true)
            // From now on everything is known.
            let again = try #require(try await session.plan(request).references.first)
            #expect(again.reusedURL == sent.upload.url && again.isByteCountExact && again.uploadByteCount == 0)
        }
    }

    @Test func `as it is, a rotated photo goes byte for byte, and the plan warns and counts its stored size`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["jpeg/orientation-6.jpg"])
            request.keepAspect = true
            request.sending.asIs = true
            let plan = try await session.plan(request)
            let size = try #require(plan.estimate?.size)
            #expect(size.output.height > size.output.width)
            #expect(plan.warnings.contains { $0.description.contains("EXIF orientation 6") })
            #expect(try await session.run(plan).differences.isEmpty)
            let sent = try await Self.sent(library)
            #expect(sent.data == (try Fixtures.data("images/jpeg/orientation-6.jpg")))
            #expect(sent.upload.copy == nil && sent.upload.source == nil)
        }
    }

    @Test(arguments: [
        "tiff/big-endian.tiff", "bmp/rgb24.bmp", "avif/lossy.avif", "heic/lossy.heic", "gif/animated.gif",
    ])
    func `a format that the endpoint may not read arrives as PNG`(file: String) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let request = try await Self.request(library, [file])
            let plan = try await session.plan(request)
            #expect(plan.references.first?.copy?.description == "png")
            #expect(try await session.run(plan).run.state == .finished)
            let sent = try await Self.sent(library)
            #expect(sent.facts.format == .png && sent.facts.frameCount == 1)
            #expect(sent.facts.storedSize == request.references.first?.facts.storedSize)

            var asIs = request
            asIs.sending.asIs = true
            let warned = try await session.plan(asIs)
            #expect(warned.warnings.contains { $0.description.contains("may not read") })
            #expect(warned.references.first?.reusedURL == nil)
        }
    }

    @Test func `a format that cannot be converted is one clear error before anything is sent`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["demo/mug.png", "jxl/lossy.jxl"])
            let error = await #expect(throws: LibraryError.self) { try await session.plan(request) }
            #expect(error?.code == "unsendable_format")
            #expect(error?.message.contains("reference 2 is jxl") == true)
            request.sending.asIs = true
            #expect(try await session.run(try await session.plan(request)).run.state == .finished)
        }
    }

    @Test func `a picture that cannot be decoded after all ends the run before anything is submitted`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let plan = try await session.plan(try await Self.request(library, ["tiff/gray32-float.tiff"]))
            let error = await #expect(throws: LibraryError.self) { try await session.run(plan) }
            #expect(error?.category == .invalidInput)
            #expect(error?.remedy == .sendAsIs)
            #expect(try await library.uploads().isEmpty)
            #expect(try await library.unfinishedRuns().isEmpty)
        }
    }

    @Test func `a lost or broken copy is made again, and a URL that is known needs none`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let request = try await Self.request(library, ["tiff/rgb16.tiff"])
            let first = try await session.run(try await session.plan(request))
            #expect(first.uploadedCount == 1)
            let folder = library.root + "/renditions"
            try FileManager.default.removeItem(atPath: folder)
            #expect(try await session.run(try await session.plan(request)).reusedCount == 1)
            #expect(!FileManager.default.fileExists(atPath: folder))
            // For another lifetime the bytes must be sent again: the copy is made again, the same.
            let digest = try #require(try await library.uploads().first?.digest)
            let asset = try #require(request.references.first?.asset)
            let week = try await session.upload([asset], Sending(lifetime: .seconds(604_800)))
            #expect(week.map(\.upload.digest) == [digest] && week.map(\.isNew) == [true])
            let file = try #require(
                FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.first {
                    $0.hasSuffix(".png")
                })
            try Data("not a picture".utf8).write(to: URL(filePath: "\(folder)/\(file)"))
            let ever = try await session.upload([asset], Sending(lifetime: .never))
            #expect(ever.map(\.upload.digest) == [digest] && ever.map(\.isNew) == [true])
        }
    }

    @Test(arguments: [1, 3], [false, true])
    func `a shrunken copy has fewer pixels, and changes nothing of the plan`(count: Int, keepAspect: Bool) async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            try await TemporaryFolder.with { folder in
                // Larger than a model looks at it: the sandbox's own pictures are 2048 x 2048.
                var request = try await Self.request(library, ["demo/mug.png", "demo/cat.jpg", "demo/marble.webp"])
                request.size = .exactly(width: 1000, height: 1300)
                let output = try #require(
                    try await session.run(try await session.plan(request)).run.outputs.first)
                var large = RunRequest(model: EditModels.defaultForEdits, prompt: "p")
                large.references = try await library.pictures(named: [output.asset.hex])
                if count > 1 { large.references += request.references.prefix(count - 1) }
                large.keepAspect = keepAspect
                let usual = try await session.plan(large)
                large.sending.shrink = true
                let plan = try await session.plan(large)
                let (size, usualSize) = (
                    try #require(plan.estimate?.size), try #require(usual.estimate?.size)
                )
                #expect(size.output == usualSize.output)
                #expect(size.references.map(\.seen) == usualSize.references.map(\.seen))
                let before = try #require(usual.references[0].view)
                let after = try #require(plan.references[0].view)
                #expect(after.stored.width >= after.seen.width && after.stored.height >= after.seen.height)
                if count > 1 { #expect(after.stored.pixelCount < before.stored.pixelCount / 2) }
                let finished = try await session.run(plan)
                #expect(finished.differences.isEmpty)
                let sent = try await library.uploads().first { $0.asset == output.asset }
                let url = try #require(sent?.url)
                #expect(try Self.facts(try await Self.fetch(url)).storedSize == after.stored)
            }
        }
    }

    @Test func `a planned run that is resumed sends what was planned`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["jpeg/orientation-6.jpg"])
            request.keepAspect = true
            request.sending.lifetime = .seconds(3600)
            let plan = try await session.plan(request)
            // As a process leaves it that dies before it sends.
            _ = try await library.importFiles([Fixtures.path("images/jpeg/orientation-6.jpg")])
            let id = Run.ID(random: (1, 2))
            try await library.history.record("test", try plan.facts(id, session.remote.host))
            try await session.resumeUnfinished { outcome in
                guard case .finished(let finished) = outcome else {
                    Issue.record("\(outcome)")
                    return
                }
                #expect(finished.differences.isEmpty)
            }
            let upload = try await Self.sent(library).upload
            #expect(upload.lifetime == .seconds(3600) && upload.copy?.description == "upright")
            // Counted from the end of the sending, which is a moment before its entry.
            let end = try #require(upload.expiresAt)
            #expect(upload.expiry == .sent && end <= upload.uploadedAt.adding(seconds: 3600) && end > upload.uploadedAt)
        }
    }
}
