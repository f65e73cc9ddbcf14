import AssetModel

/// The words of texts that no rule understood, so that a search finds them all the same.
///
/// What a camera or a program writes without being asked is left out, and what is no writing: binary bytes, base64, digests.
/// Of JSON only its texts count, not its names and numbers.
enum UnreadText {
    /// The most bytes that are kept of one picture; the rest is left out at a blank.
    static let longest = 16_384
    /// A run of ASCII without a blank that is longer, in letters and signs of base64 alone, is data.
    private static let longestWord = 40
    private static let longestRun = 200
    private static let deepest = 16
    /// How much of a text is looked at.
    private static let longestLook = 65_536
    /// Texts under these names say how a file was made, not what it shows, as long as they are short.
    private static let technical: Set = [
        "make", "model", "software", "hostcomputer", "makernote", "creatortool", "digimageguid", "digitalsourcetype",
        "source", "creation time", "hasextendedxmp", "lens", "documentname", "fooocus_scheme", "encoder", "interlace",
        "rating", "aipromptinformation",
    ]
    private static let shortLength = 64
    /// How names begin that ImageMagick gives to what it knows of a file.
    private static let technicalPrefixes = [
        "date:", "exif:", "jpeg:", "png:", "icc:", "tiff:", "thumb::", "xmp:", "webp:", "software:", "raw profile",
    ]

    /// The words, a text a line; nil when there are none. `used` are texts that were understood, whose copies are left out.
    static func read(_ texts: EmbeddedTexts, besides used: [EmbeddedText]) -> String? {
        let unused = texts.all.filter { !used.contains($0) && !isTechnical($0) }
        // Mostly all was understood, and nothing need be looked at.
        guard !unused.isEmpty else { return nil }
        var seen = Set(used.map { words(of: $0.text, limit: longest) })
        var lines: [String] = []
        var left = longest
        for text in unused where left > 0 {
            var line = ""
            if let json = texts.json(text) {
                var pieces: [String] = []
                var room = left
                leaves(of: json, depth: 0, room: &room, into: &pieces)
                line = pieces.joined(separator: "\n")
            } else {
                line = words(of: text.text, limit: left)
            }
            guard hasWord(line), seen.insert(line).inserted else { continue }
            lines.append(line)
            left -= line.utf8.count + 1
        }
        return lines.isEmpty ? nil : lines.joined(separator: "\n")
    }

    private static func isTechnical(_ text: EmbeddedText) -> Bool {
        if PlainNote.isRoutine(text.text) { return true }
        let name = text.keyword.lowercased()
        guard text.text.utf8.count <= shortLength else { return name == "makernote" }
        return technical.contains(name) || technicalPrefixes.contains { name.hasPrefix($0) }
    }

    /// The texts in JSON, members by name; a text that is itself JSON, as it stands.
    private static func leaves(of json: JSONValue, depth: Int, room: inout Int, into pieces: inout [String]) {
        guard room > 0, depth < deepest else { return }
        switch json {
        case .string(let text):
            let found = words(of: text, limit: room)
            guard hasWord(found), !pieces.suffix(64).contains(found) else { return }
            room -= found.utf8.count + 1
            pieces.append(found)
        case .array(let elements):
            for element in elements { leaves(of: element, depth: depth + 1, room: &room, into: &pieces) }
        case .object(let members):
            for (name, value) in members.sorted(by: { $0.key < $1.key }) where name != "class_type" {
                leaves(of: value, depth: depth + 1, room: &room, into: &pieces)
            }
        case .null, .bool, .integer, .unsigned, .number: break
        }
    }

    /// What of a text is writing, runs of blanks as one; empty when most of it is not.
    private static func words(of text: String, limit: Int) -> String {
        var result: [UInt8] = []
        var (kept, dropped) = (0, 0)
        let start = text.utf8.prefix(longestLook)
        var words = start.split { $0 == 0x20 || 0x09...0x0D ~= $0 || $0 == 0 }
        // The last word may be cut in two.
        if start.endIndex < text.utf8.endIndex { words.removeLast(min(1, words.count)) }
        for word in words {
            guard result.count + word.count < limit else { break }
            if isData(word) {
                dropped += word.count
            } else {
                kept += word.count
                if !result.isEmpty { result.append(0x20) }
                result.append(contentsOf: word)
            }
        }
        return dropped > kept ? "" : String(decoding: result, as: UTF8.self)
    }

    private static func isData(_ word: Substring.UTF8View) -> Bool {
        if word.contains(where: { $0 < 0x20 || $0 == 0x7F }) { return true }
        let isASCII = word.allSatisfy { $0 < 0x80 }
        guard isASCII else { return isBinary(word) }
        guard word.count >= longestWord else { return false }
        let isBase64 = word.allSatisfy {
            0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 | 0x20 || [0x2B, 0x2F, 0x3D, 0x2D, 0x5F].contains($0)
        }
        return isBase64 || word.count > longestRun
    }

    /// Bytes that were taken for Latin-1 have letters that no text has: those between 0x80 and 0x9F, or the replacement.
    private static func isBinary(_ word: Substring.UTF8View) -> Bool {
        Substring(word).unicodeScalars.contains { 0x80...0x9F ~= $0.value || $0.value == 0xFFFD }
    }

    /// Whether two letters stand together, or one of a script that writes words with one.
    private static func hasWord(_ text: String) -> Bool {
        var letters = 0
        for scalar in text.unicodeScalars {
            guard scalar.properties.isAlphabetic else {
                letters = 0
                continue
            }
            letters += scalar.value >= 0x2E80 ? 2 : 1
            if letters >= 2 { return true }
        }
        return false
    }
}
