import AssetLibrary
import AssetModel
import FalSandbox
import Fixtures
import Foundation
import Synchronization
import TestSupport
import Testing

/// The upload ledger: what is where, for whom, until when, and that nothing goes twice.
struct LedgerTests {
    private static let files = ["demo/mug.png", "jpeg/orientation-6.jpg", "tiff/rgba.tiff"]

    private static func request(_ library: Library, _ files: [String] = files) async throws -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: "on marble")
        request.references = try await library.pictures(named: files.map { Fixtures.path("images/\($0)") })
        return request
    }

    private static func assets(_ library: Library) async throws -> [ContentDigest] {
        try await library.assets(named: files.map { Fixtures.path("images/\($0)") })
    }

    @Test func `each lifetime and each kind of reader has an upload of its own, and is reused`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            let assets = try await Self.assets(library)
            let week = UploadLifetime.seconds(604_800)
            for sending in [
                Sending(), Sending(lifetime: week), Sending(lifetime: .never), Sending(access: .privateLink),
                Sending(access: .privateLink, lifetime: week),
            ] {
                for isNew in [true, false] {
                    let results = try await session.upload(assets, sending)
                    #expect(results.map(\.isNew) == [isNew, isNew, isNew])
                    #expect(results.map(\.asset) == assets)
                    #expect(results.allSatisfy { $0.upload.access == sending.access })
                    #expect(results.allSatisfy { $0.upload.lifetime == sending.lifetime })
                }
            }
            let uploads = try await library.uploads()
            #expect(uploads.count == 15 && Set(uploads.map(\.url)).count == 15)
            for upload in uploads {
                #expect((upload.expiresAt != nil) == (upload.lifetime == week))
                #expect(upload.expiry == (upload.lifetime == .accountDefault ? .accountDefault : .sent))
            }
        }
    }

    @Test func `the ledger is filtered by words, by time and by what is exposed, and survives a rebuild`() async throws
    {
        try await TestLibrary.withSandbox { library, session, _ in
            let assets = try await Self.assets(library)
            _ = try await session.upload(assets, Sending(access: .privateLink))
            _ = try await session.upload([assets[0]], Sending(lifetime: .seconds(60)))
            #expect(try await library.uploads(UploadFilter(words: ["PRIVATE"])).count == 3)
            #expect(try await library.uploads(UploadFilter(words: ["private", "upright"])).map(\.asset) == [assets[1]])
            #expect(
                try await library.uploads(UploadFilter(words: [assets[2].short])).map(\.copy?.description) == ["png"])
            #expect(try await library.uploads(UploadFilter(isExposed: true)).count == 4)
            #expect(try await library.uploads(UploadFilter(isExpired: true)).isEmpty)
            #expect(try await library.uploads(UploadFilter(isDead: true)).isEmpty)
            // A minute is less than the margin: it can be read still, and is not used again.
            #expect(
                try await library.uploads(of: [assets[0]], on: session.remote, Sending(lifetime: .seconds(60))).isEmpty)
            let before = try await library.uploads()
            _ = try await library.rebuild()
            #expect(try await library.uploads() == before)
            #expect(try await session.upload(assets, Sending(access: .privateLink)).allSatisfy { !$0.isNew })
        }
    }

    @Test func `an upload whose time is over is exposed no more`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let jump = Atomic<Int64>(0)
            let environment = Library.Environment(
                now: { Library.Environment.live.now().adding(seconds: jump.load(ordering: .relaxed)) },
                random: Library.Environment.live.random)
            try await SandboxServer.withRunning(logger: TestLibrary.logger) { address in
                let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                try await TestLibrary.withSession(at: root, remote, environment: environment) { library, session in
                    let assets = try await Self.assets(library)
                    _ = try await session.upload(assets, Sending(lifetime: .seconds(86_400)))
                    jump.store(86_000, ordering: .relaxed)
                    // Nearly over: still there, and about to end counts as ended.
                    #expect(try await library.uploads(UploadFilter(isExposed: true)).count == 3)
                    #expect(
                        try await session.plan(try await Self.request(library)).references.allSatisfy {
                            $0.reusedURL == nil
                        })
                    jump.store(90_000, ordering: .relaxed)
                    #expect(try await library.uploads(UploadFilter(isExposed: true)).isEmpty)
                    #expect(try await library.uploads(UploadFilter(isExpired: true)).count == 3)
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `links that died are renewed quietly and told, and probing finds them`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            // The second sandbox stands where the first one was, and holds nothing of it.
            var port = 0
            for round in 0..<2 {
                let configuration = SandboxConfiguration(port: port)
                port = try await SandboxServer.withRunning(configuration, logger: TestLibrary.logger) { address in
                    let remote = try Remote.server(at: address.url, key: Remote.sandboxKey)
                    try await TestLibrary.withSession(at: root, remote) { library, session in
                        let told = Mutex<[RunProgress]>([])
                        if round == 1 {
                            // Found out by a probe, or by the run itself.
                            let summary = try await session.probeUploads(UploadFilter(words: ["upright"]))
                            #expect(summary.goneCount == 1 && summary.servedCount == 0)
                            #expect(try await library.uploads(UploadFilter(isDead: true)).count == 1)
                        }
                        let plan = try await session.plan(try await Self.request(library))
                        let finished = try await session.run(plan) { step in told.withLock { $0.append(step) } }
                        #expect(finished.uploadedCount == 3)
                        let renewed = told.withLock { $0.count { if case .renewed = $0 { true } else { false } } }
                        #expect(renewed == (round == 0 ? 0 : 2))
                        let summary = try await session.probeUploads()
                        #expect(summary.servedCount == 3 && summary.goneCount == 0)
                        #expect(
                            try await library.uploads(UploadFilter(isExposed: true)).allSatisfy { $0.checkedAt != nil })
                    }
                    return address.port
                }
            }
            try await TestLibrary.expectSound(root)
        }
    }

    @Test func `ten edits at once make, send and use each copy once`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log)) { library, session, _ in
                let plan = try await session.plan(try await Self.request(library))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<10 { group.addTask { _ = try await session.run(plan) } }
                    try await group.waitForAll()
                }
                let lines = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n")
                #expect(lines.count { $0.contains("\"PUT\"") } == Self.files.count)
                #expect(try await library.uploads().map(\.useCount) == [10, 10, 10])
            }
        }
    }

    @Test func `two assets whose copies are the same bytes are sent once`() async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            try await TemporaryFolder.with { folder in
                // Bytes behind the end change the asset and not the picture.
                let path = folder + "/other.jpg"
                try Pictures.copy("images/jpeg/orientation-6.jpg", to: path, appending: 3)
                let assets = try await library.assets(named: [path, Fixtures.path("images/jpeg/orientation-6.jpg")])
                #expect(assets[0] != assets[1])
                let results = try await session.upload(assets)
                #expect(results.count { $0.isNew } == 1)
                #expect(results[0].upload.url == results[1].upload.url)
            }
        }
    }
}
