import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Cover: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Choose the image that stands for a set.",
            discussion: """
                Without a choice, and when the chosen image has left the set, it is the first one.

                Examples:
                  atelier set cover mugs side.jpg
                  atelier set cover mugs --none
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Argument(help: "A file or id of the set.")
        var id: String?
        @Flag(help: "Go back to the first image.")
        var none = false
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func validate() throws {
            guard (id == nil) == none else { throw ValidationError("give an image or --none") }
        }

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                var asset: ContentDigest?
                if let id { asset = try await SetChangeOptions.oneAsset(id, library) }
                let set = try await library.setCover(asset, of: name)
                try outputs.output.item(set.json, SetText.line(set))
            }
        }
    }
}
