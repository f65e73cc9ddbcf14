import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a set's images in order.", discussion: "Example:\n  atelier set show mugs")
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var past: PastOptions
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await past.withLibrary(libraryOptions) { library in
                let set = try await library.set(named: name)
                var lines = [SetCommand.line(set)]
                for (index, digest) in set.members.enumerated() {
                    guard let asset = try await library.asset(digest) else { continue }
                    lines.append("\(index + 1). \(digest.short)  \(library.path(of: digest, asset.facts.format))")
                }
                try outputs.output.item(set.json, lines.joined(separator: "\n"))
            }
        }
    }
}
