import Foundation

/// A journal as the program writes it, of runs that never happened: for each a `planned` and a `finished` line. The same numbers
/// give the same bytes every time.
struct JournalWorkload {
    /// How many runs.
    var runs: Int
    /// What random numbers begin with.
    var seed: UInt64 = 42
    /// When the first run was planned: 2025-09-01, in milliseconds since 1970.
    var start: Int64 = 1_756_684_800_000
    /// Milliseconds from one run to the next.
    var step: Int64 = 20_000
    /// Whether the assets that runs refer to are imported first.
    var importsReferences = true
    /// Whether tags, stars and sets follow at the end.
    var curates = false

    /// What was written.
    struct Tally {
        var lines = 0
        var promptBytes = 0
        var byteCount = 0
    }

    private static let references = 1000
    private static let segmentLimit = 16 << 20
    private static let models = ["fal-ai/hidream-o1-image/edit", "fal-ai/hidream-o1-image"]
    private static let sizes = [(2048, 2048), (2304, 1728), (1728, 2304), (2560, 1440), (1440, 2560)]

    /// Writes segments into the folder of one replica of a library.
    func write(to folder: String, library: String, replica: String) throws -> Tally {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        var (random, tally, lines) = (SplitMix(state: seed), Tally(), LineBuffer())
        let vocabulary = Vocabulary(count: 20_000, seed: 7)
        var segment = 0
        func flush() throws {
            guard !lines.bytes.isEmpty else { return }
            segment += 1
            let path = folder + "/" + String(format: "%08d", segment) + ".jsonl"
            try Data(lines.bytes).write(to: URL(fileURLWithPath: path))
            tally.byteCount += lines.bytes.count
            lines.empty()
        }
        func begin() {
            lines.text("{\"library\":\"\(library)\",\"replica\":\"\(replica)\",\"type\":\"segment\",\"v\":2}\n")
        }
        begin()
        if importsReferences {
            for index in 0..<Self.references {
                writeImport(index, vocabulary, &lines, &random)
                tally.lines += 1
            }
        }
        // What people ask for again with another seed is something of late.
        var recent: [[UInt8]] = []
        for index in 0..<runs {
            let isRepeat = !recent.isEmpty && random.below(10) < 3
            let prompt = isRepeat ? recent[random.below(recent.count)] : Self.prompt(vocabulary, &random)
            if !isRepeat {
                if recent.count < 1000 { recent.append(prompt) } else { recent[random.below(1000)] = prompt }
            }
            writeRun(index, prompt, &lines, &random)
            tally.lines += 2
            tally.promptBytes += prompt.count
            if lines.bytes.count >= Self.segmentLimit, index + 1 < runs {
                try flush()
                begin()
            }
        }
        if curates {
            writeCuration(&lines, &tally, &random)
        }
        try flush()
        return tally
    }

    /// 60 tags, the first on each fortieth picture and the others on fewer; stars on one in fifty; 20 sets.
    private func writeCuration(_ lines: inout LineBuffer, _ tally: inout Tally, _ random: inout SplitMix) {
        var time = start + Int64(runs) * step + 60_000
        func say(_ verb: String, _ type: String, _ fields: String, _ count: Int) {
            var left = count
            while left > 0 {
                begin(time, verb, &lines)
                lines.text("{\"assets\":[")
                for place in 0..<min(left, 1000) {
                    lines.text(place == 0 ? "\"" : ",\"")
                    lines.digest(output(random.below(runs)))
                    lines.text("\"")
                }
                lines.text("],\(fields)}")
                end(time, type, random.next(), &lines)
                (time, left, tally.lines) = (time + 1000, left - 1000, tally.lines + 1)
            }
        }
        for tag in 0..<60 { say("tag", "tagged", "\"tags\":[\"tag\(tag)\"]", max(1, runs / 40 / (tag + 1))) }
        for stars in 1...5 { say("rate", "marked", "\"field\":\"rating\",\"value\":\(stars)", runs / 250) }
        for set in 0..<20 { say("set add", "set_extended", "\"set\":\"set\(set)\"", min(1000, runs / 500 + 50 * set)) }
    }

    /// The number that the digest of a run's picture is made of.
    private func output(_ index: Int) -> UInt64 { seed &* 0x1_0000_0000 &+ UInt64(index) &+ 1_000_000 }

    private static func prompt(_ vocabulary: Vocabulary, _ random: inout SplitMix) -> [UInt8] {
        var prompt: [UInt8] = []
        for place in 0..<(20 + random.below(61)) {
            if place > 0 {
                if random.below(8) == 0 { prompt.append(UInt8(ascii: ",")) }
                prompt.append(UInt8(ascii: " "))
            }
            vocabulary.appendWord(to: &prompt, &random)
        }
        return prompt
    }

    private func writeImport(
        _ index: Int, _ vocabulary: Vocabulary, _ lines: inout LineBuffer, _ random: inout SplitMix
    ) {
        var name: [UInt8] = []
        vocabulary.appendWord(to: &name, &random)
        name.append(UInt8(ascii: "-"))
        vocabulary.appendWord(to: &name, &random)
        let time = start - 3_600_000 + Int64(index) * 1000
        begin(time, "import", &lines)
        lines.text("{\"asset\":\"")
        lines.digest(UInt64(index))
        lines.text("\",\"facts\":{\"bit_depth\":8,\"byte_count\":")
        lines.number(100_000 + random.below(4_000_000))
        lines.text(",\"channels\":3,\"format\":\"jpeg\",\"frame_count\":1,\"has_alpha\":false,\"orientation\":1,")
        lines.text("\"size\":\"3024x4032\"},\"path\":\"/home/anna/pictures/")
        lines.text(name)
        lines.text("-\(index).jpg\"}")
        end(time, "imported", random.next(), &lines)
    }

    private func writeRun(_ index: Int, _ prompt: [UInt8], _ lines: inout LineBuffer, _ random: inout SplitMix) {
        let time = start + Int64(index) * step
        let hasReference = random.below(3) < 2
        let size = Self.sizes[random.below(Self.sizes.count)]
        // Everybody has a seven somewhere.
        let seed = index == runs / 2 ? 7 : random.next() >> 32
        let number = output(index)
        var name: [UInt8] = Array("g".utf8)
        var (low, high) = (random.next(), random.next())
        for _ in 0..<15 {
            name.append(Self.alphabet[Int(low & 31)])
            low = low >> 5 | high << 59
            high >>= 5
        }
        begin(time, "edit", &lines)
        lines.text("{\"generation\":\"")
        lines.text(name)
        lines.text("\",\"host\":\"https://queue.fal.run 5f1c9a0b7d2e4c38\",\"model\":\"")
        lines.text(Self.models[hasReference ? 0 : 1])
        lines.text("\",\"parameters\":{\"enable_safety_checker\":true,\"guidance_scale\":5,\"image_size\":{\"height\":")
        lines.number(size.1)
        lines.text(",\"width\":")
        lines.number(size.0)
        lines.text("},\"num_images\":1,\"num_inference_steps\":50,\"output_format\":\"png\",\"seed\":")
        lines.number(seed)
        lines.text("},\"prompt\":\"")
        lines.text(prompt)
        lines.text("\",\"references\":[")
        if hasReference {
            lines.text("\"")
            lines.digest(UInt64(random.below(Self.references)))
            lines.text("\"")
        }
        lines.text("],\"size\":\"")
        lines.number(size.0)
        lines.text("x")
        lines.number(size.1)
        lines.text("\"}")
        end(time, "planned", random.next(), &lines)

        let done = time + 9_000 + Int64(random.below(9000))
        let byteCount = 3_000_000 + random.below(5_000_000)
        let file = (random.next(), random.next())
        func url(_ lines: inout LineBuffer) {
            lines.text("\"url\":\"https://v3b.fal.media/files/b/")
            lines.hex(file.0, digits: 8)
            lines.text("/")
            lines.hex(file.1, digits: 16)
            lines.hex(file.0 &* 31, digits: 5)
            lines.text(".png\"")
        }
        begin(done, "edit", &lines)
        lines.text("{\"drift\":[],\"generation\":\"")
        lines.text(name)
        lines.text("\",\"outputs\":[{\"asset\":\"")
        lines.digest(number)
        lines.text("\",\"facts\":{\"bit_depth\":8,\"byte_count\":")
        lines.number(byteCount)
        lines.text(
            ",\"channels\":3,\"format\":\"png\",\"frame_count\":1,\"has_alpha\":false,\"orientation\":1,\"size\":\"")
        lines.number(size.0)
        lines.text("x")
        lines.number(size.1)
        lines.text("\"},\"flagged\":false,")
        url(&lines)
        lines.text(
            "}],\"response\":{\"has_nsfw_concepts\":[false],\"images\":[{\"content_type\":\"image/png\",\"height\":")
        lines.number(size.1)
        lines.text(",")
        url(&lines)
        lines.text(",\"width\":")
        lines.number(size.0)
        lines.text("}],\"seed\":")
        lines.number(seed)
        lines.text(",\"timings\":{\"inference\":")
        lines.number(5 + random.below(8))
        lines.text(".")
        lines.number(100_000 + random.below(899_999))
        lines.text("}}}")
        end(done, "finished", random.next(), &lines)
    }

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    private func begin(_ time: Int64, _ verb: String, _ lines: inout LineBuffer) {
        lines.text("{\"at\":\"")
        lines.time(time)
        lines.text("\",\"by\":\"")
        lines.text(verb)
        lines.text("\",\"data\":")
    }

    private func end(_ time: Int64, _ type: String, _ random: UInt64, _ lines: inout LineBuffer) {
        lines.text(",\"id\":\"")
        lines.entryID(time, random: random)
        lines.text("\",\"type\":\"")
        lines.text(type)
        lines.text("\",\"v\":2}\n")
    }
}
