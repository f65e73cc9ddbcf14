import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Duplicate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a set under another name.",
            discussion: """
                Members, order, roles, cover and a smart set's query are copied.

                Example:
                  atelier set duplicate mugs mugs-2
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Argument(help: "The name of the copy.")
        var newName: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let set = try await library.duplicateSet(name, as: newName)
                try outputs.output.item(set.json, SetText.line(set))
            }
        }
    }
}
