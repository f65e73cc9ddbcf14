import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a set's images in order.",
            discussion: """
                Of a smart set, what its query finds now. Images in the trash keep their places but are not counted or used.

                Example:
                  atelier set show mugs
                """)
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var past: PastOptions
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await past.withLibrary(libraryOptions) { library in
                let set = try await library.set(named: name)
                let lines = try await SetText.lines(set, library)
                try outputs.output.item(set.json, lines.joined(separator: "\n"))
                SetText.note(set)
            }
        }
    }
}
