import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Manage reference sets.",
        discussion: """
            A set is an ordered, named list of images, written @name wherever an image can be.

            Examples:
              atelier set add mugs front.jpg side.jpg
              atelier set order mugs side.jpg
              atelier edit "on marble" --ref @mugs
            """,
        subcommands: [List.self, Show.self, Create.self, Add.self, Remove.self, Order.self, Delete.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List sets.", discussion: "Example:\n  atelier set list")
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let sets = try await library.sets()
                for set in sets { try outputs.output.item(set.json, SetCommand.line(set)) }
                if sets.isEmpty { outputs.output.remark("no sets yet; `atelier set add NAME FILE...` creates one") }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a set's images in order.", discussion: "Example:\n  atelier set show mugs")
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
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

    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Create an empty set.", discussion: "Example:\n  atelier set create mugs")
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let set = try await library.addToSet(name, [])
                try outputs.output.item(set.json, SetCommand.line(set))
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add images to the end of a set, creating it if needed.",
            discussion: "Example:\n  atelier set add mugs front.jpg side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("added to") { library, name, assets in try await library.addToSet(name, assets) }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove images from a set; they stay in the library.",
            discussion: "Example:\n  atelier set remove mugs side.jpg")
        @OptionGroup var change: SetChangeOptions

        func run() async throws {
            try await change.run("removed from") { library, name, assets in
                try await library.removeFromSet(name, assets)
            }
        }
    }

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

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a set; its images stay in the library.",
            discussion: "Example:\n  atelier set delete mugs")
        @Argument(help: "The set's name.")
        var name: String
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                try await library.deleteSet(name)
                try outputs.output.summary(
                    ["name": JSONValue(name), "deleted": JSONValue(true)],
                    "deleted @\(name); its images stay in the library")
            }
        }
    }

    static func line(_ set: NamedSet) -> String { "@\(set.name)  \(Phrase.count(set.members.count, "image"))" }
}

/// What the verbs that change a set's members take.
struct SetChangeOptions: ParsableArguments {
    @Argument(help: "The set's name.")
    var name: String
    @Argument(help: "Files, ids or @sets; - reads them from standard input.")
    var assets: [String] = []
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run(
        _ verb: String, _ change: (Library, String, [ContentDigest]) async throws -> NamedSet
    ) async throws {
        let name = try Library.label(name)
        try await libraryOptions.withLibrary { library in
            let chosen = try await selection.assets(assets, library)
            let count = Phrase.count(chosen.count, "image")
            if selection.dryRun { return Console.note("\(count) would be \(verb) @\(name)") }
            let set = try await change(library, name, chosen)
            Console.note("\(count) \(verb) @\(name)")
            try outputs.output.item(set.json, SetCommand.line(set))
        }
    }
}

struct TagCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: "Manage tags.",
        discussion: """
            Examples:
              atelier tag add white cat.jpg
              atelier tag add keep --query 'seed:7'
            """,
        subcommands: [List.self, Add.self, Remove.self], defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tags.", discussion: "Example:\n  atelier tag list")
        @OptionGroup var libraryOptions: LibraryOptions
        @OptionGroup var outputs: OutputOptions

        func run() async throws {
            try await libraryOptions.withLibrary { library in
                let tags = try await library.tags()
                for (tag, count) in tags {
                    try outputs.output.item(
                        ["tag": JSONValue(tag), "count": JSONValue(count)],
                        "\(tag)  \(Phrase.count(count, "image"))")
                }
                if tags.isEmpty { outputs.output.remark("no tags yet") }
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Tag images.", discussion: "Example:\n  atelier tag add white cat.jpg")
        @OptionGroup var change: TagChangeOptions

        func run() async throws {
            try await change.run("would be tagged", "tagged") { library, assets, tag in
                try await library.tag(assets, with: [tag])
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a tag from images.", discussion: "Example:\n  atelier tag remove white cat.jpg")
        @OptionGroup var change: TagChangeOptions

        func run() async throws {
            try await change.run("would be untagged", "untagged") { library, assets, tag in
                try await library.untag(assets, [tag])
            }
        }
    }
}

/// What the verbs that change tags take.
struct TagChangeOptions: ParsableArguments {
    @Argument(help: "The tag.")
    var tag: String
    @Argument(help: "Files, ids or @sets; - reads them from standard input.")
    var assets: [String] = []
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run(_ plan: String, _ done: String, _ change: (Library, [ContentDigest], String) async throws -> Void)
        async throws
    {
        let tag = try Library.label(tag)
        try await libraryOptions.withLibrary { library in
            let chosen = try await selection.assets(assets, library)
            let count = Phrase.count(chosen.count, "image")
            if selection.dryRun { return Console.note("\(count) \(plan) “\(tag)”") }
            try await change(library, chosen, tag)
            Console.note("\(done) \(count)")
            for digest in chosen {
                guard let asset = try await library.asset(digest) else { continue }
                try outputs.output.item(
                    asset.json(in: library),
                    "\(digest.short)  [\(asset.tags.joined(separator: ", "))]")
            }
        }
    }
}
