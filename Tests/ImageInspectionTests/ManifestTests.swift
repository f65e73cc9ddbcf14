import AssetModel
import Fixtures
import ImageInspection
import Testing

struct ManifestTests {
    @Test(arguments: try Fixtures.images)
    func `a picture gives the facts or the error that it was drawn for`(fixture: ImageFixture) throws {
        let outcome = Outcome(path: fixture.path)
        switch fixture.expectation {
        case .facts(let facts): #expect(outcome == .facts(facts), "\(fixture.proves)")
        case .error(let code): #expect(outcome.error?.code == code, "\(fixture.proves), got \(outcome)")
        }
    }

    @Test(arguments: try Fixtures.images)
    func `bytes in memory give the same as their file`(fixture: ImageFixture) throws {
        let bytes = try Array(Fixtures.data("images/\(fixture.file)"))
        #expect(Outcome(bytes: bytes) == Outcome(path: fixture.path))
    }

    @Test func `the manifest covers every error code of a file that can be opened`() throws {
        let codes = try Fixtures.images.compactMap { fixture in
            if case .error(let code) = fixture.expectation { code } else { nil }
        }
        #expect(Set(codes) == ["not_an_image", "unsupported", "truncated", "malformed", "too_large"])
    }

    @Test func `the eight turned files have one display size`() throws {
        for orientation in 1...8 {
            let facts = try ImageInspector().inspect(
                fileAt: Fixtures.path("images/jpeg/orientation-\(orientation).jpg"))
            #expect(facts.orientation.rawValue == orientation)
            #expect(facts.displaySize == PixelSize(width: 48, height: 32))
        }
    }
}
