import AssetModel
import Testing

struct LabelTests {
    @Test(arguments: [("mugs", "mugs"), ("  off white ", "off white"), ("Ärger", "Ärger"), ("猫", "猫")])
    func `a name is kept as typed`(text: String, label: String) {
        #expect(Label.normalized(text) == label)
    }

    @Test(arguments: ["", "  ", "@mugs", "-n", "a,b", "a\"b", "a\u{7}b", String(repeating: "x", count: 101)])
    func `what cannot be typed back is no name`(text: String) {
        #expect(Label.normalized(text) == nil)
    }
}

struct GenerationIDTests {
    @Test func `an id is never taken for a digest`() throws {
        let id = Run.ID(random: (0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210))
        #expect(id.text.count == 16 && id.text.hasPrefix("g"))
        #expect(Run.ID(parsing: id.text) == id)
        #expect(Run.ID.looksLikePrefix(id.text.prefix(5)))
        #expect(!Run.ID.looksLikePrefix("abc"))
        #expect(Run.ID(parsing: "g" + String(repeating: "i", count: 15)) == nil)
    }

    @Test func `the next step after a crash follows from the state alone`() throws {
        let request = RemoteRequest(id: "r", statusURL: "s", responseURL: "p", cancelURL: "c")
        func step(_ state: Run.State, _ request: RemoteRequest? = nil) throws -> Run.NextStep {
            Run(
                id: Run.ID(random: (1, 2)), model: "m", prompt: "p", parameters: .object([:]),
                references: try ReferenceSet([]), plannedSize: PixelSize(width: 1, height: 1),
                state: state,
                request: request, host: RemoteHost("h"), seed: nil, reason: nil, outputs: [],
                plannedAt: Timestamp(milliseconds: 0), changedAt: Timestamp(milliseconds: 0)
            ).nextStep
        }
        #expect(try step(.planned) == .submit)
        #expect(try step(.sending) == .confirm)
        #expect(try step(.submitted, request) == .collect(request))
        for state in [Run.State.finished, .failed, .cancelled] { #expect(try step(state, request) == .nothing) }
    }
}
