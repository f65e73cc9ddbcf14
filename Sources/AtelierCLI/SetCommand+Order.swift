import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Order: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move images to the front of a set, in this order.",
            discussion: "The same as set move --first.\n\nExample:\n  atelier set order mugs side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("moved to the front of", importingFiles: false) { library, name, assets in
                try await library.moveInSet(name, assets, to: .first)
            }
        }
    }
}
