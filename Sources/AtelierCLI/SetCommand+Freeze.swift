import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Freeze: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Turn a smart set into an ordinary one of what it holds now.",
            discussion: """
                With a second name the smart set stays, and a new set is made.

                Examples:
                  atelier set freeze best
                  atelier set freeze best best-of-march
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Argument(help: "Make a new set of this name instead.")
        var newName: String?
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let set = try await library.freezeSet(name, as: newName)
                try outputs.output.item(set.json, SetText.line(set))
            }
        }
    }
}
