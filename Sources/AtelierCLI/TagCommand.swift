import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

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
