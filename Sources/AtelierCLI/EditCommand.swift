import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// All inputs of a model, as `plan`, `edit` and `generate` take them.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "What should be made; - reads it from standard input.")
    var prompt: String

    @OptionGroup var fields: RecipeFields

    /// The references named with `--ref`.
    var references: [String] { fields.references }

    /// The request; references are measured where they are, nothing is changed.
    func request(_ library: Library, model: String) async throws -> EditRequest {
        try await fields.request(library, prompt: prompt == "-" ? try Console.inputText() : prompt, model: model)
    }
}

/// All inputs of a model but the prompt.
struct RecipeFields: ParsableArguments {
    @Option(
        name: [.customLong("ref")], parsing: .singleValue,
        help: ArgumentHelp(
            "A reference: a file, an id, @set or @last; several in the order given.", valueName: "reference"))
    var references: [String] = []

    @Option(help: ArgumentHelp("WIDTHxHEIGHT, or a named size such as landscape_16_9.", valueName: "size"))
    var size: String?

    @Flag(help: "Keep the only reference's ratio.")
    var keepAspect = false

    // Unconditional: a negative number is a wrong value, not a missing one.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A whole number from 0 to 2^64 - 1; the model draws one when none is given.", valueName: "n")
    )
    var seed: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("How many pictures, 1 to 4.", valueName: "n"))
    var images: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Inference steps, 1 to 50 (dev models: to 28).", valueName: "n"))
    var steps: Int?

    @Option(parsing: .unconditional, help: ArgumentHelp("How strongly the prompt guides, 0 to 20.", valueName: "x"))
    var guidance: Double?

    @Option(help: ArgumentHelp("The format that comes back: png, jpeg or webp.", valueName: "format"))
    var format: String?

    @Flag(inversion: .prefixedNo, help: "Let fal's safety checker look at the pictures (default: the model's own).")
    var safetyChecker: Bool?

    @Flag(help: "Have the pictures inside the answer instead of as URLs (sync_mode).")
    var sync = false

    @Option(help: ArgumentHelp("The model's endpoint id.", valueName: "id"))
    var endpoint: String?

    @Flag(help: "Send references with no more pixels than the model will use.")
    var shrink = false

    @OptionGroup var sending: SendingOptions

    /// The request; references are measured where they are, nothing is changed.
    func request(_ library: Library, prompt: String, model: String) async throws -> EditRequest {
        var request = EditRequest(model: endpoint ?? model, prompt: prompt)
        if let size { request.size = try SizeArgument.request(size) }
        request.keepAspect = keepAspect
        if let seed {
            request.seed = try SeedArgument.seed(seed)
        }
        request.imageCount = images
        request.steps = steps
        request.guidance = guidance
        if let format {
            guard let known = ImageFormat(rawValue: format == "jpg" ? "jpeg" : format.lowercased()) else {
                throw LibraryError(
                    .invalidInput, code: "bad_format", "“\(format)” is no output format: give png, jpeg or webp")
            }
            request.outputFormat = known
        }
        request.safetyChecker = safetyChecker
        request.syncMode = sync
        request.sending = try sending.sending()
        request.sending.shrink = shrink
        request.references = try await library.pictures(named: references)
        return request
    }
}

struct PlanCommand: AsyncParsableCommand, TakesModelInputs {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Everything an edit would do, and the exact request, without doing it.",
        discussion: """
            Example: atelier plan "put the mug on marble" --ref @mugs --ref cat.jpg --candidates
            """)

    @OptionGroup var recipe: RecipeOptions
    @Flag(help: "Compare the sizes the model supports by how much of the references fits.")
    var candidates = false
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await remote.withLibrary(libraryOptions) { library in
            let model = recipe.references.isEmpty ? EditModels.defaultForText : EditModels.defaultForEdits
            let request = try await recipe.request(library, model: model)
            if candidates {
                let candidates = try library.candidates(for: request)
                try outputs.output.line(CandidateText.heading)
                for candidate in candidates {
                    try outputs.output.item(candidate.json, CandidateText.line(candidate))
                }
                return
            }
            let plan = try await library.plan(request)
            try outputs.output.item(plan.json, PlanText.lines(plan))
        }
    }
}

struct EditCommand: AsyncParsableCommand, TakesModelInputs {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Run a model with references: upload once, submit once, keep what comes.",
        discussion: """
            Files given as references are imported first. Costs money on fal; --sandbox is free and offline. \
            Default model: fal-ai/hidream-o1-image/edit.

            Example: atelier edit "put the mug on marble" --ref @mugs --ref cat.jpg --seed 7
            """)

    @OptionGroup var options: RunOptions

    func run() async throws { try await options.run(model: EditModels.defaultForEdits) }
}

struct GenerateCommand: AsyncParsableCommand, TakesModelInputs {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Run a model on words; references are welcome and not needed.",
        discussion: """
            Costs money on fal; --sandbox is free and offline. Default model: fal-ai/hidream-o1-image.

            Example: atelier generate "a mug on marble, morning light" --size 1536x1024 --images 2
            """)

    @OptionGroup var options: RunOptions

    func run() async throws { try await options.run(model: EditModels.defaultForText) }
}

/// What `edit` and `generate` take and do: plan, say what is about to happen, run, show what came.
struct RunOptions: ParsableArguments {
    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var terms: TermsOptions
    @OptionGroup var arrivals: ArrivalOptions
    @Flag(name: [.customShort("n"), .long], help: "Say what would be done and change nothing: the same as plan.")
    var dryRun = false
    @Flag(help: "Run and pay also when the library has this picture already, by the same recipe and seed.")
    var again = false
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run(model: String) async throws {
        let run = EditRun(
            isDry: dryRun, again: again, arrivals: try arrivals.arrivals(), output: outputs.output,
            reportsInPipe: libraryOptions.progress)
        try await remote.withLibrary(libraryOptions) { library in
            var request = try await recipe.request(library, model: model)
            request.terms = try terms.terms()
            try await run.run(request, library)
        }
    }
}
