import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation

struct RunCommand: AsyncParsableCommand, TakesModelFields {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run any endpoint with its input as JSON.",
        discussion: """
            In fields that hold image URLs (url, image, mask, and names ending in _url, _urls, _image, _images or _mask), a value can also be a file path, an id, @last, or, in an array, @set: the image is imported and uploaded, once. Values that begin with https: or data: stay as they are.

            Images that come back are indexed; other files are kept as they are.

            Examples:
              atelier run fal-ai/flux/dev --set prompt="a mug on marble" --seed 7
              echo '{"image_url": "cat.jpg"}' | atelier run fal-ai/bria/eraser --input - -n
            """)

    @Argument(help: "The endpoint id, such as fal-ai/flux/dev.")
    var endpoint: String

    @Option(help: ArgumentHelp("The input as a JSON object; - reads it from standard input.", valueName: "file"))
    var input: String?

    @OptionGroup var changes: InputOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var terms: TermsOptions
    @OptionGroup var arrivals: ArrivalOptions

    @Flag(name: [.customShort("n"), .long], help: "Show the exact request; change nothing.")
    var dryRun = false
    @Flag(help: "Run and pay again even if the library has this result, from the same input and seed.")
    var again = false
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if input == nil, changes.settings.isEmpty {
            throw ValidationError("no input: use --input FILE or --set NAME=VALUE")
        }
    }

    func run() async throws {
        let input = try changes.changed(try read())
        let run = EditRun(
            isDry: dryRun, again: again, filing: try arrivals.filing(), output: outputs.output,
            reportsInPipe: libraryOptions.progress)
        try await remote.withLibrary(libraryOptions) { library, remote in
            var request = try await library.request(endpoint, input: input)
            request.sending = try sending.sending()
            try terms.apply(to: &request.terms)
            try await run.run(request, library, remote)
        }
    }

    private func read() throws -> JSONValue {
        guard let input else { return .object([:]) }
        return try RunInput.parsing(try GivenText.text(ofFile: input), input == "-" ? "standard input" : input)
    }
}

/// Changes to single fields of a model's input.
struct InputOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Set an input field, such as num_images=2; repeatable.", valueName: "name=value"))
    var settings: [String] = []

    @Option(parsing: .unconditional, help: ArgumentHelp("The seed, a whole number from 0 to 2^64 - 1.", valueName: "n"))
    var seed: String?

    /// The settings as pairs; a text without a sign of equality is an error.
    func pairs() throws(LibraryError) -> [(name: String, value: String)] {
        var pairs: [(String, String)] = []
        for setting in settings {
            guard let sign = setting.firstIndex(of: "="), sign != setting.startIndex else {
                throw LibraryError(
                    .invalidInput, code: "bad_setting",
                    "invalid setting “\(setting)”: use NAME=VALUE, such as seed=7")
            }
            pairs.append((String(setting[..<sign]), String(setting[setting.index(after: sign)...])))
        }
        return pairs
    }

    /// An input with the changes made, the seed last.
    func changed(_ input: JSONValue) throws -> JSONValue {
        var input = input
        for (name, value) in try pairs() { input = RunInput.setting(name, to: value, in: input) }
        if let seed { input = RunInput.setting("seed", to: String(try SeedArgument.seed(seed)), in: input) }
        return input
    }
}
