import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation

struct RunCommand: AsyncParsableCommand, TakesModelFields {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run any endpoint with its input as JSON.",
        discussion: """
            In fields that hold addresses of pictures (url, image, mask, and names that end in _url, _urls, _image, \
            _images or _mask) a text can be a file, counted from the current folder, an id, @last, or, in an array, @set: \
            it is imported and uploaded, once. https: and data: addresses stay as they are, other fields are not touched. \
            Pictures that come are indexed, other files are kept as they come. What it costs is not known here.

            Examples:
              atelier run fal-ai/flux/dev --set prompt="a mug on marble" --seed 7
              atelier run fal-ai/bria/eraser --input erase.json -n     (erase.json: {"image_url": "cat.jpg", "mask_url": "m.png"})
            """)

    @Argument(help: "The endpoint's id, such as fal-ai/flux/dev.")
    var endpoint: String

    @Option(help: ArgumentHelp("The input as a JSON object; - reads it from standard input.", valueName: "file"))
    var input: String?

    @OptionGroup var changes: InputOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var terms: TermsOptions
    @OptionGroup var arrivals: ArrivalOptions

    @Flag(name: [.customShort("n"), .long], help: "Print the exact request and change nothing.")
    var dryRun = false
    @Flag(help: "Run and pay also when the library has this already, by the same input and seed.")
    var again = false
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if input == nil, changes.settings.isEmpty {
            throw ValidationError("give the input with --input, or fields of it with --set")
        }
    }

    func run() async throws {
        let input = try changes.changed(try read())
        let run = EditRun(
            isDry: dryRun, again: again, arrivals: try arrivals.arrivals(), output: outputs.output,
            reportsInPipe: libraryOptions.progress)
        try await remote.withLibrary(libraryOptions) { library in
            var request = try await library.runRequest(endpoint, input: input)
            request.sending = try sending.sending()
            request.terms = try terms.terms()
            try await run.run(request, library)
        }
    }

    private func read() throws -> JSONValue {
        guard let input else { return .object([:]) }
        if input == "-" { return try RunInput.parsing(try Console.inputText(), "standard input") }
        guard let data = FileManager.default.contents(atPath: LibraryOptions.absolute(input)) else {
            throw LibraryError(.notFound, code: "no_such_file", "\(input): no such file, or it cannot be read")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw LibraryError(.invalidInput, code: "not_utf8", "\(input): no UTF-8 text")
        }
        return try RunInput.parsing(text, input)
    }
}

/// Changes to single fields of a model's input.
struct InputOptions: ParsableArguments {
    @Option(
        name: .customLong("set"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp("Change a parameter, such as seed=7; several times.", valueName: "name=value"))
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
                    "“\(setting)” sets nothing: write NAME=VALUE, such as seed=7")
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
