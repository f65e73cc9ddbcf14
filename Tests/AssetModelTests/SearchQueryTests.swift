import AssetModel
import Testing

struct SearchQueryTests {
    @Test(
        arguments: [
            ("mug marble", [SearchQuery.Term.words("mug"), .words("marble")]),
            ("\"mug on marble\" cat", [.words("mug on marble"), .words("cat")]),
            ("seed:7 SEED:18446744073709551615", [.seed(7), .seed(.max)]),
            ("set:mugs @cats", [.set("mugs"), .set("cats")]),
            ("tag:white tag:\"off white\"", [.tag("white"), .tag("off white")]),
            ("kind:generated kind:Reference", [.kind(.generated), .kind(.reference)]),
            ("", []), ("   \n", []),
        ] as [(String, [SearchQuery.Term])])
    func `fields, words and phrases are told apart`(text: String, terms: [SearchQuery.Term]) {
        #expect(SearchQuery(parsing: text).terms == terms)
    }

    @Test(
        arguments: [
            ("(cat:1.2)", [SearchQuery.Term.words("(cat:1.2)")]), ("a: b", [.words("a:"), .words("b")]),
            ("seed:abc", [.words("seed:abc")]), ("seed:-1", [.words("seed:-1")]),
            ("kind:photo", [.words("kind:photo")]),
            ("\"never closed", [.words("never closed")]), ("<lora:x:0.8>", [.words("<lora:x:0.8>")]),
            ("--ar 16:9 --v 6", [.words("--ar"), .words("16:9"), .words("--v"), .words("6")]),
            ("cat AND NOT dog*", [.words("cat"), .words("AND"), .words("NOT"), .words("dog*")]),
        ] as [(String, [SearchQuery.Term])])
    func `whatever is pasted from a prompt is words`(text: String, terms: [SearchQuery.Term]) {
        #expect(SearchQuery(parsing: text).terms == terms)
    }

    @Test func `a thing said twice is said once, and a pasted page is cut`() {
        #expect(SearchQuery(parsing: "cat cat tag:x tag:x").terms == [.words("cat"), .tag("x")])
        let page = (0..<5000).map { "tag:t\($0)" }.joined(separator: " ")
        #expect(SearchQuery(parsing: page).terms.count == SearchQuery.maximumTermCount)
    }

    @Test func `what has no letter is left out, and finds nothing when it is all there is`() {
        #expect(SearchQuery(parsing: "cat , !!! ()").terms == [.words("cat")])
        #expect(SearchQuery(parsing: "((( !!!").terms == [.nothing])
    }
}

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
