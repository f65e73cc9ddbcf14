import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a set; its images stay in the library.",
            discussion: "Example:\n  atelier set delete mugs")
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            let name = SetText.bare(name)
            try await libraryOptions.withLibrary { library in
                try await library.deleteSet(name)
                try outputs.output.summary(
                    ["name": JSONValue(name), "deleted": JSONValue(true)],
                    "deleted @\(name); its images stay in the library")
                try await SetText.noteUses(of: name, library)
            }
        }
    }
}
