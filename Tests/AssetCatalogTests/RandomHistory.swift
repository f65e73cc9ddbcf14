import AssetModel
import Testing

/// A history that several machines could have written: few subjects, so that everything that is said meets something else that is
/// said about the same thing, and moments so close that two machines share milliseconds and counters. The same seed gives the
/// same history.
struct RandomHistory {
    /// In the order of their ids, each id once.
    let entries: [JournalEntry]

    private var random: Numbers
    private let runs: [Run.ID]
    private let digests: [ContentDigest]

    init(seed: UInt64) throws {
        random = Numbers(state: seed &* 0x2545_F491_4F6C_DD1D)
        runs = (0..<UInt64(3)).map { Run.ID(random: ($0, seed)) }
        digests = try (1...UInt8(5)).map { try ContentDigest(bytes: [UInt8](repeating: $0, count: 32)) }
        var made: [EntryID: JournalEntry] = [:]
        for _ in 0..<random.within(5...60) {
            var fact = try Self.fact(&random, runs, digests)
            if random.below(10) == 0, let refused = Self.refused(&random, made) { fact = refused }
            let earlier = made.keys.sorted()
            if random.below(12) == 0, !earlier.isEmpty { fact = .undone(.init(action: random.one(of: earlier))) }
            let (id, at) = Self.moment(&random)
            let op = random.below(3) == 0 && !earlier.isEmpty ? random.one(of: earlier) : nil
            made[id] = JournalEntry(id: id, at: at, op: op, by: random.one(of: ["tag add", "undo"]), fact: fact)
        }
        entries = made.values.sorted { $0.id < $1.id }
    }

    /// The entries in another order, some of them several times, cut into batches.
    func arrivals(_ way: UInt64) -> [[JournalEntry]] {
        var random = Numbers(state: way &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(entries.count))
        var arriving = entries
        for _ in 0..<random.within(0...3) { arriving.append(entries[random.below(entries.count)]) }
        // Mostly like cards; sometimes as machines are merged, or backwards.
        switch random.below(4) {
        case 0: arriving.reverse()
        case 1:
            let cut = random.below(arriving.count)
            arriving = Array(arriving[cut...] + arriving[..<cut])
        default: arriving.shuffle(using: &random)
        }
        var batches: [[JournalEntry]] = []
        while !arriving.isEmpty {
            let count = min(arriving.count, random.below(3) == 0 ? 1 : random.within(1...20))
            batches.append(Array(arriving.prefix(count)))
            arriving.removeFirst(count)
        }
        return batches
    }

    /// Takes back some attempts to submit one run, of those made so far.
    private static func refused(_ random: inout Numbers, _ made: [EntryID: JournalEntry]) -> JournalEntry.Fact? {
        var attempts: [(run: Run.ID, line: EntryID)] = []
        for entry in made.values.sorted(by: { $0.id < $1.id }) {
            if case .sending(let fact) = entry.fact { attempts.append((fact.generation, entry.id)) }
        }
        guard !attempts.isEmpty else { return nil }
        let run = random.one(of: attempts).run
        return .refused(
            .init(
                generation: run, attempts: random.some(of: attempts.filter { $0.run == run }.map(\.line))))
    }

    /// An id of one of few milliseconds, with one of two counters; the clock of one machine in five is a year ahead of its ids.
    private static func moment(_ random: inout Numbers) -> (EntryID, Timestamp) {
        let time = Timestamp(milliseconds: 1_767_225_600_000 + Int64(random.below(12)))
        var id = EntryID(after: nil, at: time, random: random.next())
        if random.below(3) == 0 { id = EntryID(after: id, at: time, random: random.next()) }
        return (id, random.below(5) == 0 ? time.adding(seconds: 31_536_000) : time)
    }

    // MARK: - What is said

    private static func fact(
        _ random: inout Numbers, _ runs: [Run.ID], _ digests: [ContentDigest]
    ) throws -> JournalEntry.Fact {
        switch random.below(3) {
        case 0: try curating(&random, digests, runs)
        case 1: try running(&random, runs, digests)
        default: try sending(&random, runs, digests)
        }
    }

    private static func curating(
        _ random: inout Numbers, _ digests: [ContentDigest], _ runs: [Run.ID]
    ) throws -> JournalEntry.Fact {
        let asset = random.one(of: digests)
        let some = random.some(of: digests)
        // The same name in another case is the same tag or set.
        let tags = random.some(of: ["white", "White", "kept", "cat"])
        let set = JournalEntry.SetChange(set: random.one(of: ["mugs", "Mugs", "cats"]), assets: some)
        switch random.below(11) {
        case 9: return marked(&random, digests, runs)
        case 10:
            return .setCreated(
                .init(set: set.set, createdAt: random.flag ? Timestamp(milliseconds: 1_700_000_000_000) : nil))
        case 0:
            return .imported(
                .init(
                    asset: asset, facts: try facts(of: asset, &random),
                    path: random.one(of: ["/a/mug.png", "/b/cat.png"]),
                    recipe: recipe(&random), note: note(&random), unread: unread(&random)))
        case 1:
            return .inspected(
                .init(
                    asset: asset, facts: try facts(of: asset, &random), recipe: recipe(&random), note: note(&random),
                    unread: unread(&random)))
        case 2: return .tagged(.init(assets: some, tags: tags))
        case 3: return .untagged(.init(assets: some, tags: tags))
        case 4: return .setCreated(.init(set: set.set))
        case 5: return .setExtended(set)
        case 6: return .setReduced(set)
        case 7: return .setArranged(set)
        default: return .setDeleted(.init(set: set.set))
        }
    }

    /// What a person says of pictures, runs, sets and members, and what no program of ours would write.
    private static func marked(
        _ random: inout Numbers, _ digests: [ContentDigest], _ runs: [Run.ID]
    ) -> JournalEntry.Fact {
        let field = random.one(of: MarkField.allCases)
        let value: MarkValue? =
            switch field {
            case .title, .note, .query, .role: .text(random.one(of: ["", "mug", "a red mug"]))
            case .cover: .text(random.one(of: digests).hex)
            case .rating: .number(random.within(0...6))
            case .favourite, .trashed: .flag(random.flag)
            }
        let set: String? = [.query, .cover, .role].contains(field) ? random.one(of: ["mugs", "Mugs", "cats"]) : nil
        let assets = field == .query || field == .cover ? [] : random.some(of: digests)
        return .marked(
            .init(
                field, assets: assets, runs: set == nil ? random.some(of: runs) : [], set: set,
                value: random.below(4) == 0 ? nil : value, was: []))
    }

    private static func running(
        _ random: inout Numbers, _ runs: [Run.ID], _ digests: [ContentDigest]
    ) throws -> JournalEntry.Fact {
        let index = random.below(runs.count)
        let run = runs[index]
        let asked: JSONValue = .object(["num_images": .integer(1), "seed": .seed(UInt64(index) + 7)])
        let answer: JSONValue = .object(["seed": .seed(UInt64(random.below(3)) + 7)])
        let output = random.one(of: digests)
        let outputs = [
            Run.Output(
                asset: output, facts: try facts(of: output, &random), isFlagged: random.flag ? false : nil,
                url: random.flag ? "https://f/\(random.below(3))" : nil)
        ]
        let film = Run.KeptFile(
            digest: try ContentDigest(bytes: [UInt8](repeating: 99, count: 32)), fileExtension: "mp4", mediaType: nil,
            byteCount: 9, url: nil)
        switch random.below(8) {
        case 0, 1:
            // A run is planned once, so what its plan says depends on the run alone.
            let references = index == 0 ? [] : Array(digests.prefix(index))
            return .planned(
                .init(
                    generation: run, model: "fal-ai/hidream-o1-image/edit", prompt: "mug number \(index)",
                    parameters: asked, references: try ReferenceSet(references),
                    size: PixelSize(width: 2048, height: 2048), host: RemoteHost("h"),
                    terms: index == 1 ? SubmitTerms(priority: .low) : nil,
                    sentAt: index == 2 ? Timestamp(milliseconds: 1_767_225_600_003) : nil,
                    filing: index == 1 ? Run.Filing(set: "mugs", tags: ["kept"]) : nil))
        case 2: return .sending(.init(generation: run, urls: (0..<index).map { "https://f/\($0 + random.below(2))" }))
        case 3:
            let name = "r\(random.below(2))"
            return .submitted(
                .init(
                    generation: run,
                    request: RemoteRequest(id: name, statusURL: "s\(name)", responseURL: "p", cancelURL: "c")))
        case 4:
            return .arrived(
                .init(
                    generation: run, outputs: outputs, response: answer, files: random.flag ? [film] : [],
                    billing: billing(&random)))
        case 5:
            return .finished(
                .init(
                    generation: run, outputs: outputs, response: answer, drift: random.flag ? [] : nil,
                    files: random.flag ? [film] : [], billing: billing(&random)))
        case 6:
            return .failed(
                .init(
                    generation: run, code: "c\(random.below(2))", reason: "late", response: random.flag ? answer : nil,
                    drift: random.flag ? [Drift(.count, asked: "1", got: "0")] : nil))
        default: return .cancelled(.init(generation: run))
        }
    }

    private static func sending(
        _ random: inout Numbers, _ runs: [Run.ID], _ digests: [ContentDigest]
    ) throws -> JournalEntry.Fact {
        // A host gives a URL once: what lies there never becomes other bytes.
        let place = random.below(3)
        let url = "https://f/\(place)"
        switch random.below(5) {
        case 4:
            let prices = random.some(of: ["fal-ai/hidream-o1-image/edit", "fal-ai/other"]).map {
                JournalEntry.PricesSeen.Price(
                    endpoint: $0, unitPrice: Double(random.below(3)) / 100, unit: "images", currency: "USD")
            }
            return .pricesSeen(.init(host: RemoteHost(random.one(of: ["h", "i"])), prices: prices))
        case 0:
            return .uploaded(
                .init(
                    digest: digests[place], host: RemoteHost("h"), access: place == 2 ? .privateLink : .publicLink,
                    url: url, byteCount: 100, lifetime: random.flag ? .accountDefault : .seconds(60),
                    expiresAt: random.flag ? nil : Timestamp(milliseconds: 1_767_225_660_000),
                    source: place == 1 ? digests[4] : nil,
                    copy: place == 1 ? UploadCopy(isTurned: true, format: nil, size: nil) : nil))
        case 1: return .uploadLost(.init(url: url))
        case 2: return .uploadsChecked(.init(urls: random.some(of: (0..<3).map { "https://f/\($0)" })))
        default:
            let index = random.below(runs.count)
            return .uploadsPlanned(
                .init(
                    generation: runs[index],
                    copies: (0..<index).map { $0 == 1 ? UploadCopy(isTurned: true, format: nil, size: nil) : nil },
                    access: index == 2 ? .privateLink : .publicLink, lifetime: .accountDefault))
        }
    }

    private static func billing(_ random: inout Numbers) -> Run.Billing? {
        switch random.below(3) {
        case 0: nil
        case 1: Run.Billing(units: Double(random.within(1...3)), price: nil)
        default:
            Run.Billing(
                units: 4.194304, unitPrice: random.one(of: [0.01, 0.005]), unit: "megapixels", currency: "USD")
        }
    }

    /// What inspection measures depends on the bytes, except where another day's program saw more.
    private static func facts(of digest: ContentDigest, _ random: inout Numbers) throws -> ImageFacts {
        let side = Int(digest.bytes[0]) * 64
        return ImageFacts(
            format: digest.bytes[0] == 1 ? .jpeg : .png, storedSize: try #require(PixelSize(width: side, height: side)),
            orientation: .upright, hasAlpha: false, bitDepth: 8, channels: random.flag ? 3 : nil,
            colorProfile: random.below(4) == 0 ? "sRGB" : nil, frameCount: 1, byteCount: 100)
    }

    private static func recipe(_ random: inout Numbers) -> EmbeddedRecipe? {
        guard random.below(3) == 0 else { return nil }
        let recipe = Recipe(
            generator: "comfyui", certainty: .certain, prompt: "a \(random.one(of: ["red", "blue"])) mug",
            seed: random.flag ? 7 : nil, otherSeeds: random.flag ? [UInt64(random.within(7...9)), .max] : [],
            otherPrompts: random.flag ? ["a \(random.one(of: ["thin", "tall"])) cup", "by the sea"] : [],
            settings: random.flag ? [.init(name: "Clip skip", value: "\(random.below(3))")] : [])
        return EmbeddedRecipe(recipe: recipe, rule: "rule", payload: [])
    }

    private static func unread(_ random: inout Numbers) -> String? {
        random.below(3) == 0 ? "a \(random.one(of: ["loud", "calm"])) harbour\nblue" : nil
    }

    private static func note(_ random: inout Numbers) -> EmbeddedText? {
        guard random.below(4) == 0 else { return nil }
        return EmbeddedText(
            carrier: .exif, keyword: "ImageDescription", text: "a \(random.one(of: ["round", "flat"])) mug",
            place: .init(block: "APP1", offset: 20, length: 30))
    }
}

/// Random numbers that are the same each time (Steele, Lea and Flood, 2014).
struct Numbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// From 0 up to, not including, `limit`.
    mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    mutating func within(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    mutating func one<Element>(of elements: [Element]) -> Element { elements[below(elements.count)] }

    /// One to three of them, each once, in any order.
    mutating func some<Element>(of elements: [Element]) -> [Element] {
        Array(elements.shuffled(using: &self).prefix(within(1...3)))
    }

    var flag: Bool {
        mutating get { below(2) == 0 }
    }
}
