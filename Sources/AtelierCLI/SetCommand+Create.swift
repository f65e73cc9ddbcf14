import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an empty set.", discussion: "Example:\n  atelier set create mugs")
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let set = try await library.addToSet(name, [])
                try outputs.output.item(set.json, SetCommand.line(set))
            }
        }
    }
}
