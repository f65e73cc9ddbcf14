import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove images from a set; they stay in the library.",
            discussion: "Example:\n  atelier set remove mugs side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("removed from", importingFiles: false, otherwise: "not in it") {
                library, name, assets in
                try await library.removeFromSet(name, assets)
            }
        }
    }
}
