import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rename a set.",
            discussion: """
                Members, order, roles, cover and a smart set's query go along.

                Example:
                  atelier set rename mugs cups
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Argument(help: "The new name.")
        var newName: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let set = try await library.renameSet(name, to: newName)
                try outputs.output.item(set.json, SetText.line(set))
                try await SetText.noteUses(of: SetText.bare(name), library)
            }
        }
    }
}
