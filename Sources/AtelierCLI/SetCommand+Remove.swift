import ArgumentParser
import AssetLibrary

extension SetCommand {
    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove images from a set; they stay in the library.",
            discussion: "Example:\n  atelier set remove mugs side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("removed from") { library, name, assets in
                try await library.removeFromSet(name, assets)
            }
        }
    }
}
