import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct DupesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dupes", abstract: "Find images that look alike, and which of them to keep.",
        discussion: """
            Copies that were resized, encoded again, mirrored, turned by 90 degrees or slightly cropped are found by what they look like; all images of a group look like the one to keep. In each group, the image to keep is the one with the most stars, then a favourite, title, note, tags or sets; then the most pixels, a lossless format, a recipe, the larger file, and the one that came first. Images in the trash are left out.

            Nothing is changed unless --tag or --trash says so; `atelier undo` takes it back.

            Examples:
              atelier dupes
              atelier dupes 'after:30d' --trash -n
              atelier dupes @mugs --distance 24 --tag duplicate
            """)

    @Argument(parsing: .allUnrecognized, help: "Look only at what this search finds (default: everything).")
    var query: [String] = []

    @Option(
        help: ArgumentHelp(
            "How many of 127 bits may differ.", valueName: "bits"))
    var distance = Lookalike.usualDuplicateDistance

    @Option(help: ArgumentHelp("Tag all but the one to keep.", valueName: "name"))
    var tag: String?

    @Flag(help: "Put all but the one to keep into the trash.")
    var trash = false

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        guard (0...60).contains(distance) else { throw ValidationError("--distance must be 0 to 60") }
    }

    func run() async throws {
        let text = (query.first == "--" ? query.dropFirst() : query[...]).joined(separator: " ")
        let output = outputs.output
        let tag = try tag.map { try Library.label($0) }
        try await libraryOptions.withLibrary { library in
            let reading = library.reading(of: text)
            SearchText.note(reading.remarks)
            try await FingerprintProgress.make(library, inPipe: libraryOptions.progress)
            let groups = try await library.duplicates(among: reading.query.condition, within: distance)
            for group in groups { try output.item(group.json(in: library), Self.lines(group, library)) }
            let others = groups.flatMap(\.others).map(\.asset.id)
            let bytes = groups.flatMap(\.others).reduce(0) { $0 + $1.asset.facts.byteCount }
            guard !groups.isEmpty else { return output.remark("no images look alike") }
            Console.note(
                "\(Phrase.count(groups.count, "group")), \(Phrase.count(others.count, "image")) to remove, "
                    + Phrase.bytes(bytes))
            guard trash || tag != nil else { return }
            var deeds: [String] = []
            if let tag { deeds.append("tagged “\(tag)”") }
            if trash { deeds.append("moved to the trash") }
            let deed = deeds.joined(separator: " and ")
            if dryRun { return Console.note("\(Phrase.count(others.count, "image")) would be \(deed)") }
            let count = try await library.putAside(others, tag: tag, intoTrash: trash)
            Console.note("\(Phrase.count(count, "image")) \(deed)")
        }
    }

    private static func lines(_ group: DuplicateGroup, _ library: Library) -> String {
        var lines = ["keep  \(line(group.kept))  \(reason(group.reason))\n      \(library.path(of: group.kept))"]
        for other in group.others {
            let turned = other.isTurned ? ", turned or mirrored" : ""
            lines.append(
                "      \(line(other.asset))  \(other.distance) of 127 bits differ\(turned)\n      "
                    + library.path(of: other.asset))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func line(_ asset: Asset) -> String {
        let stars = asset.rating > 0 ? "  " + String(repeating: "★", count: asset.rating) : ""
        return "\(asset.id.short)  \(asset.facts.displaySize)  \(asset.facts.format.rawValue)  "
            + Phrase.bytes(asset.facts.byteCount) + stars + (asset.isFavourite ? "  ♥" : "")
            + (asset.title.map { "  \(Phrase.oneLine($0, 40))" } ?? "")
    }

    private static func reason(_ reason: KeepReason) -> String {
        switch reason {
        case .pixels: "most pixels"
        case .lossless: "lossless format"
        case .recipe: "has a recipe"
        case .curated: "rated, favourite, titled, noted, tagged or in a set"
        case .bytes: "largest file"
        case .age: "came first"
        case .digest: "no difference"
        }
    }
}
