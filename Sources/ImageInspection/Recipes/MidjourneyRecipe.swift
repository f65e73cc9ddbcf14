import AssetModel

/// Midjourney: a description with the prompt, its switches and the number of the job, mostly in a PNG text or
/// in XMP.
///
/// The number of the job is the mark. Without it a description with switches is believed only beside XMP that calls the
/// picture generated and gives it a number. The size is not written: `--ar` is only a ratio.
enum MidjourneyRecipe {
    private static let name = "Midjourney"

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        // Mostly a description; the number of the job is telling enough anywhere.
        let homes = [
            texts.first(.png, "Description"), texts.first(.xmp, "description"), texts.first(.exif, "ImageDescription"),
            texts.first(.iptc, "Caption-Abstract"),
        ]
        let candidates = homes + texts.all.filter { $0.text.utf8.count >= 44 }
        let source = texts.first(.xmp, "DigitalSourceType")
        let isGenerated =
            source?.text.hasSuffix("trainedAlgorithmicMedia") == true && texts.first(.xmp, "DigImageGUID") != nil
        for text in candidates.compactMap(\.self) {
            var description = Substring(text.text)
            let job = cutJob(from: &description)
            guard job || isGenerated else { continue }
            let (prompt, switches) = split(description)
            guard job || isGenerated && (switches["v"] ?? switches["version"] ?? switches["niji"]) != nil else {
                continue
            }
            let recipe = Recipe(
                generator: name, certainty: job ? .certain : .likely, prompt: prompt.orNil,
                negativePrompt: switches["no"]?.orNil, seed: switches["seed"].flatMap { UInt64($0) },
                model: model(switches))
            guard recipe.prompt != nil else { continue }
            let rule = text.carrier == .png ? "midjourney.description" : "midjourney.\(text.carrier.rawValue)"
            return EmbeddedRecipe(recipe: recipe, rule: rule, payload: [text])
        }
        return nil
    }

    /// Cuts `Job ID:` and its number, in the form of a UUID, from the end.
    private static func cutJob(from text: inout Substring) -> Bool {
        while text.last?.isWhitespace == true { text.removeLast() }
        let number = text.utf8.suffix(36)
        let groups = number.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard groups.map(\.count) == [8, 4, 4, 4, 12],
            number.allSatisfy({ $0 == UInt8(ascii: "-") || Character(Unicode.Scalar($0)).isHexDigit })
        else { return false }
        let head = text.prefix(upTo: number.startIndex)
        guard head.hasSuffix("Job ID: ") else { return false }
        text = head.dropLast("Job ID: ".count)
        while text.last?.isWhitespace == true { text.removeLast() }
        return true
    }

    /// The prompt, and the switches behind it by name: each runs to the next one.
    private static func split(_ text: Substring) -> (String, [String: String]) {
        var rest = text
        var parts: [Substring] = []
        while let mark = rest.firstRange(ofBytes: " --") {
            parts.append(rest[..<mark.lowerBound])
            rest = rest[mark.upperBound...]
            if parts.count > 100 { break }
        }
        parts.append(rest)
        var switches: [String: String] = [:]
        for part in parts.dropFirst() {
            let words = part.split(separator: " ", maxSplits: 1)
            guard let name = words.first else { continue }
            var value = words.count > 1 ? words[1] : ""
            while value.last?.isWhitespace == true { value.removeLast() }
            switches[String(name)] = String(value)
        }
        return (String(parts[0]), switches)
    }

    private static func model(_ switches: [String: String]) -> String? {
        if let version = switches["niji"] { return version.isEmpty ? "Niji" : "Niji \(version)" }
        return (switches["v"] ?? switches["version"])?.orNil.map { "Midjourney \($0)" }
    }
}
