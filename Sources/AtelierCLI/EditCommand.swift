import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// All inputs of a model, as `plan`, `edit` and `generate` take them.
struct RecipeOptions: ParsableArguments {
    @Argument(help: "The prompt; - reads it from standard input.")
    var prompt: String

    @OptionGroup var fields: RecipeFields

    /// The references named with `--ref`.
    var references: [String] { fields.references }

    /// The request; references are measured where they are, nothing is changed.
    func request(_ library: Library, model: String) async throws -> RunRequest {
        try await fields.request(library, prompt: try GivenText.prompt(prompt), model: model)
    }
}

/// All inputs of a model but the prompt.
struct RecipeFields: ParsableArguments {
    @Option(
        name: [.customLong("ref")], parsing: .singleValue,
        help: ArgumentHelp(
            "A reference: a file, an id, @set or @last; repeatable, in this order (fal: image).", valueName: "reference"
        ))
    var references: [String] = []

    @Option(
        help: ArgumentHelp("WIDTHxHEIGHT, or a named size such as landscape_16_9 (fal: image_size).", valueName: "size")
    )
    var size: String?

    @Flag(help: "Keep the reference's aspect ratio (fal: keep_original_aspect).")
    var keepAspect = false

    // Unconditional: a negative number is a wrong value, not a missing one.
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "A whole number from 0 to 2^64 - 1 (default: the model picks one).", valueName: "n")
    )
    var seed: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Number of images, 1 to 4 (fal: num_images).", valueName: "n"))
    var images: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Inference steps, 1 to 50, dev models 1 to 28 (fal: num_inference_steps).", valueName: "n"))
    var steps: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Guidance scale, 0 to 20 (fal: guidance_scale).", valueName: "x"))
    var guidance: Double?

    @Option(help: ArgumentHelp("Output format: png, jpeg or webp (fal: output_format).", valueName: "format"))
    var format: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Turn fal's safety checker on or off (default: the model's own; fal: enable_safety_checker).")
    var safetyChecker: Bool?

    @Flag(help: "Return images in the response instead of as URLs (fal: sync_mode).")
    var sync = false

    @Option(
        help: ArgumentHelp(
            "The model's endpoint id (default: \(EditModels.defaultForEdits) with references, \(EditModels.defaultForText) without; /dev/edit and /dev at the end instead are faster and cheaper).",
            valueName: "id"))
    var endpoint: String?

    @Flag(
        help: "Downscale references to the pixels the model will use before uploading. Works with images of any size.")
    var shrink = false

    @OptionGroup var sending: SendingOptions

    /// The request; references are measured where they are, nothing is changed.
    func request(_ library: Library, prompt: String, model: String) async throws -> RunRequest {
        var request = RunRequest(model: try EditModels.model(endpoint ?? model).id, prompt: prompt)
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
                    .invalidInput, code: "bad_format", "invalid output format “\(format)”: use png, jpeg or webp")
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
        commandName: "plan", abstract: "Show everything an edit would do, and the exact request, without doing it.",
        discussion: """
            Shows the output size and why, what would be uploaded and what is done to it first, the estimated price, and the exact request. Nothing is uploaded or changed.

            Examples:
              atelier plan "put the mug on marble" --ref @mugs --ref cat.jpg
              atelier plan "put the mug on marble" --ref cat.jpg --candidates
            """)

    @OptionGroup var recipe: RecipeOptions
    @Flag(help: "Compare the model's sizes by how much of the references fits.")
    var candidates = false
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await remote.withLibrary(libraryOptions) { library, remote in
            let model = recipe.references.isEmpty ? EditModels.defaultForText : EditModels.defaultForEdits
            let request = try await recipe.request(library, model: model)
            if candidates {
                let candidates = try await library.candidates(for: request, on: remote)
                try outputs.output.line(CandidateText.heading)
                for candidate in candidates {
                    try outputs.output.item(candidate.json, CandidateText.line(candidate))
                }
                return
            }
            let plan = try await library.plan(request, for: remote)
            try PlanText.show(plan, outputs.output)
        }
    }
}

struct EditCommand: AsyncParsableCommand, TakesModelInputs {
    static let configuration = CommandConfiguration(
        commandName: "edit", abstract: "Run a model on references: upload once, submit once, keep the results.",
        discussion: """
            References given as files are imported first. Costs money on fal; --sandbox is free and offline. The default model is fal-ai/hidream-o1-image/edit.

            Examples:
              atelier edit "put the mug on marble" --ref @mugs --ref cat.jpg --seed 7
              atelier edit "on oak" --ref cat.jpg --into-set oak --tag draft --sandbox
            """)

    @OptionGroup var options: RunOptions

    func run() async throws { try await options.run(model: EditModels.defaultForEdits) }
}

struct GenerateCommand: AsyncParsableCommand, TakesModelInputs {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Run a model on a prompt.",
        discussion: """
            References are optional. Costs money on fal; --sandbox is free and offline. The default model is fal-ai/hidream-o1-image.

            Example:
              atelier generate "a mug on marble, morning light" --size 1536x1024 --images 2
            """)

    @OptionGroup var options: RunOptions

    func run() async throws { try await options.run(model: EditModels.defaultForText) }
}

/// What `edit` and `generate` take and do: plan, say what is about to happen, run, show what came.
struct RunOptions: ParsableArguments {
    @OptionGroup var recipe: RecipeOptions
    @OptionGroup var terms: TermsOptions
    @OptionGroup var arrivals: ArrivalOptions
    @Flag(name: [.customShort("n"), .long], help: "Show what would be done, as plan does; change nothing.")
    var dryRun = false
    @Flag(help: "Run and pay again even if the library has this result, from the same recipe and seed.")
    var again = false
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run(model: String) async throws {
        let run = EditRun(
            isDry: dryRun, again: again, filing: try arrivals.filing(), output: outputs.output,
            reportsInPipe: libraryOptions.progress)
        try await remote.withLibrary(libraryOptions) { library, remote in
            var request = try await recipe.request(library, model: model)
            try terms.apply(to: &request.terms)
            try await run.run(request, library, remote)
        }
    }
}
