import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Sort: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a set's images in order.",
            discussion: """
                Oldest, smallest or lowest first; images without the property are last. The order is stored: images that are added later go to the end.

                Examples:
                  atelier set sort mugs --by name
                  atelier set sort mugs --by rating --reverse
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Option(help: "created, name, size, seed, rating or random.", transform: Self.order)
        var by: SetOrder
        @Flag(help: "Newest, largest or highest first.")
        var reverse = false
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let set = try await library.sortSet(name, by: by, reversed: reverse)
                try outputs.output.item(set.json, SetText.line(set))
            }
        }

        private static func order(_ text: String) throws -> SetOrder {
            guard let order = SetOrder(rawValue: text.lowercased()) else {
                let known = SetOrder.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("'\(text)' is not one of \(known)")
            }
            return order
        }
    }
}
