import Foundation
import Testing

@testable import AssetModel

struct JournalEntryTests {
    private static func digest(_ byte: UInt8) throws -> ContentDigest {
        try ContentDigest(bytes: [UInt8](repeating: byte, count: 32))
    }

    private static func facts() throws -> [JournalEntry.Fact] {
        let size = try #require(PixelSize(width: 640, height: 480))
        let facts = ImageFacts(
            format: .jpeg, storedSize: size, orientation: .rotated90, hasAlpha: false, bitDepth: 8, frameCount: 1,
            byteCount: 12_345)
        let generation = Run.ID(random: (1, 2))
        let host = RemoteHost("https://queue.fal.run abc")
        let output = Run.Output(asset: try digest(3), facts: facts, isFlagged: false, url: "https://x/y.png")
        let request = RemoteRequest(id: "r", statusURL: "s", responseURL: "p", cancelURL: "c")
        let change = JournalEntry.SetChange(set: "mugs", assets: [try digest(1)])
        let text = EmbeddedText(
            carrier: .png, keyword: "parameters", text: "a\u{0}b\nSeed: 7",
            place: EmbeddedText.Place(block: "tEXt", offset: 1 << 40, length: 12))
        let recipe = EmbeddedRecipe(
            recipe: Recipe(
                generator: "Forge", certainty: .likely, prompt: "a", seed: .max, guidance: 0.1, size: size,
                otherSeeds: [.max, 0], otherPrompts: ["b", "c\n"],
                settings: [.init(name: "Clip skip", value: "2"), .init(name: "Clip skip", value: "")]),
            rule: "automatic1111.parameters", payload: [text])
        return [
            .imported(.init(asset: try digest(1), facts: facts, path: "/a/ü.jpg")),
            .inspected(.init(asset: try digest(1), facts: facts, recipe: recipe, note: text, unread: "a \"b\"\nc")),
            .uploaded(
                .init(
                    digest: try digest(1), host: host, access: .publicLink, url: "https://x", byteCount: 5,
                    expiresAt: Timestamp(milliseconds: 7))),
            .uploadLost(.init(url: "https://x")),
            .uploaded(
                .init(
                    digest: try digest(1), host: host, access: .privateLink, url: "https://y", byteCount: 5,
                    lifetime: .never, expiresAt: nil, expiry: .sent, source: try digest(2),
                    copy: UploadCopy(parsing: "upright+png+640x480"))),
            .uploadsChecked(.init(urls: ["https://x", "https://y"])),
            .pricesSeen(
                .init(
                    host: host,
                    prices: [
                        .init(endpoint: "fal-ai/x", unitPrice: 0.025, unit: "images", currency: "USD"),
                        .init(endpoint: "fal-ai/y", unitPrice: 1, unit: "compute seconds", currency: "EUR"),
                    ])),
            .finished(
                .init(
                    generation: generation, outputs: [output], response: .null,
                    billing: Run.Billing(units: 4.194304, unitPrice: 0.01, unit: "megapixels", currency: "USD"))),
            .arrived(
                .init(
                    generation: generation, outputs: [output], response: .null,
                    billing: Run.Billing(units: 1, price: nil))),
            .uploadsPlanned(
                .init(
                    generation: generation, copies: [nil, UploadCopy(parsing: "upright")], access: .privateLink,
                    lifetime: .seconds(604_800))),
            .planned(
                .init(
                    generation: generation, model: "m", prompt: "a \"b\"\n\u{0}c",
                    parameters: .object(["seed": .seed(.max), "x": .number(0.5)]),
                    references: try ReferenceSet([try digest(2), try digest(1)]), size: size, host: host)),
            .planned(
                .init(
                    generation: generation, model: "m", prompt: "", parameters: .object([:]),
                    references: try ReferenceSet([]), size: nil, host: host,
                    terms: SubmitTerms(
                        priority: .low, hint: "h", startTimeoutSeconds: 2.5, webhook: "https://w", isStored: false),
                    sentAt: Timestamp(milliseconds: 1_767_225_600_003))),
            .sending(.init(generation: generation, urls: ["u"])),
            .refused(
                .init(
                    generation: generation,
                    attempts: [EntryID(after: nil, at: Timestamp(milliseconds: 1_767_225_600_000), random: 1)])),
            .submitted(.init(generation: generation, request: request)),
            .finished(.init(generation: generation, outputs: [output], response: .object(["a": .null]))),
            .finished(
                .init(
                    generation: generation, outputs: [], response: .null,
                    drift: [Drift(.unreadable, position: 1, asked: "a", got: "b", kept: try digest(3)), Drift(.count)])),
            .arrived(.init(generation: generation, outputs: [output], response: .null)),
            .arrived(
                .init(
                    generation: generation, outputs: [], response: .null,
                    files: [
                        .init(
                            digest: try digest(3), fileExtension: "mp4", mediaType: "video/mp4", byteCount: 9, url: nil)
                    ])),
            .failed(.init(generation: generation, code: "c", reason: "r")), .cancelled(.init(generation: generation)),
            .tagged(.init(assets: [try digest(1)], tags: ["t"])), .untagged(.init(assets: [], tags: ["t"])),
            .setCreated(change), .setExtended(change), .setReduced(change), .setArranged(change), .setDeleted(change),
            .undone(.init(action: EntryID(after: nil, at: Timestamp(milliseconds: 1_767_225_600_000), random: 1))),
        ]
    }

    @Test func `every fact survives its line`() throws {
        for (index, fact) in try Self.facts().enumerated() {
            let entry = JournalEntry(
                id: EntryID(after: nil, at: Timestamp(milliseconds: Int64(index)), random: 5),
                at: Timestamp(milliseconds: 1_767_225_600_123), fact: fact)
            let line = try JSONEncoder().encode(entry)
            #expect(try JSONDecoder().decode(JournalEntry.self, from: line) == entry)
        }
    }

    @Test func `a recipe without further seeds, prompts and settings is written as it always was`() throws {
        let recipe = Recipe(generator: "Forge", certainty: .certain, prompt: "a", seed: 7)
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let text = #"{"certainty":"certain","generator":"Forge","prompt":"a","seed":"7"}"#
        #expect(String(decoding: try encoder.encode(recipe), as: UTF8.self) == text)
        #expect(try JSONDecoder().decode(Recipe.self, from: Data(text.utf8)) == recipe)
    }

    @Test func `no two facts share a type`() throws {
        let facts = try Dictionary(grouping: Self.facts(), by: \.type)
        // These stand there twice, with and without a field that older lines lack.
        #expect(Set(facts.filter { $0.value.count > 1 }.keys) == ["uploaded", "planned", "arrived", "finished"])
    }

    /// Lines as the first version wrote them: their meaning may never change.
    @Test func `a line of version 1 reads as it always did`() throws {
        let line = """
            {"at":"2026-01-01T00:00:00.123Z","data":{"asset":"0101010101010101010101010101010101010101010101010101010101010101",\
            "facts":{"bit_depth":8,"byte_count":12345,"format":"jpeg","frame_count":1,"has_alpha":false,"orientation":6,\
            "size":"640x480"},"path":"/a/b.jpg"},"id":"019b76da-a87b-7000-8000-000000000001","type":"imported","v":1}
            """
        let entry = try JSONDecoder().decode(JournalEntry.self, from: Data(line.utf8))
        guard case .imported(let fact) = entry.fact else { throw DigestError.wrongLength(0) }
        #expect(fact.facts.displaySize.description == "480x640")
        #expect(entry.at.description == "2026-01-01T00:00:00.123Z")
        #expect(fact.path == "/a/b.jpg")
    }

    /// Before lifetimes and copies were written, nothing was asked for and nothing differed.
    @Test func `an upload of version 1 reads as it always did, and one that says no more is written like it`() throws {
        let data = """
            {"access":"public","byte_count":5,"digest":"0101010101010101010101010101010101010101010101010101010101010101",\
            "host":"h","url":"https://x"}
            """
        let line = """
            {"at":"2026-01-01T00:00:00.123Z","data":\(data),"id":"019b76da-a87b-7000-8000-000000000001","type":"uploaded","v":1}
            """
        let entry = try JSONDecoder().decode(JournalEntry.self, from: Data(line.utf8))
        guard case .uploaded(let fact) = entry.fact else { throw DigestError.wrongLength(0) }
        #expect(fact.lifetime == .accountDefault && fact.expiry == .accountDefault)
        #expect(fact.source == nil && fact.copy == nil)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        #expect(String(decoding: try encoder.encode(fact), as: UTF8.self) == data)
    }

    private static func line(_ text: String) throws -> JournalLine {
        try Array(text.utf8).withUnsafeBufferPointer { try JournalLine(parsing: $0) }
    }

    @Test func `a line that is read reads as it was written`() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for (index, fact) in try Self.facts().enumerated() {
            let id = EntryID(after: nil, at: Timestamp(milliseconds: Int64(index)), random: 5)
            let entry = JournalEntry(
                id: EntryID(after: id, at: id.time, random: 6), at: Timestamp(milliseconds: 1_767_225_600_123), op: id,
                by: "tag add", fact: fact)
            let text = String(decoding: try encoder.encode(entry), as: UTF8.self)
            #expect(try Self.line(text) == .entry(entry), "\(text)")
        }
    }

    @Test func `an action without a name of its own is the line itself`() throws {
        let line = """
            {"at":"2026-01-01T00:00:00.123Z","data":{"set":"mugs","assets":[]},"id":"019b76da-a87b-7000-8000-000000000001",\
            "type":"set_created","v":1}
            """
        guard case .entry(let entry) = try Self.line(line) else { throw JournalEntryError.malformed }
        #expect(entry.op == entry.id && entry.by.isEmpty)
    }

    @Test func `what only a newer program knows is passed over where it says so, else refused`() throws {
        let head = #"{"at":"2026-01-01T00:00:00.123Z","data":{},"id":"019b76da-a87b-7000-8000-000000000001""#
        #expect(throws: JournalEntryError.newerVersion(3)) { try Self.line(head + #","type":"imported","v":3}"#) }
        #expect(throws: JournalEntryError.unknownType("dreamt")) { try Self.line(head + #","type":"dreamt","v":2}"#) }
        #expect(try Self.line(head + #","skip":true,"type":"dreamt","v":2}"#) == .skipped(type: "dreamt"))
    }

    @Test func `a segment's first line says whose it is`() throws {
        let line = #"{"library":"l","replica":"r","type":"segment","v":2}"#
        #expect(try Self.line(line) == .segment(SegmentHeader(library: "l", replica: "r")))
    }

    @Test(arguments: [
        "", "{", "{}", "[]", "null", "{\"v\":2}", #"{"v":2,"type":"segment"}"#, "{\"v\":2,}", "{\"v\":01}", "\"\\u12\"",
        #"{"v":2} {"v":2}"#, String(repeating: "[", count: 100_000),
    ])
    func `anything else is malformed`(text: String) {
        #expect(throws: JournalEntryError.malformed) { try Self.line(text) }
    }

    @Test func `every text of JSON reads as the system reads it`() throws {
        let texts = [
            #""a\"b\\c\/d\b\f\n\r\t\u00fc\ud83d\ude00""#, "-0", "0.5", "1e3", "2.0", "18446744073709551615",
            "-9223372036854775808",
            #"{"a":[1,2.5,{"b":null}],"ü":true,"":false}"#, " [ 1 , 2 ] ",
        ]
        for text in texts {
            let value = try Array(text.utf8).withUnsafeBufferPointer { try JSONTape($0).value(at: 0) }
            #expect(try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) == value, "\(text)")
        }
    }
}

struct EntryIDTests {
    private let now = Timestamp(milliseconds: 1_767_225_600_000)

    @Test func `an id is a UUID of version 7 that knows its time`() throws {
        let id = EntryID(after: nil, at: now, random: .max)
        #expect(id.time == now)
        #expect(UUID(uuidString: id.text) != nil)
        #expect(id.text.dropFirst(14).first == "7")
        #expect(["8", "9", "a", "b"].contains(id.text.dropFirst(19).first))
    }

    @Test func `ids of one millisecond sort by the order of writing`() {
        var ids: [EntryID] = []
        for _ in 0..<10_000 { ids.append(EntryID(after: ids.last, at: now, random: .random(in: .min ... .max))) }
        #expect(ids == ids.sorted())
        #expect(Set(ids).count == ids.count)
    }

    @Test func `a clock that goes back does not make ids go back`() {
        let first = EntryID(after: nil, at: now, random: 1)
        let second = EntryID(after: first, at: now.adding(seconds: -3600), random: 0)
        #expect(first < second)
    }
}

struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_767_225_599_999, "2025-12-31T23:59:59.999Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
    ])
    func `a moment has one text form`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(parsing: text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-02-30T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:00:00.000+",
        "x026-01-01T00:00:00.000Z",
        "2026-01-01 00:00:00.000Z", "2026-13-01T00:00:00.000Z",
    ])
    func `anything else is none`(text: String) {
        #expect(Timestamp(parsing: text) == nil)
    }

    @Test func `every day of four centuries reads back`() {
        for day in Int64(-73_000)..<73_000 {
            let moment = Timestamp(milliseconds: day * 86_400_000 + 123)
            #expect(Timestamp(parsing: moment.description) == moment)
        }
    }
}
