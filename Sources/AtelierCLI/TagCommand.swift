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
              atelier tag rename keep keeper
              atelier tag merge cat kitty --into cats
            """,
        subcommands: [List.self, Add.self, Remove.self, Rename.self, Merge.self, Delete.self],
        defaultSubcommand: List.self)

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

extension TagCommand {
    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rename a tag.", discussion: "Example:\n  atelier tag rename keep keeper")
        @Argument(help: "The tag.")
        var tag: String
        @Argument(help: "Its new name.")
        var newName: String
        @OptionGroup var whole: WholeTagOptions

        func run() async throws {
            try await whole.run([tag], "renamed to “\(newName)” on") { library in
                try await library.renameTag(tag, to: newName)
            }
        }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put one tag in the place of others.",
            discussion: "Example:\n  atelier tag merge cat kitty --into cats")
        @Argument(help: "The tags to replace.")
        var tags: [String]
        @Option(help: ArgumentHelp("The tag that takes their place.", valueName: "tag"))
        var into: String
        @OptionGroup var whole: WholeTagOptions

        func run() async throws {
            try await whole.run(tags, "replaced by “\(into)” on") { library in
                try await library.mergeTags(tags, into: into)
            }
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a tag from every image.", discussion: "Example:\n  atelier tag delete keep")
        @Argument(help: "The tag.")
        var tag: String
        @OptionGroup var whole: WholeTagOptions

        func run() async throws {
            try await whole.run([tag], "removed from") { library in try await library.deleteTag(tag) }
        }
    }
}

/// What the verbs take that change a tag as a whole.
struct WholeTagOptions: ParsableArguments {
    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    /// Says on how many images the tags are, then what was done.
    func run(_ tags: [String], _ done: String, _ change: (Library) async throws -> Int) async throws {
        try await libraryOptions.withLibrary { library in
            let names = try tags.map { try Library.label($0) }
            if dryRun {
                let known = try await library.tags()
                for name in names {
                    let count = known.first { $0.tag.lowercased() == name.lowercased() }?.count ?? 0
                    Console.note("“\(name)” is on \(Phrase.count(count, "image"))")
                }
                return
            }
            let count = try await change(library)
            let list = names.map { "“\($0)”" }.joined(separator: ", ")
            try outputs.output.summary(
                ["tags": JSONValue(names), "count": JSONValue(count)],
                "\(list) \(done) \(Phrase.count(count, "image"))")
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

    func run(_ plan: String, _ done: String, _ change: (Library, [ContentDigest], String) async throws -> Int)
        async throws
    {
        let tag = try Library.label(tag)
        try await libraryOptions.withLibrary { library in
            let chosen = try await selection.assets(assets, library)
            let count = Phrase.count(chosen.count, "image")
            if selection.dryRun { return Console.note("\(count) \(plan) “\(tag)”") }
            let changed = try await change(library, chosen, tag)
            Console.note("\(done) \(changed == chosen.count ? count : "\(changed) of \(count)")")
            for digest in chosen {
                guard let asset = try await library.asset(digest) else { continue }
                try outputs.output.item(
                    asset.json(in: library),
                    "\(digest.short)  [\(asset.tags.joined(separator: ", "))]")
            }
        }
    }
}
