import ArgumentParser
import AssetLibrary

extension SetCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add images to the end of a set, creating it if needed.",
            discussion: "Example:\n  atelier set add mugs front.jpg side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("added to", otherwise: "already in it") { library, name, assets in
                try await library.addToSet(name, assets)
            }
        }
    }
}
