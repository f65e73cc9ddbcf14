import ArgumentParser
import AssetLibrary

extension SetCommand {
    struct Order: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move images to the front of a set, in this order.",
            discussion: "Example:\n  atelier set order mugs side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("moved to the front of") { library, name, assets in
                try await library.arrangeSet(name, assets)
            }
        }
    }
}
