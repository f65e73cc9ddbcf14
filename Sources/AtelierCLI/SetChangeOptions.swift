import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// What the verbs that change a set's members take.
struct SetChangeOptions: ParsableArguments {
    @Argument(help: "The set's name.")
    var name: String
    @Argument(help: "Files, ids or @sets; - reads them from standard input.")
    var assets: [String] = []
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    /// `otherwise` says how it is with those that came to the set, or left it, before.
    func run(
        _ verb: String, importingFiles: Bool = true, otherwise: String? = nil,
        _ change: (Library, String, [ContentDigest]) async throws -> NamedSet
    ) async throws {
        let name = try Library.label(name)
        try await libraryOptions.withLibrary { library in
            let chosen = try await selection.assets(assets, library, importingFiles: importingFiles)
            let count = Phrase.count(chosen.count, "image")
            if selection.dryRun { return Console.note("\(count) would be \(verb) @\(name)") }
            let before = try? await library.set(named: name).members.count
            let set = try await change(library, name, chosen)
            let changed = otherwise == nil ? chosen.count : abs(set.members.count - (before ?? 0))
            let others = otherwise.map { "; \(chosen.count - changed) \($0)" } ?? ""
            Console.note(
                "\(Phrase.count(changed, "image")) \(verb) @\(name)" + (changed < chosen.count ? others : ""))
            try outputs.output.item(set.json, SetText.line(set))
        }
    }

    /// The one picture that a word names, without importing any.
    static func oneAsset(_ word: String, _ library: Library) async throws -> ContentDigest {
        let assets = try await library.pictures(named: [word]).map(\.asset)
        guard assets.count == 1, let asset = assets.first else {
            throw LibraryError(
                .invalidInput, code: "several_images", "\(word): names \(assets.count) images, and one is needed")
        }
        return asset
    }
}
