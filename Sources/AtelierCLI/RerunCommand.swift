import ArgumentParser
import AssetLibrary
import AssetModel

struct RerunCommand: AsyncParsableCommand, TakesModelFields {
    static let configuration = CommandConfiguration(
        commandName: "rerun", abstract: "Run again, with changes.",
        discussion: """
            Everything stays as it was, including the seed, unless you change it here. With no changes the results are already in the library: they are shown, and nothing is paid without --again.

            --set takes any input field by fal's name; an empty value leaves it to the model.

            Examples:
              atelier rerun @last --seed 8
              atelier rerun g7k2 --prompt "on oak" --num-images 4 --set seed=
            """)

    @Argument(help: "A run, by id or unique prefix, @last, or one of its images.")
    var id: String

    @OptionGroup var changes: InputOptions

    @Option(help: ArgumentHelp("A new prompt; - reads it from standard input.", valueName: "prompt"))
    var prompt: String?

    @Option(
        name: [.customLong("ref"), .customLong("image")], parsing: .singleValue,
        help: ArgumentHelp("New references, replacing all of its own; repeatable.", valueName: "reference"))
    var references: [String] = []

    @Option(help: ArgumentHelp("Another endpoint id.", valueName: "id"))
    var endpoint: String?

    @OptionGroup var terms: TermsOptions
    @OptionGroup var arrivals: ArrivalOptions

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done, as plan does; change nothing.")
    var dryRun = false

    @Flag(help: "Run and pay again even if the library has this result, from the same recipe and seed.")
    var again = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let run = EditRun(
            isDry: dryRun, again: again, filing: try arrivals.filing(), output: outputs.output,
            reportsInPipe: libraryOptions.progress)
        try await remote.withLibrary(libraryOptions) { library, remote in
            let generation = try await generation(library)
            var request = try await library.request(again: generation)
            if let prompt { request.prompt = try GivenText.prompt(prompt) }
            if let endpoint { request.model = endpoint }
            if !references.isEmpty { request.references = try await library.pictures(named: references) }
            request = try await library.changing(request, try changes.pairs())
            if let seed = changes.seed { request.seed = try SeedArgument.seed(seed) }
            try terms.apply(to: &request.terms)
            try await run.run(request, library, remote)
        }
    }

    private func generation(_ library: Library) async throws -> Run {
        var found: Run.ID?
        switch try await library.designation(id) {
        case .run(let id): found = id
        case .asset(let digest):
            for origin in try await library.asset(digest)?.origins ?? [] {
                if case .generated(let id, _, _) = origin { found = id }
            }
        }
        guard let found, let generation = try await library.run(found) else {
            throw LibraryError(
                .invalidInput, code: "not_a_generation", "\(id): not made by a run in this library")
        }
        return generation
    }
}
