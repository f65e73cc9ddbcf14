import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct LineageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lineage",
        abstract: "Show what an image was made from and what came of it.",
        discussion: """
            Up: the run that made it, that run's references, and theirs. Down: the runs that used it, and what they made. What was reached in two ways is shown in full once. Long lists are cut: --width and --depth show more.

            --json prints one object with nodes and edges; --dot prints a graph for Graphviz.

            Examples:
              atelier lineage @last
              atelier lineage 8c1f --up --depth 3
              atelier lineage 8c1f --dot | dot -Tsvg > lineage.svg
            """)

    @Argument(help: "An image or a run: an id or the beginning of one, RUN/3, or @last.")
    var id: String

    @Flag(help: "Only what it was made from.")
    var up = false

    @Flag(help: "Only what came of it.")
    var down = false

    @Option(help: ArgumentHelp("Go through at most this many runs in each direction, up to 1000.", valueName: "n"))
    var depth = 20

    @Option(help: ArgumentHelp("Show at most this many branches of each image and run.", valueName: "n"))
    var width = 20

    @Flag(help: "Print a graph for Graphviz.")
    var dot = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if !(0...1000).contains(depth) { throw ValidationError("--depth must be from 0 to 1000") }
        if width < 1 { throw ValidationError("--width must be at least 1") }
        if dot && outputs.json { throw ValidationError("use either --dot or --json") }
    }

    func run() async throws {
        let extent = Lineage.Extent(up: up || !down, down: down || !up, depth: depth, width: width)
        let output = outputs.output
        try await libraryOptions.withLibrary { library in
            let subject = try await library.designation(id)
            guard let lineage = try await library.lineage(of: subject, extent) else {
                throw LibraryError(.notFound, code: "unknown_id", "\(id): no image or run with this id")
            }
            if dot { return try output.line(LineageGraph.dot(lineage)) }
            let text = LineageText(lineage, extent)
            try output.item(lineage.json, text.lines.joined(separator: "\n"))
            if let remark = text.remark { output.remark(remark) }
        }
    }
}
