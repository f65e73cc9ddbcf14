import AssetLibrary
import AssetModel
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

/// What a plan says beside the request.
struct PlanTests {
    private static func request(_ library: Library, _ files: [String]) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
        request.references = try await library.pictures(named: files.map { Fixtures.path("images/\($0)") })
        return request
    }

    @Test func `a shape that no supported size has, and references that become small, are told before paying`()
        async throws
    {
        try await TestLibrary.with { library in
            var request = try await Self.request(library, ["demo/mug.png", "demo/cat.jpg", "demo/marble.webp"])
            request.size = .exactly(width: 4000, height: 1000)
            request.keepAspect = true
            let warnings = try await library.plan(request).warnings
            #expect(warnings.contains { $0.description.contains("3104x1312, the nearest") })
            #expect(warnings.contains { $0.description.contains("needs exactly one") })
            request.size = .exactly(width: 2048, height: 2048)
            let square = try await library.plan(request).warnings
            #expect(!square.contains { $0.description.contains("no supported size") })

            request.keepAspect = false
            #expect(!square.contains { $0.description.contains("with a side below") })
            request.references += try await library.pictures(
                named: ["rgb8", "gray8", "rgba8", "gray1", "gray2", "gray4"].map {
                    Fixtures.path("images/png/\($0).png")
                })
            // Nine: each is seen at about 512 x 512; the small fixtures are enlarged to that.
            let nine = try await library.plan(request).warnings.filter {
                $0.description.contains("with a side below 512")
            }
            #expect(
                nine.count == 1 && nine[0].description.hasPrefix("the model sees references 1, 2, 3 with"), "\(nine)")
        }
    }

    @Test func `a plan of copies changes nothing, not even on disk`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.request(library, ["jpeg/orientation-6.jpg", "tiff/rgba.tiff"])
            request.sending.access = .privateLink
            let plan = try await session.plan(request)
            #expect(plan.references.map(\.copy?.description) == ["upright", "png+flat-ffffff"])
            #expect(plan.references.map(\.isByteCountExact) == [false, false])
            #expect(plan.warnings.contains { $0.description.contains("your account alone") })
            let price = try #require(plan.price)
            #expect(price.seenOn.hasPrefix("2026") && !price.source.isEmpty)
            let names = try FileManager.default.contentsOfDirectory(atPath: library.root)
            #expect(!names.contains("renditions"))
            #expect(try await library.statistics().assetCount == 0)
        }
    }

    @Test func `candidates are all sizes the model knows, the best fit first`() async throws {
        try await TestLibrary.with { library in
            // 48 x 32 as seen: the shape of 2496 x 1664.
            var request = try await Self.request(library, ["jpeg/orientation-6.jpg"])
            let candidates = try await library.candidates(for: request)
            #expect(candidates.count == 12)
            let best = try #require(candidates.first)
            #expect(best.size.description == "2496x1664" && best.outsideShare < 0.001)
            #expect(candidates.map(\.outsideShare) == candidates.map(\.outsideShare).sorted())
            #expect(candidates.filter(\.isPlanned).map(\.size.description) == ["2048x2048"])
            let worst = try #require(candidates.last)
            #expect(worst.size.description == "1312x3104" && worst.outsideShare > 0.7)
            let square = try #require(candidates.first { $0.size.description == "2048x2048" })
            #expect(abs(square.outsideShare - 1.0 / 3) < 1e-9)
            #expect(candidates.contains { $0.rule == .keepAspect })

            request.references += try await library.pictures(named: [Fixtures.path("images/demo/cat.jpg")])
            let two = try await library.candidates(for: request)
            #expect(two.count == 11 && two.allSatisfy { $0.references.count == 2 })
            request.references = []
            await #expect(throws: LibraryError.self) { try await library.candidates(for: request) }
        }
    }
}
