import AssetModel
import Fixtures
import ImageInspection
import Testing

struct WholePictureTests {
    private static let whole = ImageInspector(reach: .whole)

    @Test(arguments: try Fixtures.images)
    func `a look at every byte finds the picture whole, or cut as it was drawn`(fixture: ImageFixture) throws {
        let outcome = Outcome { () throws(InspectionError) in try Self.whole.inspect(fileAt: fixture.path) }
        switch fixture.expectation {
        case .facts(let facts):
            guard let code = fixture.wholeError else { #expect(outcome == .facts(facts)); break }
            #expect(outcome.error?.code == code, "\(fixture.proves), got \(outcome)")
        case .error(let code): #expect(outcome.error?.code == code, "\(fixture.proves), got \(outcome)")
        }
    }

    @Test(arguments: try Fixtures.images)
    func `what is odd and does no harm is a note`(fixture: ImageFixture) throws {
        guard fixture.facts != nil else { return }
        let notes = try ImageInspector().findings(fileAt: fixture.path).notes
        #expect(notes.map(\.rawValue) == fixture.notes, "\(fixture.proves)")
    }

    @Test func `a cut second picture is a note of the first`() throws {
        let path = Fixtures.path("images/broken/jpeg-second-cut.jpg")
        #expect(try ImageInspector().findings(fileAt: path).notes == [])
        #expect(try Self.whole.findings(fileAt: path).notes == [.laterPictureCut])
    }

    @Test func `wherever a JPEG is cut, a look at every byte tells`() throws {
        for name in ["jpeg/progressive.jpg", "jpeg/restarts.jpg", "jpeg/baseline.jpg", "jpeg/profile-twice.jpg"] {
            let bytes = try Array(Fixtures.data("images/\(name)"))
            #expect(Outcome { () throws(InspectionError) in try Self.whole.inspect(bytes: bytes) }.facts != nil)
            for length in 3..<bytes.count {
                let cut = Array(bytes[..<length])
                let outcome = Outcome { () throws(InspectionError) in try Self.whole.inspect(bytes: cut) }
                #expect(outcome == .failure(.truncated(.jpeg)), "\(name) cut to \(length) bytes")
            }
        }
    }

    @Test func `a PNG in many pieces that is cut between two of them is cut`() throws {
        let bytes = try Array(Fixtures.data("images/png/many-pieces.png"))
        #expect(Outcome { () throws(InspectionError) in try Self.whole.inspect(bytes: bytes) }.facts != nil)
        let cut = Array(bytes[..<(bytes.count / 2)])
        let outcome = Outcome { () throws(InspectionError) in try Self.whole.inspect(bytes: cut) }
        #expect(outcome == .failure(.truncated(.png)))
    }
}
