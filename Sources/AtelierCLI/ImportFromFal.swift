import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// `import --from-fal`: the account's finished requests as runs of the library.
struct ImportFromFal: ParsableArguments {
    @Flag(
        help:
            "Import finished requests of your fal account from its request history, with images and recipes; needs no paths."
    )
    var fromFal = false

    @Option(
        help: ArgumentHelp(
            "With --from-fal: this endpoint; repeatable (default: those of the library's runs, and the described models).",
            valueName: "id"))
    var endpoint: [String] = []

    @Option(
        help: ArgumentHelp(
            "With --from-fal: how far back, such as 12h, 30d, 8w or 2026-11-01 (default: 30d).", valueName: "time"))
    var since: String?

    private static let usualDays: Int64 = 30

    /// Why these words cannot go together with the others of `import`; nil when they can.
    func problem(hasPaths: Bool, hasFileOptions: Bool) -> String? {
        guard fromFal else {
            if !endpoint.isEmpty || since != nil { return "--endpoint and --since belong to --from-fal" }
            return hasPaths ? nil : "name files or folders, - for a list on standard input, or use --from-fal"
        }
        if hasPaths { return "--from-fal takes no paths" }
        return hasFileOptions ? "--set, --tag, --move and --null belong to files, not to --from-fal" : nil
    }

    func run(isDryRun: Bool, _ libraryOptions: LibraryOptions, _ output: Output) async throws {
        let now = Library.Environment.live.now()
        let start = try since.map { try Self.time($0, now) } ?? now.adding(seconds: -Self.usualDays * 86_400)
        let summary = try await RemoteOptions.withLibraryAndEnvironment(libraryOptions) { library, remote in
            try await library.withSession(remote) { session in
                try await ProgressLine.during("importing", .things("request"), inPipe: libraryOptions.progress) {
                    line in
                    var broken: (any Error)?
                    let summary = try await session.importHistory(
                        of: endpoint.isEmpty ? nil : endpoint, since: start, isDryRun: isDryRun
                    ) { outcome in
                        line.change { $0.done += 1 }
                        do { try show(outcome, isDryRun, output) } catch { broken = broken ?? error }
                    }
                    if let broken { throw broken }
                    return summary
                }
            }
        }
        for refused in summary.refusedEndpoints { Console.note("\(refused.endpoint): \(refused.error.message)") }
        if !output.isJSON {
            Console.note(Self.sentence(summary, isDryRun))
            if endpoint.isEmpty {
                Console.note(
                    "only endpoints that you have run or that Atelier knows were asked; name others with --endpoint ID")
            }
        }
        guard summary.failedCount > 0 || !summary.refusedEndpoints.isEmpty else { return }
        let isPartial = summary.newCount + summary.knownCount > 0 || summary.failedCount > 0
        throw ExitCode((isPartial ? ExitStatus.partlyDone : .refused).rawValue)
    }

    /// A time in the past: a number of hours, days or weeks before now, or the beginning of a day in UTC.
    static func time(_ text: String, _ now: Timestamp) throws -> Timestamp {
        let units: [Character: Int64] = ["h": 3600, "d": 86_400, "w": 7 * 86_400]
        if let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), 1...100_000 ~= count {
            return now.adding(seconds: -count * unit)
        }
        if let day = Timestamp(parsing: "\(text)T00:00:00.000Z") { return day }
        throw LibraryError(
            .invalidInput, code: "bad_time", "invalid time “\(text)”: use 12h, 30d, 8w or a day such as 2026-11-01")
    }

    private func show(_ outcome: HistoryOutcome, _ isDryRun: Bool, _ output: Output) throws {
        switch outcome {
        case .new(let request, let run, let expired):
            let name = run.map { $0.id.text } ?? request.id
            let note = expired > 0 ? "  (\(Phrase.count(expired, "file")) expired)" : ""
            try output.item(
                outcome.json,
                "\(name)  new      \(Phrase.time(request.at))  \(Phrase.oneLine(request.prompt))\(note)")
        case .known(let request, let run):
            try output.item(
                outcome.json, "\(run)  already  \(Phrase.time(request.at))  \(Phrase.oneLine(request.prompt))")
        case .awaited(let request, let run):
            try output.item(outcome.json, "")
            output.remark("\(request.id): may be \(run), whose outcome is unknown; `atelier resume \(run)` adopts it")
        case .notKept(let request):
            try output.item(outcome.json, "")
            output.remark("\(request.id): fal has not kept what was asked or answered")
        case .failed(let request, let error):
            try output.item(outcome.json, "")
            output.remark("\(request.id): \(RemedyText.sentence(error))")
        }
    }

    private static func sentence(_ summary: HistorySummary, _ isDryRun: Bool) -> String {
        var parts = [
            "\(Phrase.count(summary.foundCount, "finished request")) found",
            isDryRun ? "\(summary.newCount) would be imported" : "\(summary.newCount) new",
            "\(summary.knownCount) already in library",
        ]
        if summary.expiredCount > 0 {
            parts.append(
                "\(summary.expiredCount) with expired files (\(Phrase.count(summary.expiredFileCount, "file")))")
        }
        if summary.awaitedCount > 0 { parts.append("\(summary.awaitedCount) for `atelier resume`") }
        if summary.notKeptCount > 0 { parts.append("\(summary.notKeptCount) not kept by fal") }
        if summary.failedCount > 0 { parts.append("\(summary.failedCount) failed") }
        return parts.joined(separator: ", ")
    }
}
