import AssetCatalog
import AssetModel
import AssetStore
import FalAPI
import FalSandbox
import Files
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// What a run remembers of how its references were sent, and on what terms.
struct SendingAgainTests {
    private static func request(_ library: Library) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
        request.references = try await library.pictures(
            named: ["jpeg/orientation-6.jpg", "heic/orientation-6.heic"].map { Fixtures.path("images/\($0)") })
        request.sending.access = .privateLink
        request.sending.lifetime = .seconds(3600)
        request.terms = SubmitTerms(priority: .low, hint: "h")
        return request
    }

    /// A run that left without an answer, as a process leaves it that dies while it submits.
    private static func unknownRun(_ library: Library, _ session: FalSession) async throws -> Run {
        let plan = try await session.plan(try await request(library))
        let id = try #require(try await session.runner("test").recordPlans([plan]).first)
        try await library.history.record("test", [.sending(.init(generation: id, urls: []))])
        return try #require(try await library.run(id))
    }

    @Test func `resubmitting a private run sends its references privately, upright and as PNG, on the same terms`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            let old = try await Self.unknownRun(library, session)
            let again = try await session.resubmit(old.id).run
            #expect(again.id != old.id && again.sending == old.sending && again.terms == old.terms)
            let uploads = try await library.uploads()
            #expect(uploads.count == 2 && uploads.allSatisfy { $0.access == .privateLink })
            #expect(Set(uploads.map { $0.copy?.description ?? "" }) == ["upright", "upright+png"])
            #expect(uploads.allSatisfy { $0.lifetime == .seconds(3600) })
        }
    }

    @Test func `a rerun sends its references as the run did, and on its terms`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let request = try await Self.request(library)
            let first = try await session.run(try await session.plan(request)).run
            var again = try await library.request(again: first)
            #expect(again.sending == request.sending && again.terms == request.terms)
            again.seed = 8
            let second = try await session.run(try await session.plan(again))
            #expect(second.run.sending == first.sending && second.run.terms == first.terms)
            #expect(second.uploadedCount == 0 && second.reusedCount == 2)
        }
    }

    @Test func `a rerun of pictures that went as they are sends them as they are, and shrunken ones stay shrunken`()
        async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
            request.references = try await library.pictures(named: [Fixtures.path("images/jpeg/orientation-6.jpg")])
            request.sending.asIs = true
            let run = try await session.run(try await session.plan(request)).run
            #expect(try await library.request(again: run).sending == request.sending)
            let copy = UploadCopy(isTurned: false, format: nil, size: PixelSize(width: 8, height: 8))
            let shrunken = Sending(
                ReferenceSending(copies: [copy]), of: request.references, to: EditModels.defaultForEdits)
            #expect(shrunken.shrink && !shrunken.asIs)
        }
    }

    /// Pictures that are sent with fewer bits, flattened, both and turned, and untouched.
    private static func pixels(_ library: Library) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
        request.references = try await library.pictures(
            named: [
                "png/gray16-half.png", "png/hidden-colour.png", "png/hidden-colour-16-bits-turned.png", "demo/cat.jpg",
            ]
            .map { Fixtures.path("images/\($0)") })
        return request
    }

    @Test(arguments: [nil, PlainColour.black, .white])
    func `a rerun flattens on the same colour, and uploads nothing again`(background: PlainColour?) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            var request = try await Self.pixels(library)
            request.sending.background = background
            let first = try await session.run(try await session.plan(request)).run
            let ground = "flat-\((background ?? .white).hex)"
            #expect(first.sending.copies.map { $0?.description } == ["8bit", ground, "upright+8bit+\(ground)", nil])
            var again = try await library.request(again: first)
            again.seed = 8
            let second = try await session.run(try await session.plan(again))
            #expect(second.run.sending == first.sending && second.uploadedCount == 0 && second.reusedCount == 4)
        }
    }

    @Test func `a run of a version that left depth and alpha as they were is run again like that`() async throws {
        try await TestLibrary.with { library in
            let request = try await Self.pixels(library)
            let old = ReferenceSending(copies: [nil, nil, UploadCopy(parsing: "upright"), nil])
            let again = Sending(old, of: request.references, to: request.model)
            #expect(again.keepsPixels && !again.asIs)
            let copies = try request.references.map {
                try again.copy(of: $0.facts, for: EditModels.entry(request.model), "")
            }
            #expect(copies == old.copies)
        }
    }

    @Test func `equal bytes go once, whatever they are called`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let asset = try await library.assets(named: [Fixtures.path("images/png/gray16-half-turned.png")])
            var earlier = Sending()
            earlier.keepsPixels = true
            let first = try await session.upload(asset, earlier)
            let second = try await session.upload(asset)
            #expect(first.map(\.upload.copy?.description) == ["upright"] && first.map(\.isNew) == [true])
            #expect(second.map(\.isNew) == [false] && second.map(\.upload.url) == first.map(\.upload.url))
        }
    }

    @Test func `what a run remembers is there again after a rebuild`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let old = try await Self.unknownRun(library, session)
            #expect(old.sending.copies.map { $0?.description } == ["upright", "upright+png"])
            _ = try await library.rebuild()
            #expect(try await library.run(old.id) == old)
            try await library.discard(old.id)
        }
    }
}

/// Troubles that all of a batch would meet, told by the error itself and not by its text.
struct BatchTroubleTests {
    @Test func `a full disk stops a batch of uploads, a sweep and a resume alike, wherever it is met`() {
        for error in [
            LibraryError(StoreError.file(.diskFull(path: "/x"))), LibraryError(CatalogError.full),
            LibraryError(StoreError.file(.readOnly(path: "/x"))), LibraryError(CatalogError.readOnly),
        ] {
            #expect(error.stopsUploads && error.stopsRuns, "\(error)")
        }
    }

    @Test func `one file that cannot be read stops nothing else`() {
        for error in [
            LibraryError(StoreError.file(.noSuchFile(path: "/x"))), LibraryError(FalError.fileChanged(path: "/x")),
            LibraryError(FalError.sizeMismatch(expected: 1, actual: 2)),
            LibraryError(FalError.unintelligible(what: "x", requestID: nil)),
        ] {
            #expect(!error.stopsUploads && !error.stopsRuns, "\(error)")
        }
        let broken = LibraryError(FalError.unavailable(status: 503, detail: nil, requestID: nil))
        #expect(broken.stopsUploads && !broken.stopsRuns)
    }

    @Test func `a key that fal does not accept stops everything`() {
        for error in [
            LibraryError(FalError.unauthorized(detail: nil, requestID: nil)), LibraryError(FalError.missingCredential),
            LibraryError.noKey,
        ] {
            #expect(error.stopsUploads && error.stopsRuns, "\(error)")
        }
    }
}
