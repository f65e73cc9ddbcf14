import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sets.", discussion: "Example:\n  atelier set list")
        @OptionGroup var past: PastOptions
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await past.withLibrary(libraryOptions) { library in
                let sets = try await library.sets()
                for set in sets {
                    try outputs.output.item(set.json, SetText.line(set))
                    SetText.note(set)
                }
                if sets.isEmpty { outputs.output.remark("no sets yet; `atelier set add NAME FILE...` creates one") }
            }
        }
    }
}
