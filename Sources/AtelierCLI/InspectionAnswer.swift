import AssetLibrary
import AssetModel
import LibraryJSON

/// What `inspect` says about some files, in the form in which it is written.
struct InspectionAnswer: FileInspection.Answer {
    /// What goes to standard output, or a sentence about a failure for standard error; they keep their order.
    enum Part {
        case result([UInt8])
        case note(String)
    }

    let isJSON: Bool
    let explains: Bool
    private(set) var parts: [Part] = []
    /// How many files have facts.
    private(set) var read = 0
    /// How many have none and should.
    private(set) var failed = 0
    private var byteCount = 0

    init(isJSON: Bool, explains: Bool) {
        self.isJSON = isJSON
        self.explains = explains
    }

    var isFull: Bool { byteCount > 1 << 20 }

    mutating func take(_ outcome: FileInspection.Outcome) {
        switch outcome {
        case .facts(let path, let facts, let found, let notes):
            read += 1
            guard isJSON else { return append(lines(path, facts, found, notes)) }
            var members: [(key: String, value: JSONValue)] = []
            members.reserveCapacity(18)
            members.append(("path", .string(path)))
            if let encoded = FilePathText.percentEncoded(path) { members.append(("path_encoded", .string(encoded))) }
            members += facts.jsonMembers
            members.append(("recipe", JSONValue(recipe: found.recipe?.recipe, rule: found.recipe?.rule)))
            members.append(("note", JSONValue(found.note?.text)))
            members.append(("unread", JSONValue(found.unread)))
            members.append(("pixels", JSONValue(found.pixels?.rawValue)))
            if !notes.isEmpty { members.append(("notes", JSONValue(notes))) }
            if explains { members.append(("explanation", .object(found.json))) }
            append(members)
        case .failed(let path, let code, let message):
            failed += 1
            if isJSON {
                var members: [(key: String, value: JSONValue)] = [("path", .string(path))]
                if let encoded = FilePathText.percentEncoded(path) {
                    members.append(("path_encoded", .string(encoded)))
                }
                append(members + [("error", .object(.error(code, message)))])
            } else {
                parts.append(.note(Sentence.about(path, message)))
            }
        case .skipped: break
        }
    }

    private mutating func append(_ members: [(key: String, value: JSONValue)]) {
        write { bytes in
            var text = JSONText(after: bytes)
            bytes = []
            text.append(members: members)
            bytes = text.bytes
        }
    }

    private mutating func append(_ lines: [String]) {
        write { $0.append(contentsOf: Phrase.printable(lines.joined(separator: "\n    ")).utf8) }
    }

    /// Writes a line into the last part, so that a run of results leaves in one piece.
    private mutating func write(_ body: (inout [UInt8]) -> Void) {
        var bytes: [UInt8] = []
        if case .result(let last)? = parts.last {
            bytes = last
            // The array lets go of its copy first, or every line would copy all before it.
            parts.removeLast()
        }
        let before = bytes.count
        body(&bytes)
        bytes.append(UInt8(ascii: "\n"))
        byteCount += bytes.count - before
        parts.append(.result(bytes))
    }

    private func lines(_ path: String, _ facts: ImageFacts, _ found: EmbeddedFindings, _ notes: [String]) -> [String] {
        var lines = [Self.line(path, facts)] + notes.map { "odd: \($0)" }
        if let recipe = found.recipe?.recipe { lines.append(RecipeText.line(recipe)) }
        if let note = found.note { lines.append("note: \(Phrase.oneLine(note.text))") }
        if let unread = found.unread { lines.append("other text: \(Phrase.oneLine(unread, 200))") }
        if found.pixels == .notRead { lines.append("pixels not read; they may hide a recipe (--pixels reads them)") }
        if explains { lines += RecipeText.explanation(found) }
        return lines
    }

    private static func line(_ path: String, _ facts: ImageFacts) -> String {
        var parts = ["\(Phrase.oneLine(path, .max)): \(facts.format.rawValue)", "\(facts.storedSize)"]
        if facts.orientation != .upright {
            parts.append("orientation \(facts.orientation.rawValue), displays as \(facts.displaySize)")
        }
        parts.append("\(facts.bitDepth) bit\(facts.hasAlpha ? ", alpha" : "")")
        if let profile = facts.colorProfile { parts.append(Phrase.oneLine(profile, 40)) }
        if facts.frameCount > 1 { parts.append("\(facts.frameCount) frames") }
        parts.append(Phrase.bytes(facts.byteCount))
        return parts.joined(separator: ", ")
    }
}
