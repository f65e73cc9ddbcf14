import AssetCatalog
import AssetModel
import Foundation
import GRDB
import Schema
import Testing

struct UploadClaimTests {
    private let host = RemoteHost("fal")
    private let now = Timestamp(milliseconds: 1_767_225_600_000)

    private func key(
        on host: RemoteHost? = nil, copy: UploadCopy? = nil, access: UploadAccess = .publicLink,
        lifetime: UploadLifetime = .accountDefault
    ) throws -> UploadKey {
        UploadKey(
            digest: try Story.digest(1), copy: copy, host: host ?? self.host, access: access, lifetime: lifetime)
    }

    private func claim(_ catalog: Catalog, at now: Timestamp, on host: RemoteHost? = nil, nonce: String) async throws
        -> UploadClaim
    {
        try await catalog.claimUpload(try key(on: host), now: now, leaseSeconds: 60, nonce: nonce)
    }

    private func uploaded(_ url: String, expiresAt: Timestamp? = nil) throws -> JournalEntry.Fact {
        .uploaded(
            .init(
                digest: try Story.digest(1), host: host, access: .publicLink, url: url, byteCount: 3,
                expiresAt: expiresAt))
    }

    @Test func `the first who asks may send, the others wait`() async throws {
        let catalog = try Catalog.inMemory()
        guard case .claimed(let token) = try await claim(catalog, at: now, nonce: "a") else {
            Issue.record("the first claim was refused")
            return
        }
        #expect(try await claim(catalog, at: now, nonce: "b") == .busy(until: now.adding(seconds: 60), nonce: "a"))
        try await catalog.releaseUpload(token)
        guard case .claimed = try await claim(catalog, at: now, nonce: "b") else {
            Issue.record("a claim that was given back still holds")
            return
        }
    }

    @Test func `a crashed sender's lease runs out`() async throws {
        let catalog = try Catalog.inMemory()
        guard case .claimed(let dead) = try await claim(catalog, at: now, nonce: "a") else {
            Issue.record("the first claim was refused")
            return
        }
        let later = now.adding(seconds: 61)
        guard case .claimed = try await claim(catalog, at: later, nonce: "b") else {
            Issue.record("the lease did not run out")
            return
        }
        // The dead one comes back to life and gives back what is no longer its own.
        try await catalog.releaseUpload(dead)
        #expect(try await claim(catalog, at: later, nonce: "c") == .busy(until: later.adding(seconds: 60), nonce: "b"))
    }

    @Test func `an upload serves its own host only`() async throws {
        var story = Story()
        story.tell(try uploaded("https://f/1"))
        let catalog = try await story.catalog()
        guard case .stored(let upload) = try await claim(catalog, at: now, nonce: "a") else {
            Issue.record("the upload was not offered")
            return
        }
        #expect(upload.url == "https://f/1")
        guard case .claimed = try await claim(catalog, at: now, on: RemoteHost("sandbox"), nonce: "a") else {
            Issue.record("fal's upload was offered to another host")
            return
        }
    }

    @Test func `who asks for a lifetime or for privacy gets that and nothing else`() async throws {
        var story = Story()
        story.tell(try uploaded("https://f/1"))
        let week = UploadLifetime.seconds(604_800)
        let catalog = try await story.catalog()
        #expect(try await catalog.upload(try key(), now: now)?.url == "https://f/1")
        #expect(try await catalog.upload(try key(lifetime: week), now: now) == nil)
        #expect(try await catalog.upload(try key(lifetime: .never), now: now) == nil)
        #expect(try await catalog.upload(try key(access: .privateLink), now: now) == nil)

        story.tell(
            .uploaded(
                .init(
                    digest: try Story.digest(1), host: host, access: .privateLink, url: "https://f/2", byteCount: 3,
                    lifetime: week, expiresAt: now.adding(seconds: 604_800), expiry: .sent)))
        let after = try await story.catalog()
        #expect(try await after.upload(try key(access: .privateLink, lifetime: week), now: now)?.expiry == .sent)
        // Nothing in particular was asked for, so any time is long enough.
        #expect(try await after.upload(try key(access: .privateLink), now: now)?.url == "https://f/2")
        #expect(try await after.upload(try key(access: .privateLink, lifetime: .never), now: now) == nil)
    }

    @Test func `a copy is found by its asset, and by its own bytes`() async throws {
        let upright = try #require(UploadCopy(parsing: "upright"))
        var story = Story()
        story.tell(
            .uploaded(
                .init(
                    digest: try Story.digest(2), host: host, access: .publicLink, url: "https://f/2", byteCount: 3,
                    expiresAt: nil, source: try Story.digest(1), copy: upright)))
        let catalog = try await story.catalog()
        #expect(try await catalog.upload(try key(), now: now) == nil)
        #expect(try await catalog.upload(try key(copy: upright), now: now)?.digest == Story.digest(2))
        #expect(try await catalog.upload(try key(copy: UploadCopy(parsing: "png")), now: now) == nil)
        let bytes = UploadKey(digest: try Story.digest(2), host: host, access: .publicLink)
        #expect(try await catalog.upload(bytes, now: now)?.asset == Story.digest(1))
    }

    @Test func `a probe that found an upload is remembered, an older one changes nothing`() async throws {
        var story = Story()
        story.tell(try uploaded("https://f/1"))
        story.tell(.uploadsChecked(.init(urls: ["https://f/1", "https://f/unknown"])))
        let catalog = try await story.catalog()
        let upload = try #require(try await catalog.uploads().first)
        let checkedAt = try #require(upload.checkedAt)
        #expect(checkedAt > upload.uploadedAt && upload.expiry == .accountDefault)
    }

    @Test func `an upload about to end, or found gone, is not offered`() async throws {
        var story = Story()
        story.tell(try uploaded("https://f/1", expiresAt: now.adding(seconds: 700)))
        let catalog = try await story.catalog()
        let usable = try await catalog.upload(try key(), now: now)
        #expect(usable != nil)
        let late = now.adding(seconds: 101)
        #expect(try await catalog.upload(try key(), now: late) == nil)

        story.tell(try uploaded("https://f/2"))
        story.tell(.uploadLost(.init(url: "https://f/2")))
        let after = try await story.catalog()
        #expect(try await after.upload(try key(), now: late) == nil)
        #expect(try await after.uploads().count == 2)
    }
}

struct CatalogFileTests {
    private func withFile<R>(_ body: (String) async throws -> R) async throws -> R {
        let folder = FileManager.default.temporaryDirectory.appending(path: "catalog-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path + "/catalog.sqlite")
    }

    @Test func `a catalog of another version, or none, is to be folded again and left as it is`() async throws {
        try await withFile { path in
            #expect(throws: CatalogError.outdated) { try Catalog.open(at: path) }
            #expect(!FileManager.default.fileExists(atPath: path))
            try await Self.fold(path)
            try Catalog.open(at: path).close()
            let other = try DatabaseQueue(path: path)
            try await other.write { try $0.execute(sql: "UPDATE fold SET version = '999-future'") }
            try other.close()
            for _ in 0..<2 { #expect(throws: CatalogError.outdated) { try Catalog.open(at: path) } }
            try await Self.fold(path)
            try Catalog.open(at: path).close()
            #expect(
                try FileManager.default.contentsOfDirectory(
                    atPath: URL(filePath: path).deletingLastPathComponent().path) == ["catalog.sqlite"])
        }
    }

    private static func fold(_ path: String) async throws {
        let fold = try CatalogFold.replacing(path)
        try await fold.fold { _ in }
        try fold.finish()
    }

    @Test func `a damaged file of leases is thrown away, since nothing is lost with it`() async throws {
        try await withFile { path in
            try await Self.fold(path)
            let leases = URL(filePath: path).deletingLastPathComponent().appending(path: "leases.sqlite")
            try Data(repeating: 7, count: 4096).write(to: leases)
            let catalog = try Catalog.open(at: path)
            let key = UploadKey(digest: try Story.digest(1), host: RemoteHost("fal"), access: .publicLink)
            let now = Timestamp(milliseconds: 5)
            let claim = try await catalog.claimUpload(key, now: now, leaseSeconds: 60, nonce: "a")
            #expect(claim == .claimed(UploadClaim.Token(key: key, nonce: "a")))
            try catalog.close()
        }
    }

    @Test func `a catalog at rest is one file, also after it was read`() async throws {
        try await withFile { path in
            try await Self.fold(path)
            let catalog = try Catalog.open(at: path)
            var story = Story()
            try story.importing(1, as: "/a.png")
            let entries = story.entries
            try await catalog.withWriteLock { try $0.apply(entries) }
            #expect(try await catalog.statistics().assetCount == 1)
            try catalog.close()
            let folder = URL(filePath: path).deletingLastPathComponent().path
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["catalog.sqlite"])
        }
    }

    @Test func `what is no database is damage`() async throws {
        try await withFile { path in
            try Data(repeating: 7, count: 4096).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: CatalogError.self) { try Catalog.open(at: path) }
            #expect(error?.code == "catalog_damaged")
        }
    }

    @Test func `a folder that is not there cannot hold a catalog`() {
        #expect(throws: CatalogError.readOnly) { try CatalogFold.replacing("/no/such/folder/catalog.sqlite") }
    }

    @Test func `two programs see each other's entries`() async throws {
        try await withFile { path in
            try await Self.fold(path)
            let (one, other) = (try Catalog.open(at: path), try Catalog.open(at: path))
            var story = Story()
            try story.importing(1, as: "/a.png")
            let entries = story.entries
            try await one.withWriteLock {
                try $0.apply(entries, upTo: JournalPosition(replica: "r", segment: 1, byteOffset: 5))
            }
            #expect(try await other.asset(try Story.digest(1)) != nil)
            #expect(try await other.positions() == [JournalPosition(replica: "r", segment: 1, byteOffset: 5)])
            try one.close()
            try other.close()
        }
    }
}
