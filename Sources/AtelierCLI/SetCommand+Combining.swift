import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

extension SetCommand {
    struct Union: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a set of the images of several sets, each once.",
            discussion: "Example:\n  atelier set union all mugs cats")
        @OptionGroup var combination: SetCombinationOptions

        func run() async throws {
            try await combination.run { library, new, names in try await library.uniteSets(names, as: new) }
        }
    }

    struct Intersection: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a set of the images that are in all of several sets, in the order of the first.",
            discussion: "Example:\n  atelier set intersection both mugs cats")
        @OptionGroup var combination: SetCombinationOptions

        func run() async throws {
            try await combination.run { library, new, names in try await library.intersectSets(names, as: new) }
        }
    }

    struct Difference: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a set of the images that are in the first set and in none of the others.",
            discussion: "Example:\n  atelier set difference rest mugs cats")
        @OptionGroup var combination: SetCombinationOptions

        func run() async throws {
            try await combination.run { library, new, names in try await library.subtractSets(names, as: new) }
        }
    }
}

/// What the verbs that make a set of several take.
struct SetCombinationOptions: ParsableArguments {
    @Argument(help: "The name of the new set.")
    var newName: String
    @Argument(help: "Two or more sets; smart sets count with what they hold now.")
    var names: [String]
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if names.count < 2 { throw ValidationError("name at least two sets to combine") }
    }

    func run(_ combine: (Library, String, [String]) async throws -> NamedSet) async throws {
        try await libraryOptions.withLibrary { library in
            let set = try await combine(library, newName, names)
            try outputs.output.item(set.json, SetText.line(set))
        }
    }
}
