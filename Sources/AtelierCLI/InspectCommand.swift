import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct InspectCommand: AsyncParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Show what files are, read from their bytes. Needs no library.",
        discussion: """
            Width and height are as stored. A photo with an EXIF orientation also shows its displayed size; models on fal see it as stored. A recipe that another generator left in the file is shown.

            Examples:
              atelier inspect *.jpg --json
              atelier inspect --explain from-elsewhere.png
            """)

    @Argument(help: "Files and folders; - reads paths from standard input, one per line.")
    var paths: [String]

    @Flag(help: "Show which rule read the recipe, where in the file it is, and what was left out.")
    var explain = false

    @Flag(help: "Look for a recipe hidden in the alpha of PNG files too; slower, because they are decoded.")
    var pixels = false

    @Flag(help: "Read every byte, so that a picture that is cut behind its header is told.")
    var whole = false

    @OptionGroup var list: ListOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        var (read, failed) = (0, 0)
        let answer = InspectionAnswer(isJSON: outputs.output.isJSON, explains: explain)
        let files = try SelectionOptions.expand(paths, areNullTerminated: list.null)
        try await FileInspection.inspect(files, readingPixels: pixels, whole: whole, into: answer) { answer in
            (read, failed) = (read + answer.read, failed + answer.failed)
            for part in answer.parts {
                switch part {
                case .result(let bytes): try Output.write(bytes)
                case .note(let text): Console.note(text)
                }
            }
        }
        if failed > 0 { throw ExitCode((read > 0 ? ExitStatus.partlyDone : .failed).rawValue) }
    }
}

struct SizeCommand: ParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "size", abstract: "Predict the output size for a requested size.",
        discussion: """
            The size is the one you would request. With --keep-aspect it is the size of the reference, of which there must be only one.

            Examples:
              atelier size 1920x1080
              atelier size 4032x3024 --keep-aspect
              atelier size 1000x700 --endpoint fal-ai/hidream-o1-image
            """)

    @Argument(help: "WIDTHxHEIGHT, or a named size such as landscape_4_3; - reads sizes from standard input.")
    var sizes: [String]

    @Flag(help: "Keep the reference's aspect ratio (fal: keep_original_aspect).")
    var keepAspect = false

    @Option(help: ArgumentHelp("The model's endpoint id.", valueName: "id"))
    var endpoint = EditModels.defaultForEdits

    @OptionGroup var outputs: OutputOptions

    func run() throws {
        let output = outputs.output
        let model = try EditModels.model(endpoint)
        var (answered, failed) = (0, 0)
        for text in try SelectionOptions.expand(sizes) {
            do {
                let (width, height) = try SizeArgument.sides(text)
                let (rule, size) = try model.output(width: width, height: height, keepAspect: keepAspect)
                try output.item(
                    [
                        "input": JSONValue(text), "rule": JSONValue(rule.rawValue), "width": JSONValue(size.width),
                        "height": JSONValue(size.height),
                    ], "\(text) → \(size)  (\(rule.rawValue))")
                answered += 1
            } catch let error as LibraryError where error.category == .invalidInput {
                failed += 1
                if output.isJSON {
                    try output.item(
                        ["input": JSONValue(text), "error": .object(.error(error.code, error.message))], "")
                } else {
                    Console.note("atelier: \(Sentence.about(text, error.message))")
                }
            }
        }
        if failed > 0 { throw ExitCode((answered > 0 ? ExitStatus.partlyDone : .usage).rawValue) }
    }
}

/// A size as people type it.
enum SizeArgument {
    /// `1920x1080`, `1920×1080` or a named size, as two numbers that may be zero: judging them is the model's.
    static func sides(_ text: String) throws(LibraryError) -> (width: Int, height: Int) {
        if let preset = SizePreset(rawValue: text) { return preset.sides }
        let parts = text.lowercased().replacing("×", with: "x").split(separator: "x", omittingEmptySubsequences: false)
        if parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]), width >= 0, height >= 0,
            max(width, height) <= PixelSize.maximumSide
        {
            return (width, height)
        }
        let names = SizePreset.allCases.map(\.rawValue).joined(separator: ", ")
        throw LibraryError(
            .invalidInput, code: "bad_size", "invalid size “\(text)”: use WIDTHxHEIGHT in pixels, or one of \(names)")
    }

    /// The same as a request; `1024x` and `x1024` leave a side out.
    static func request(_ text: String) throws(LibraryError) -> SizeRequest {
        if let preset = SizePreset(rawValue: text) { return .preset(preset) }
        if text.hasSuffix("x"), let width = Int(text.dropLast()) { return .exactly(width: width, height: nil) }
        if text.hasPrefix("x"), let height = Int(text.dropFirst()) { return .exactly(width: nil, height: height) }
        let sides = try sides(text)
        return .exactly(width: sides.width, height: sides.height)
    }
}

/// A thing and a reason as one sentence.
enum Sentence {
    /// `path: reason`, without saying the path twice.
    static func about(_ thing: String, _ reason: String) -> String {
        reason.hasPrefix(thing) || reason.contains("“\(thing)”") ? reason : "\(thing): \(reason)"
    }
}
