import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Role: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what images of a set are for, such as style, identity or layout.",
            discussion: """
                A role is any short text; an empty one takes it back.

                Examples:
                  atelier set role mugs style side.jpg
                  atelier set role mugs "" side.jpg
                """)
        @Argument(help: "The set's name.")
        var name: String
        @Argument(help: "The role; an empty text takes it back.")
        var role: String
        @Argument(help: "Files or ids; - reads them from standard input.")
        var assets: [String] = []
        @OptionGroup var selection: SelectionOptions
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let chosen = try await selection.assets(assets, library, importingFiles: false)
                let count = Phrase.count(chosen.count, "image")
                let what = role.isEmpty ? "no role" : "the role “\(role)”"
                if selection.dryRun { return Console.note("\(count) would have \(what) in @\(SetText.bare(name))") }
                let set = try await library.setRole(role, of: chosen, in: name)
                Console.note("\(count) with \(what) in @\(set.name)")
                try outputs.output.item(set.json, SetText.line(set))
            }
        }
    }
}
