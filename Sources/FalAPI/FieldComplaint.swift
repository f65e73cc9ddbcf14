/// Turns fal's list of validation errors into one sentence a person can act on.
///
/// `[{"loc":["body","num_images"],"type":"less_than_equal","ctx":{"le":4},…}]` becomes `num_images: must be at most 4`. The
/// echoed `input` is never repeated: it may hold a prompt or a private URL (protocol facts, section 5.1).
enum FieldComplaint {
    /// One sentence for all entries, in their order, joined by semicolons.
    static func sentence(for entries: [LooseJSON]) -> String {
        entries.map { entry in
            let field = fieldName(entry["loc"]?.array ?? [])
            let what = wording(type: entry["type"]?.string ?? "", context: entry["ctx"]) ?? message(of: entry)
            return field.isEmpty ? what : "\(field): \(what)"
        }.joined(separator: "; ")
    }

    /// `["body","reference_image_urls",0]` as `reference_image_urls[0]`; `body` and the like are left out.
    private static func fieldName(_ location: [LooseJSON]) -> String {
        var name = ""
        for (index, part) in location.enumerated() {
            if let position = part.integer {
                name += "[\(position)]"
            } else if let text = part.string, !(index == 0 && ["body", "query", "path", "header"].contains(text)) {
                name += name.isEmpty ? text : ".\(text)"
            }
        }
        return name
    }

    private static func message(of entry: LooseJSON) -> String {
        entry["msg"]?.string ?? entry.string ?? entry["type"]?.string ?? "is not valid"
    }

    /// Our words for the documented types (protocol facts, section 5.3, and Pydantic's own); nil for all others, and when
    /// the number that belongs to the sentence is missing.
    private static func wording(type: String, context: LooseJSON?) -> String? {
        func with(_ key: String, _ text: (String) -> String) -> String? { context?[key]?.text.map(text) }
        func withSize(_ width: String, _ height: String, _ text: (String) -> String) -> String? {
            guard let width = context?[width]?.text, let height = context?[height]?.text else { return nil }
            return text("\(width)×\(height)")
        }
        switch type {
        case "missing", "value_error.missing": return "is required"
        case "greater_than": return with("gt") { "must be more than \($0)" }
        case "greater_than_equal": return with("ge") { "must be at least \($0)" }
        case "less_than": return with("lt") { "must be less than \($0)" }
        case "less_than_equal": return with("le") { "must be at most \($0)" }
        case "multiple_of": return with("multiple_of") { "must be a multiple of \($0)" }
        case "sequence_too_short", "too_short": return with("min_length") { "must have at least \($0) entries" }
        case "sequence_too_long", "too_long": return with("max_length") { "must have at most \($0) entries" }
        case "one_of", "literal_error", "enum": return with("expected") { "must be one of \($0)" }
        case "image_too_small": return withSize("min_width", "min_height") { "the image must be at least \($0) pixels" }
        case "image_too_large": return withSize("max_width", "max_height") { "the image must be at most \($0) pixels" }
        case "file_too_large": return with("max_size") { "the file must be at most \($0) bytes" }
        default: return nil
        }
    }
}

/// A server's text, made fit for one line of output.
enum PlainText {
    /// Control characters and runs of white space become one space, a final full stop is dropped, and at most `limit` characters are kept.
    static func oneLine(_ text: String, limit: Int = 400) -> String {
        let words = text.split { character in
            character.isWhitespace || character.unicodeScalars.allSatisfy { $0.properties.generalCategory == .control }
        }
        var line = words.joined(separator: " ")
        line.unicodeScalars.removeAll { $0.properties.generalCategory == .control }
        while line.last == "." { line.removeLast() }
        return line.count > limit ? line.prefix(limit) + "…" : line
    }
}
