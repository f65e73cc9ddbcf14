import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move images within a set.",
            discussion: """
                The images named are put beside each other in the order given; the others keep theirs.

                Examples:
                  atelier set move mugs side.jpg --first
                  atelier set move mugs 02f0 9c1e --before 77ab
                  atelier set move mugs 02f0 --to 3
                """)
        @OptionGroup var change: SetChangeOptions
        @Option(help: ArgumentHelp("Put them right before this image.", valueName: "id"))
        var before: String?
        @Option(help: ArgumentHelp("Put them right after this image.", valueName: "id"))
        var after: String?
        @Option(help: ArgumentHelp("Give the first of them this place, counted from 1.", valueName: "n"))
        var to: Int?
        @Flag(help: "Put them before all others.")
        var first = false
        @Flag(help: "Put them after all others.")
        var last = false

        func validate() throws {
            let places = [before != nil, after != nil, to != nil, first, last].count { $0 }
            guard places == 1 else {
                throw ValidationError("choose one of --before, --after, --to, --first and --last")
            }
            if let to, to < 1 { throw ValidationError("--to must be at least 1") }
        }

        func run() async throws {
            try await change.run("moved in", importingFiles: false) { library, name, assets in
                try await library.moveInSet(name, assets, to: try await place(library))
            }
        }

        private func place(_ library: Library) async throws -> SetPlace {
            if let before { return .before(try await SetChangeOptions.oneAsset(before, library)) }
            if let after { return .after(try await SetChangeOptions.oneAsset(after, library)) }
            if let to { return .number(to) }
            return first ? .first : .last
        }
    }
}
