import ArgumentParser
import AssetLibrary

/// What a verb takes that can answer from the past.
struct PastOptions: ParsableArguments {
    @Option(
        name: .customLong("as-of"),
        help: ArgumentHelp(
            "Answer as the library was then: 2026-05-01 (its end), 2026-05-01T12:00, yesterday, 7d. Reads the journal up to that time, which takes as long as a rebuild.",
            valueName: "date"))
    var asOf: String?

    /// Opens the library as it is, or as it was.
    func withLibrary<R: Sendable>(
        _ options: LibraryOptions, _ body: (Library) async throws -> R
    ) async throws -> R {
        guard let asOf else { return try await options.withLibrary(body) }
        let moment = try Library.moment(asOf: asOf)
        return try await ProgressLine.whileOpening("reading the journal", inPipe: options.progress) { onFold, opened in
            try await Library.withLibrary(
                at: options.path, asOf: moment, logger: Console.logger, onFold: onFold
            ) { library in
                opened()
                return try await body(library)
            }
        }
    }
}
