import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct ReparseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reparse", abstract: "Re-read metadata from your images, after an update.",
        discussion: """
            Reads facts, recipes and notes again from the image files. Tags, sets and runs stay as they are. With no ids and no --query, every image is read.

            Examples:
              atelier reparse -n
              atelier reparse --query kind:reference
            """)

    @Argument(help: "Ids, @sets, or files already in the library; - reads them from standard input.")
    var ids: [String] = []

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        let (changed, same, failed) = try await libraryOptions.withLibrary { library in
            let isEverything = ids.isEmpty && selection.query == nil
            let chosen =
                isEverything
                ? try await SelectionOptions.found(by: SearchQuery(), library)
                : try await selection.assets(ids, library, importingFiles: false)
            var (changed, same, failed) = (0, 0, 0)
            var broken: (any Error)?
            try await ProgressLine.during("reading", .things("image"), inPipe: libraryOptions.progress) { line in
                line.report(WorkProgress(done: 0, total: chosen.count))
                try await library.reparse(chosen, dryRun: selection.dryRun) { outcome in
                    switch outcome {
                    case .changed: changed += 1
                    case .unchanged: same += 1
                    case .failed: failed += 1
                    }
                    do { try Self.show(outcome, output) } catch { broken = broken ?? error }
                } onProgress: {
                    line.report($0)
                }
            }
            if let broken { throw broken }
            return (changed, same, failed)
        }
        if !output.isJSON {
            Console.note(
                "\(Phrase.count(changed, "image")) \(selection.dryRun ? "would change" : "changed"), \(same) unchanged"
                    + (failed > 0 ? ", \(failed) could not be read" : ""))
        }
        if failed > 0 { throw ExitCode((changed + same > 0 ? ExitStatus.partlyDone : .failed).rawValue) }
    }

    private static func show(_ outcome: ReparseOutcome, _ output: Output) throws {
        switch outcome {
        case .changed(let asset, let changes, let recipe, _):
            try output.item(
                outcome.json,
                "\(asset.short)  \(changes.joined(separator: ", "))"
                    + (recipe.map { "  \(RecipeText.line($0.recipe))" } ?? ""))
        case .unchanged: try output.item(outcome.json, "")
        case .failed(let asset, _, let message):
            try output.item(outcome.json, "")
            output.remark(Sentence.about(asset.short, message))
        }
    }
}
