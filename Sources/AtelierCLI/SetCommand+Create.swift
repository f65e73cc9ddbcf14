import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an empty set, or a smart set from a search.",
            discussion: """
                A smart set's query is kept as typed: 7d means seven days before each use.

                Examples:
                  atelier set create mugs
                  atelier set create best --query 'mug rating:>=4 limit:8'
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Option(help: ArgumentHelp("Make a smart set that holds what this search finds.", valueName: "query"))
        var query: String?
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                if let query { SearchText.note(library.reading(of: query).remarks) }
                let set =
                    if let query {
                        try await library.createSmartSet(name, query: query)
                    } else {
                        try await library.createSet(name)
                    }
                try outputs.output.item(set.json, SetText.line(set))
                SetText.note(set)
            }
        }
    }
}
