import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Change a smart set's query.",
            discussion: "Example:\n  atelier set edit best --query 'mug rating:5'")
        @Argument(help: "The set's name.")
        var name: String
        @Option(help: ArgumentHelp("What it looks for from now on.", valueName: "query"))
        var query: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                SearchText.note(library.reading(of: query).remarks)
                let set = try await library.editSmartSet(name, query: query)
                try outputs.output.item(set.json, SetText.line(set))
                SetText.note(set)
            }
        }
    }
}
