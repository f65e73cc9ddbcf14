import AssetLibrary
import AssetModel
import LibraryJSON

/// What a form asks for: `{request: {model prompt references parameters sending into_set tags}, on, request_key, again}`.
struct ComposeRequest {
    let request: RunRequest
    /// Where: `fal` or `sandbox`; nil when it does not say.
    let place: String?
    /// The page's own name for this press of the button.
    let key: String?
    /// Whether to run and pay also for what the library has already.
    let isAgain: Bool
    /// The words with which the references were named.
    let words: [String]

    init(_ body: JSONValue, _ library: Library) async throws(LibraryError) {
        guard let form = body["request"], form.isObject else { throw GalleryAPI.bad("request must be an object") }
        try form.expectFields(
            ["model", "prompt", "references", "parameters", "sending", "into_set", "tags"], in: "request")
        words = try form.texts("references").map(GalleryAPI.word)
        let references = try await Self.references(words, library)
        let usual = words.isEmpty ? EditModels.defaultForText : EditModels.defaultForEdits
        let model = try form.optionalText("model") ?? usual
        var request = RunRequest(
            model: model.isEmpty ? usual : model, prompt: try form.optionalText("prompt") ?? "")
        request.references = references
        if let parameters = form["parameters"], parameters != .null { try Self.set(parameters, in: &request) }
        if let sending = form["sending"], sending != .null {
            guard sending.isObject else { throw GalleryAPI.bad("sending must be an object") }
            request.sending = try Self.sending(sending)
        }
        let set = try form.optionalText("into_set").flatMap { $0.isEmpty ? nil : $0 }
        var tags: [String] = []
        for tag in try form.texts("tags") where !tag.isEmpty { tags.append(try Library.newLabel(tag)) }
        key = try body.optionalText("request_key")
        guard key.map({ 1...200 ~= $0.utf8.count }) ?? true else {
            throw GalleryAPI.bad("request_key must be a text of 1 to 200 bytes")
        }
        request.filing = Run.Filing(
            set: try set.map { (name) throws(LibraryError) in try Library.setName(name) }, tags: tags, key: key)
        self.request = request
        place = try body.optionalText("on")
        guard [nil, "fal", "sandbox"].contains(place) else { throw GalleryAPI.bad("on must be fal or sandbox") }
        isAgain = try body.optionalFlag("again")
    }

    /// Pictures by id or `@set`, each once: a form never names a file.
    private static func references(
        _ words: [String], _ library: Library
    ) async throws(LibraryError) -> [ReferencePicture] {
        var pictures: [ReferencePicture] = []
        for word in words {
            if word.first == "@" {
                pictures += try await library.pictures(named: [word])
                continue
            }
            for digest in try await library.pictures(ids: [word]) {
                if let asset = try await library.asset(digest) { pictures.append(ReferencePicture(asset)) }
            }
        }
        return pictures
    }

    /// Fields by fal's own names. Of a described model each is checked; of any other they are sent as they are.
    private static func set(_ parameters: JSONValue, in request: inout RunRequest) throws(LibraryError) {
        guard case .object(let fields) = parameters else { throw GalleryAPI.bad("parameters must be an object") }
        guard EditModels.entry(request.model) != nil else {
            request.parameters = parameters
            if let seed = fields["seed"]?.text.flatMap({ UInt64($0) }) { request.seed = seed }
            return
        }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) where value != .null {
            if let text = value.text {
                try request.set(name, to: text)
            } else if let width = value["width"]?.int, let height = value["height"]?.int {
                try request.set(name, to: "\(width)x\(height)")
            } else {
                try request.set(name, to: JSONText.line(value))
            }
        }
    }

    private static func sending(_ form: JSONValue) throws(LibraryError) -> Sending {
        try form.expectFields(["as_is", "shrink", "private", "background", "expires"], in: "sending")
        var sending = Sending(
            asIs: try form.optionalFlag("as_is"), shrink: try form.optionalFlag("shrink"),
            access: try form.optionalFlag("private") ? .privateLink : .publicLink)
        if let text = try form.optionalText("background"), !text.isEmpty {
            guard let colour = PlainColour(parsing: text) else {
                throw GalleryAPI.bad("background must be white, black or #rrggbb")
            }
            sending.background = colour
        }
        if let text = try form.optionalText("expires"), !text.isEmpty {
            guard let lifetime = UploadLifetime(parsing: text) else {
                throw GalleryAPI.bad("expires must be such as 7d, 12h or never")
            }
            sending.lifetime = lifetime
        }
        return sending
    }
}

extension ComposeRequest {
    /// Whether a run is what this form asks for, down to where its pictures go.
    func asked(for run: Run) -> Bool {
        run.prompt == request.prompt && run.model == request.model && run.parameters == request.parameters
            && run.references.members == request.references.map(\.asset) && run.filing == request.filing
    }

    /// The command line that does the same.
    var command: String {
        let usual = words.isEmpty ? EditModels.defaultForText : EditModels.defaultForEdits
        var parts = ["atelier", words.isEmpty ? "generate" : "edit", Self.quoted(request.prompt)]
        for word in words {
            let isDigest = word.utf8.count == 64
            parts += ["--ref", Self.quoted(isDigest ? String(word.prefix(12)) : word)]
        }
        if request.model != usual { parts += ["--endpoint", Self.quoted(request.model)] }
        switch request.size {
        case .modelDefault: break
        case .preset(let preset): parts += ["--size", preset.rawValue]
        case .exactly(let width, let height):
            parts += ["--size", "\(width.map(String.init) ?? "")x\(height.map(String.init) ?? "")"]
        }
        if request.keepAspect { parts.append("--keep-aspect") }
        if let seed = request.seed { parts += ["--seed", String(seed)] }
        if let count = request.imageCount { parts += ["--images", String(count)] }
        if let steps = request.steps { parts += ["--steps", String(steps)] }
        if let guidance = request.guidance { parts += ["--guidance", String(guidance)] }
        if let format = request.outputFormat { parts += ["--format", format.rawValue] }
        if let checker = request.safetyChecker { parts.append(checker ? "--safety-checker" : "--no-safety-checker") }
        if request.sending.shrink { parts.append("--shrink") }
        if request.sending.asIs { parts.append("--as-is") }
        if let background = request.sending.background { parts += ["--background", Self.quoted("#\(background.hex)")] }
        if request.sending.lifetime != .accountDefault { parts += ["--expires", request.sending.lifetime.description] }
        if request.sending.access == .privateLink { parts.append("--private") }
        if let set = request.filing.set { parts += ["--into-set", Self.quoted(set)] }
        for tag in request.filing.tags { parts += ["--tag", Self.quoted(tag)] }
        if place == "sandbox" { parts.append("--sandbox") }
        return parts.joined(separator: " ")
    }

    /// A word as a shell takes it.
    static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                    || "-_./@:".utf8.contains(byte)
            }
        return isPlain ? text : "'" + text.replacing("'", with: #"'\''"#) + "'"
    }
}
