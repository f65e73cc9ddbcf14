import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find images by words of their prompt or name, by seed, size, set, tag or date.",
        discussion: """
            All words must match, ignoring case and accents; "quoted words" must follow each other, mug* finds mugs, *ramic* finds ceramics. -word excludes, OR binds the two terms beside it, and ( ) group. Prompts, file names, and the recipes and captions found in imported files are searched. Newest first.

            What it is: seed:7 seed:1..20, size:2048x2048 width: height: mp:>2, ratio:16:9, is:portrait (landscape, square, animated, transparent), format:png, kind:generated or kind:reference, model: generator:, path:, has:recipe (prompt, seed, note, title, tag, set, rating), nsfw:true, drift:size (seed, count, format, any).

            What you said of it: set:mugs or @mugs, tag:white, rating:>=4, is:favourite, is:trashed, note:kitchen.

            When, and what it came from: date:2026-03 after:7d before:yesterday, ref:ID (made with this reference), parent: child: ancestor: descendant:, like:ID~8.

            Order and number: sort:created (oldest first), sort:relevance, rating, seed, size, random or set (the set's own), with - the other way round; limit:10.

            Anything else is text, so a pasted prompt is never an error; --explain shows how a query is understood.

            Examples:
              atelier search 'marble seed:7 kind:generated'
              atelier search 'mug (red OR blue) -cracked after:2026-03 is:portrait'
              atelier search @mugs --json
              atelier search owl --pictures
            """)

    @Argument(parsing: .allUnrecognized, help: "What to look for (default: everything).")
    var query: [String] = []

    @Option(help: ArgumentHelp("Maximum results.", valueName: "n"))
    var limit: Int?

    @Flag(help: "Take every word as text: no fields, no operators.")
    var literal = false

    @Flag(help: "Show how the query is understood; search nothing.")
    var explain = false

    @Flag(help: "Draw each picture, where the terminal can (kitty, iTerm2, sixel).")
    var pictures = false

    @OptionGroup var past: PastOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    /// How many results are shown when nothing is said.
    private static let usualLimit = 50

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    /// A misspelt option is searched as text, as in a pasted prompt; who meant an option is told.
    private func noteOptions() {
        guard !literal, query.first != "--" else { return }
        for word in query where word.hasPrefix("--") && word.dropFirst(2).first?.isLetter == true {
            let field = word.dropFirst(2).prefix { $0 != "=" }
            let hint = QueryWords.fields.contains(String(field)) ? "; write \(field):VALUE in the query" : ""
            Console.note("note: search has no option \(word), so it is searched as text\(hint)")
        }
    }

    /// Who types an id means what it names.
    private func noteID(_ text: String, _ library: Library) async throws {
        guard !literal, text.utf8.count >= 4, !text.contains(" "), let named = try? await library.designation(text)
        else {
            return
        }
        switch named {
        case .run: Console.note("note: \(text) is a run; `atelier show \(text)` shows it")
        case .asset: Console.note("note: \(text) is an image; `atelier show \(text)` shows it")
        }
    }

    func run() async throws {
        // `--` ends the options, and is no word.
        let text = (query.first == "--" ? query.dropFirst() : query[...]).joined(separator: " ")
        let output = outputs.output
        try await past.withLibrary(libraryOptions) { library in
            let reading = library.reading(of: text)
            let query = literal ? SearchQuery(literally: text) : reading.query
            let remarks = literal ? [] : reading.remarks
            if explain { return try output.item(query.json(remarks), SearchText.explanation(query, remarks)) }
            SearchText.note(remarks)
            noteOptions()
            let most = limit ?? query.limit ?? Self.usualLimit
            if query.condition.terms.contains(where: { if case .like = $0 { true } else { false } }) {
                try await FingerprintProgress.make(library, inPipe: libraryOptions.progress)
            }
            let hits = try await library.search(query, limit: most)
            let screen = pictures && !output.isJSON ? TerminalPictures.detected(maximumRows: 8) : nil
            if pictures, screen == nil { output.remark("note: this terminal cannot show pictures") }
            for hit in hits {
                let path = library.path(of: hit.asset, hit.facts.format)
                try await screen?.draw(hit.asset, library)
                try output.item(hit.json(in: library), Self.line(hit, path))
            }
            if hits.isEmpty {
                output.remark("nothing found")
                try await noteID(text, library)
                for id in query.condition.terms.compactMap(\.relative) {
                    do throws(LibraryError) { _ = try await library.designation(id) } catch {
                        if error.category == .notFound { output.remark(error.message) }
                    }
                }
            }
            for name in try await library.missingSets(in: query) { Console.note("note: @\(name): no such set") }
            if hits.count == most, query.limit == nil || limit != nil {
                // Counting very frequent words would take longer than the search.
                let count = try await library.count(query, within: .milliseconds(10))
                if count != most {
                    output.remark("showing \(most) of \(count.map { "\($0)" } ?? "many"); --limit shows more")
                }
            }
        }
    }

    private static func line(_ hit: SearchHit, _ path: String) -> String {
        let stars =
            (hit.rating > 0 ? String(repeating: "★", count: hit.rating) + "  " : "")
            + (hit.isFavourite ? "♥  " : "")
        let what =
            stars + (hit.title.map { "\(Phrase.oneLine($0))  " } ?? "") + (hit.seed.map { "seed \($0)  " } ?? "")
            + Phrase.oneLine(hit.prompt ?? hit.name ?? "") + (hit.generator.map { "  (\($0))" } ?? "")
        let tags = hit.tags.isEmpty ? "" : "  [\(hit.tags.joined(separator: ", "))]"
        let id = hit.generation == nil ? hit.asset.short : hit.id
        let place = hit.imageCount.flatMap { count in count > 1 ? " of \(count)" : nil } ?? ""
        return "\(Phrase.padded(id + place, 18))  \(hit.facts.displaySize)  "
            + "\(Phrase.time(hit.createdAt))  \(what)\(tags)\n    \(path)"
    }
}

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show an image or a run in full.",
        discussion: """
            Draws the picture in terminals that can (kitty, iTerm2, sixel).

            Examples:
              atelier show @last
              atelier show g7k2 --json
            """)

    @Argument(
        help:
            "Ids or unique prefixes of ids; @last is the newest finished run; - reads ids from standard input.")
    var ids: [String]

    @Flag(inversion: .prefixedNo, help: "Draw pictures, where the terminal can.")
    var pictures = true

    @OptionGroup var past: PastOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        let screen = pictures && !output.isJSON ? TerminalPictures.detected() : nil
        try await past.withLibrary(libraryOptions) { library in
            for id in try SelectionOptions.expand(ids) {
                switch try await library.designation(id) {
                case .asset(let digest):
                    guard let asset = try await library.asset(digest) else { continue }
                    let path = library.path(of: digest, asset.facts.format)
                    let alike = try await Self.lookalikes(of: digest, library)
                    let maker = try await Self.maker(of: asset, library)
                    try await screen?.draw(digest, library)
                    try output.item(
                        asset.json(in: library).adding(["lookalikes": JSONValue(alike.map(\.1.json))]),
                        ([Self.lines(asset, path, maker)]
                            + alike.map { Self.line($0, beside: asset) }).joined(
                                separator: "\n"))
                case .run(let id):
                    guard let generation = try await library.run(id) else { continue }
                    let response = try await library.response(of: id)
                    var marks: [Marks] = []
                    for output in generation.outputs {
                        marks.append(try await library.asset(output.asset)?.marks ?? generation.marks)
                    }
                    for made in generation.outputs { try await screen?.draw(made.asset, library) }
                    try output.item(
                        generation.json(in: library).adding(["response": response ?? .null]),
                        Self.lines(generation, marks, library))
                }
            }
        }
    }

    /// The nearest pictures that look like an asset; none where that cannot be told.
    private static func lookalikes(
        of digest: ContentDigest, _ library: Library
    ) async throws -> [(Asset, Lookalike)] {
        var found: [(Asset, Lookalike)] = []
        for lookalike in (try? await library.lookalikes(of: digest, limit: 3)) ?? [] {
            if let asset = try await library.asset(lookalike.asset) { found.append((asset, lookalike)) }
        }
        return found
    }

    /// How a picture that looks like an asset stands to it.
    private static func line(_ other: (Asset, Lookalike), beside asset: Asset) -> String {
        let (one, lookalike) = other
        let (pixels, own) = (one.facts.storedSize.pixelCount, asset.facts.storedSize.pixelCount)
        var remarks = ["\(lookalike.distance) of 127 bits differ"]
        if lookalike.isTurned { remarks.append("turned or mirrored") }
        if pixels != own { remarks.append(pixels > own ? "larger" : "smaller") }
        if one.addedAt != asset.addedAt { remarks.append(one.addedAt < asset.addedAt ? "older" : "newer") }
        return "looks like \(one.id.short)  \(one.facts.displaySize)  \(one.facts.format.rawValue)  "
            + "(\(remarks.joined(separator: ", ")))"
    }

    /// The run that made a picture, the first of several; nil for one that was imported only.
    private static func maker(of asset: Asset, _ library: Library) async throws -> Run? {
        for case .generated(let id, _, _) in asset.origins { return try await library.run(id) }
        return nil
    }

    private static func lines(_ asset: Asset, _ path: String, _ maker: Run?) -> String {
        let facts = asset.facts
        var lines = [
            asset.id.hex, path,
            "\(facts.format.rawValue), \(facts.storedSize), orientation \(facts.orientation.rawValue), "
                + "\(facts.bitDepth) bit\(facts.hasAlpha ? ", alpha" : ""), \(Phrase.count(facts.frameCount, "frame")), "
                + Phrase.bytes(facts.byteCount),
        ]
        if let maker {
            lines.append("\(maker.model)" + (maker.seed.map { ", seed \($0)" } ?? ""))
            lines.append(maker.prompt)
        }
        if let recipe = asset.recipe { lines += RecipeText.lines(recipe, rule: asset.recipeRule) }
        if let note = asset.note { lines.append("note: \(note)") }
        if let unread = asset.unread { lines.append("other text: \(Phrase.oneLine(unread, 2000))") }
        for origin in asset.origins {
            switch origin {
            case .imported(let path, let at): lines.append("imported \(Phrase.timeWithZone(at)) from \(path)")
            case .generated(let id, let position, let at):
                lines.append("made \(Phrase.timeWithZone(at)) by \(id), image \(position + 1)")
            }
        }
        if let title = asset.title { lines.insert(title, at: 0) }
        if asset.rating > 0 { lines.append("rating: \(asset.rating)") }
        if asset.isFavourite { lines.append("favourite") }
        if asset.isTrashed { lines.append("in the trash") }
        if !asset.tags.isEmpty { lines.append("tags: \(asset.tags.joined(separator: ", "))") }
        if !asset.sets.isEmpty { lines.append("sets: \(asset.sets.map { "@\($0)" }.joined(separator: ", "))") }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ generation: Run, _ marks: [Marks], _ library: Library) -> String {
        var lines = ["\(generation.id)  \(generation.stateName)  \(generation.model)", generation.prompt]
        if let title = generation.marks.title { lines.insert(title, at: 0) }
        if let note = generation.marks.note { lines.append("note: \(note)") }
        if let seed = generation.seed { lines.append("seed \(seed)") }
        lines.append("planned \(Phrase.timeWithZone(generation.plannedAt))")
        if let size = generation.plannedSize { lines.append("planned size \(size)") }
        lines += generation.references.members.enumerated().map { "reference \($0 + 1): \($1.short)" }
        lines += generation.outputs.enumerated().map { index, output in
            "\(generation.id)/\(index + 1)  \(output.facts.storedSize)\(output.isFlagged == true ? ", flagged" : "")  "
                + (marks[index].rating > 0 ? String(repeating: "★", count: marks[index].rating) + "  " : "")
                + (marks[index].isFavourite ? "♥  " : "") + (marks[index].isTrashed ? "in the trash  " : "")
                + library.path(of: output.asset, output.facts.format)
        }
        lines += generation.files.map { file in
            let path = (try? library.path(of: file)) ?? file.digest.hex
            return "\(file.mediaType ?? "unknown type"), \(Phrase.bytes(file.byteCount))  \(path)"
        }
        if generation.host.isEphemeral {
            lines.append("billed: nothing (it ran in the sandbox)")
        } else if let billing = generation.billing {
            lines.append("billed: \(PriceText.billing(billing))")
        }
        if let request = generation.request { lines.append("request \(request.id)") }
        lines += generation.differences.map { "note: \($0)" }
        if let reason = generation.reason { lines.append("failed: \(reason)") }
        lines.append("parameters: \(JSONText.line(generation.parameters))")
        return lines.joined(separator: "\n")
    }
}
