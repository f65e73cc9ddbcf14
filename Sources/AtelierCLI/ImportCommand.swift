import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct InitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Create a library.",
        discussion: """
            Example:
              atelier init ~/Atelier
            """)

    @Argument(help: "An empty or new folder (default: -L, else ATELIER_LIBRARY, else ~/Atelier).")
    var path: String?

    @Option(name: [.customShort("L"), .long], help: ArgumentHelp("The same as the argument.", valueName: "path"))
    var library: String?

    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let path = Self.target(path ?? library)
        try Library.create(at: path)
        try outputs.output.summary(["library": JSONValue(path)], "created library \(path)")
    }

    private static func target(_ named: String?) -> String {
        if let named { return LibraryOptions.absolute(named) }
        // Inside a library `init` must not mean that library, so the enclosing one does not count here.
        return LibraryOptions.absolute(Environment.value("ATELIER_LIBRARY") ?? "~/Atelier")
    }
}

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import images: files, and folders with everything below them.",
        discussion: """
            An image is identified by its content: importing it again under another name adds only that name.

            Folders are imported with everything below them. Files in them that are not images are skipped, unless their names claim otherwise.

            Examples:
              atelier import ~/Pictures/mugs cat.jpg --set mugs --tag white
              find . -name '*.png' -print0 | atelier import -0 -
              atelier import --from-fal --since 30d -n
            """)

    @Argument(help: "Files and folders; - reads paths from standard input, one per line.")
    var paths: [String] = []

    @Option(help: ArgumentHelp("Add the images to this set, in this order.", valueName: "name"))
    var set: String?

    @Option(help: ArgumentHelp("Tag the images; repeatable.", valueName: "tag"))
    var tag: [String] = []

    @Flag(help: "Delete each file once its bytes are safe in the library.")
    var move = false

    @Flag(help: "Do not make thumbnails and fingerprints afterwards; that is done when they are needed.")
    var noThumbnails = false

    /// What the option was called before it meant thumbnails too.
    @Flag(help: .hidden)
    var noFingerprints = false

    @Flag(name: [.customShort("n"), .long], help: "Show what would be imported; change nothing.")
    var dryRun = false

    @OptionGroup var history: ImportFromFal
    @OptionGroup var list: ListOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        let hasFileOptions = set != nil || !tag.isEmpty || move || list.null
        let problem = history.problem(hasPaths: !paths.isEmpty, hasFileOptions: hasFileOptions)
        if let problem { throw ValidationError(problem) }
    }

    func run() async throws {
        let output = outputs.output
        if history.fromFal { return try await history.run(isDryRun: dryRun, libraryOptions, output) }
        let paths = try SelectionOptions.expand(paths, areNullTerminated: list.null)
        let set = try set.map { try Library.setName($0) }
        let tags = try tag.map { try Library.label($0) }
        if dryRun { return try await libraryOptions.withLibrary { try await look(at: paths, $0, output) } }
        let summary = try await libraryOptions.withLibrary { library in
            let summary = try await ProgressLine.during(
                "importing", .things("file"), inPipe: libraryOptions.progress
            ) { line in
                // Counting the files ahead is only for a line that is shown.
                let isTold = Screen.shared.isLive || libraryOptions.progress
                var broken: (any Error)?
                let summary = try await library.importFiles(
                    paths, set: set, tags: tags, movingFiles: move,
                    onOutcome: { outcome in do { try show(outcome, output) } catch { broken = broken ?? error } },
                    onProgress: isTold ? line.report : nil)
                if let broken { throw broken }
                return summary
            }
            // Everything is in the library and was told; what follows can be made at any time.
            if !output.isJSON { Console.note(Self.sentence(summary, set)) }
            if !noThumbnails, !noFingerprints {
                await FingerprintProgress.follow(summary.assets, library, inPipe: libraryOptions.progress)
            }
            return summary
        }
        let done = summary.newCount + summary.knownCount
        if summary.failedCount + summary.notRemovedCount > 0 {
            throw ExitCode((done > 0 ? ExitStatus.partlyDone : .failed).rawValue)
        }
    }

    /// What an import would take, as `inspect` sees it, and which of it the library has already.
    private func look(at paths: [String], _ library: Library, _ output: Output) async throws {
        var found: [(path: String, facts: ImageFacts)] = []
        var failures = 0
        var broken: (any Error)?
        FileInspection.inspect(paths, whole: true) { outcome in
            do {
                switch outcome {
                case .facts(let path, let facts, _, _): found.append((path, facts))
                case .failed(let path, let code, let message):
                    failures += 1
                    try show(.failed(path: path, code: code, message: message), output)
                case .skipped: break
                }
            } catch {
                broken = broken ?? error
            }
        }
        if let broken { throw broken }
        var new: Set<ContentDigest> = []
        var known = 0
        for (path, facts) in found {
            try Task.checkCancellation()
            let (asset, isKnown) = try await library.preview(ofFileAt: LibraryOptions.absolute(path))
            let isNew = !isKnown && new.insert(asset).inserted
            if !isNew { known += 1 }
            try output.item(
                facts.json.adding(.path(path)),
                "\(isNew ? "new    " : "already")  \(facts.displaySize)  \(Phrase.oneLine(path, .max))")
        }
        var parts = ["\(Phrase.count(new.count, "image")) would be imported", "\(known) already in library"]
        if failures > 0 { parts.append("\(failures) could not be read") }
        Console.note(parts.joined(separator: ", "))
        if failures > 0 { throw ExitCode((found.isEmpty ? ExitStatus.failed : .partlyDone).rawValue) }
    }

    private func show(_ outcome: ImportOutcome, _ output: Output) throws {
        switch outcome {
        case .imported(let path, let asset, let facts, let isNew):
            try output.item(
                outcome.json ?? [:],
                "\(asset.short)  \(isNew ? "new    " : "already")  \(facts.displaySize)  \(Phrase.oneLine(path, .max))")
        case .failed(let path, _, let message):
            if output.isJSON {
                try output.item(outcome.json ?? [:], "")
            } else {
                Console.note(Sentence.about(path, message))
            }
        case .notRemoved(let path):
            Console.note("\(path): imported, but the file could not be deleted")
        case .skipped:
            break
        }
    }

    private static func sentence(_ summary: ImportSummary, _ set: String?) -> String {
        var sentence = "\(Phrase.count(summary.newCount, "new image")), \(summary.knownCount) already in library"
        if let set, !summary.assets.isEmpty {
            sentence += "; \(summary.assets.count == 1 ? "it is" : "all are") in @\(set)"
        }
        var parts: [String] = []
        if summary.skippedCount > 0 { parts.append("\(Phrase.count(summary.skippedCount, "other file")) skipped") }
        if summary.failedCount > 0 { parts.append("\(summary.failedCount) failed") }
        return parts.isEmpty ? sentence : sentence + "; \(parts.joined(separator: ", "))"
    }
}
