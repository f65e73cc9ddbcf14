import AssetModel
import Crypto
import Fixtures
import Foundation
import Testing

/// What `fixtures/images/manifest.json` says about its files is true.
struct FixtureTests {
    @Test(arguments: try Fixtures.images)
    func `a picture has the bytes that the manifest names`(fixture: ImageFixture) throws {
        let data = try Data(contentsOf: URL(filePath: fixture.path))
        #expect(Int64(data.count) == fixture.byteCount)
        #expect(try ContentDigest(bytes: Array(SHA256.hash(data: data))) == fixture.sha256)
        if let facts = fixture.facts { #expect(facts.byteCount == fixture.byteCount) }
    }

    @Test func `every picture is listed and every listed picture is there`() throws {
        let images = Fixtures.url("images")
        let files = try FileManager.default.subpathsOfDirectory(atPath: images.path(percentEncoded: false))
            .filter { !isFolder(images.appending(path: $0)) && $0 != "manifest.json" && !$0.hasSuffix(".swift") }
        #expect(files.sorted() == (try Fixtures.images.map(\.file).sorted()))
        #expect(files.count > 100)
    }

    @Test func `the manifest is sorted and names each file once`() throws {
        let files = try Fixtures.images.map(\.file)
        #expect(files == Set(files).sorted())
    }

    @Test func `pictures are small`() throws {
        let large = try Fixtures.images.filter { $0.byteCount > 20_000 }
        #expect(large.map(\.file) == ["jpeg/large-profile.jpg"])
    }

    @Test func `every recorded call can be read and says where it is from`() throws {
        for transcript in try Fixtures.transcripts {
            #expect(!transcript.note.isEmpty, "\(transcript)")
            #expect(transcript.request.path.hasPrefix("/"), "\(transcript)")
            #expect(100..<600 ~= transcript.response.status, "\(transcript)")
        }
    }

    private func isFolder(_ url: URL) -> Bool {
        (try? url.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
    }
}
