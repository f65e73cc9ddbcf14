import AssetModel

/// A graph of ComfyUI as it stands in a text of a picture.
///
/// A graph stands bare, or under `prompt` or `workflow` of an object, there as JSON or as a text of JSON. In EXIF the name
/// can stand before it with a colon, as ComfyUI writes WebP. Any text of any container may hold one.
struct ComfyUIGraphText {
    /// `prompt` is the API's form and says what was run; `workflow` is the editor's.
    enum Form: String {
        case prompt, workflow
    }

    let form: Form
    let text: EmbeddedText
    let json: JSONValue

    /// How deep a graph may lie in other objects.
    private static let maximumDepth = 2

    /// All graphs in a picture's texts: those in the API's form first, each form in file order.
    static func all(in texts: EmbeddedTexts) -> [ComfyUIGraphText] {
        var search = Search(limits: texts.limits)
        for text in texts.all {
            if let json = texts.json(text) ?? search.named(text) { search.collect(json, of: text, depth: 0) }
        }
        return search.found.filter { $0.form == .prompt } + search.found.filter { $0.form == .workflow }
    }

    /// What Civitai writes beside a graph: the settings of the picture from which an enlargement was made.
    static func extraMetadata(in texts: EmbeddedTexts) -> (json: JSONValue, text: EmbeddedText)? {
        for text in texts.all where text.text.mentions(["extrametadata"]) {
            guard let json = texts.json(text), let member = json["extraMetadata"] ?? json["extra"]?["extraMetadata"]
            else { continue }
            if case .object = member { return (member, text) }
            if let json = member.text.flatMap({ BoundedJSON.value(of: $0, limits: texts.limits) }) {
                return (json, text)
            }
        }
        return nil
    }

    /// The graphs found so far, and what more JSON inside of texts may cost.
    private struct Search {
        let limits: RecipeLimits
        var found: [ComfyUIGraphText] = []
        private var valuesLeft: Int

        init(limits: RecipeLimits) {
            self.limits = limits
            valuesLeft = limits.maximumValueCount
        }

        /// A text that begins with the name of a form and a colon, in any case.
        mutating func named(_ text: EmbeddedText) -> JSONValue? {
            let start = text.text.prefix(9).lowercased()
            for name in ["prompt:", "workflow:"] where start.hasPrefix(name) {
                return BoundedJSON.value(
                    of: text.text.dropFirst(name.count), limits: limits, valuesLeft: &valuesLeft)
            }
            return nil
        }

        mutating func collect(_ json: JSONValue, of text: EmbeddedText, depth: Int) {
            guard found.count < 16 else { return }
            if ComfyUIGraph.isAPIForm(json) {
                found.append(ComfyUIGraphText(form: .prompt, text: text, json: json))
            } else if ComfyUIGraph.isEditorForm(json) {
                found.append(ComfyUIGraphText(form: .workflow, text: text, json: json))
            } else if depth < ComfyUIGraphText.maximumDepth, case .object(let members) = json, members.count <= 64 {
                for key in members.keys.sorted() {
                    switch members[key] {
                    case .object?:
                        members[key].map { collect($0, of: text, depth: depth + 1) }
                    case .string(let inner)? where Self.isGraph(inner):
                        let json = BoundedJSON.value(of: inner, limits: limits, valuesLeft: &valuesLeft)
                        json.map { collect($0, of: text, depth: depth + 1) }
                    default: break
                    }
                }
            }
        }

        /// Whether a text inside JSON is worth reading as JSON once more.
        private static func isGraph(_ text: String) -> Bool {
            text.utf8.first == UInt8(ascii: "{") && text.mentions(["\"class_type\"", "\"nodes\""])
        }
    }
}
