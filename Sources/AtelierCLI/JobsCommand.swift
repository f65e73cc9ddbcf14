import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct JobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "List runs that are unfinished or unknown.",
        discussion: """
            Examples:
              atelier jobs
              atelier jobs --all --limit 5
            """)

    @Flag(help: "List the newest runs in any state.")
    var all = false

    @Option(help: ArgumentHelp("Maximum results with --all.", valueName: "n"))
    var limit = 20

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
        try await libraryOptions.withLibrary { library in
            let jobs = all ? try await library.runs(limit: limit) : try await library.unfinishedRuns()
            let underWay = jobs.contains { $0.nextStep == .confirm } ? try await library.runsUnderWay() : []
            for job in jobs {
                let came = try await Self.came(job, library)
                let isSent = job.nextStep == .confirm && underWay.contains(job.id)
                var json = job.json(in: library)
                if isSent { json = json.adding(["state": JSONValue("sending"), "unknown_reason": .null]) }
                try outputs.output.item(json, Self.line(job, isSent, came))
            }
            if jobs.isEmpty { outputs.output.remark(all ? "no runs yet" : "nothing unfinished") }
        }
    }

    /// What is here of a run that fal has finished and whose images could not all be fetched.
    private static func came(_ job: Run, _ library: Library) async throws -> String {
        guard case .collect = job.nextStep else { return "" }
        if !job.outputs.isEmpty { return "  (\(Phrase.count(job.outputs.count, "image")) downloaded, others missing)" }
        let isAnswered = try await library.response(of: job.id) != nil
        return isAnswered ? "  (finished by fal, images missing; `atelier resume` tries again)" : ""
    }

    private static func line(_ job: Run, _ isSent: Bool, _ came: String) -> String {
        let state = Phrase.padded(isSent ? "sending" : job.stateName, 9)
        let drift =
            job.drift.isEmpty || job.reason != nil
            ? "" : "  (\(Phrase.oneLine(job.differences.joined(separator: "; "), 100)))"
        let reason =
            job.reason.map { "  (\(Phrase.oneLine($0, 80)))" }
            ?? (isSent
                ? "  (another program is sending it; fal has not answered yet)"
                : job.nextStep == .confirm ? "  (\(hint(job.unaskedReason)))" : "")
        return
            "\(job.id)  \(state)  \(Phrase.time(job.plannedAt))  \(Phrase.oneLine(job.prompt))\(reason)\(came)\(drift)"
    }
}

extension JobsCommand {
    /// What to do about a run whose outcome is unknown.
    private static func hint(_ reason: UnknownReason) -> String {
        reason == .notStored
            ? "sent with --no-store-io, so fal's request history does not list it"
            : "`atelier resume` looks it up in fal's request history"
    }
}

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Finish unfinished runs without paying twice.",
        discussion: """
            What fal has finished is collected, and what was never sent is sent, eight at a time. A run that may have been submitted is looked up in fal's request history, and collected when exactly one request there is the same. Otherwise it is left alone: check fal's dashboard, then close it with --discard, or pay again with --resubmit.

            Examples:
              atelier resume
              atelier resume g7k2 --discard
            """)

    @Argument(help: "A run (default: all that are unfinished).")
    var id: String?

    @Flag(help: "Close this run without asking fal: for one that stays unknown, once you have checked.")
    var discard = false

    @Flag(help: "Submit this run again although its outcome is unknown: you may pay twice.")
    var resubmit = false

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if discard, id == nil { throw ValidationError("--discard needs the id of a run") }
        if resubmit, id == nil { throw ValidationError("--resubmit needs the id of a run") }
        if discard, resubmit { throw ValidationError("--discard and --resubmit cannot be used together") }
    }

    func run() async throws {
        let output = outputs.output
        try await remote.withLibrary(libraryOptions) { library, remote in
            var only: Run.ID?
            if let id {
                guard case .run(let found) = try await library.designation(id) else {
                    throw LibraryError(.invalidInput, code: "not_a_generation", "\(id): an image, not a run")
                }
                only = found
                if resubmit, !dryRun {
                    let edit = try await library.withSession(remote) { session in
                        try await RunProgressLine.during(inPipe: libraryOptions.progress) {
                            try await session.resubmit(found, onProgress: $0)
                        }
                    }
                    return try EditText.show(edit, library, output)
                }
                if discard, !dryRun {
                    try await library.discard(found)
                    return try output.item(
                        ["id": JSONValue(found), "discarded": JSONValue(true)], "\(found): discarded")
                }
            }
            if dryRun {
                for generation in try await library.unfinishedRuns() where only == nil || generation.id == only {
                    try output.item(
                        generation.json(in: library), "\(generation.id)  \(Self.step(generation, discard, resubmit))")
                }
                return
            }
            var (finished, left) = (0, 0)
            var worst: ExitStatus?
            var broken: (any Error)?
            do {
                let count = try await library.unfinishedRuns().count { only == nil || $0.id == only }
                try await ProgressLine.during("resuming", .things("run"), inPipe: libraryOptions.progress) { line in
                    line.report(WorkProgress(done: 0, total: count))
                    try await library.resumeUnfinished(
                        with: remote, only: only,
                        onProgress: { id, progress in
                            RunProgressLine.tell(progress, id)
                            line.change { $0.current = RunProgressLine.current(progress, id) ?? $0.current }
                        }
                    ) { outcome in
                        line.change { $0.done += 1 }
                        do {
                            switch outcome {
                            case .finished(let edit):
                                finished += 1
                                try EditText.show(edit, library, output)
                            case .unknown(let run, let reason):
                                (left, worst) = (left + 1, .outcomeUnknown)
                                try show(
                                    outcome, run,
                                    "may have been submitted on \(Phrase.time(run.changedAt)), and fal never answered; "
                                        + Self.advice(run, reason),
                                    library, output)
                            case .elsewhere(let run):
                                left += 1
                                try show(
                                    outcome, run,
                                    "belongs to \(run.host), which is not the account or server in use", library, output
                                )
                            case .failed(let run, let error):
                                (left, worst) = (left + 1, worst ?? ExitStatus(error.category))
                                try show(outcome, run, RemedyText.sentence(error), library, output)
                            case .notBegun(let run):
                                left += 1
                                try show(
                                    outcome, run, "not started: it would fail as an earlier one did", library, output)
                            }
                        } catch {
                            broken = broken ?? error
                        }
                    }
                }
            } catch let error as LibraryError {
                if error.category == .cancelled { Console.note("`atelier resume` continues with the rest") }
                throw error
            }
            if let broken { throw broken }
            if finished + left == 0 { output.remark("nothing to resume") }
            if left > 0 { throw ExitCode((finished > 0 ? ExitStatus.partlyDone : worst ?? .failed).rawValue) }
        }
    }

    /// What is known, and what a person can do now.
    private static func advice(_ run: Run, _ reason: UnknownReason) -> String {
        let again =
            switch reason {
            case .notListed, .notReachable: "try again in a minute, or "
            default: ""
            }
        return reason.sentence + "; " + again
            + "look at fal's dashboard, then `atelier resume \(run.id) --discard`, or --resubmit, which pays again"
    }

    private static func step(_ generation: Run, _ discard: Bool, _ resubmit: Bool) -> String {
        if discard { return "would be discarded" }
        return switch generation.nextStep {
        case .submit: "would be submitted to \(generation.host), which costs money on fal"
        case .collect: "would be collected from \(generation.host)"
        case .confirm where resubmit: "would be submitted to \(generation.host) again; you may pay twice"
        case .confirm where generation.terms.isStored: "would be looked up in fal's request history"
        case .confirm: "would be left alone: it may have been submitted"
        case .nothing: "has ended"
        }
    }

    private func show(
        _ outcome: ResumeOutcome, _ run: Run, _ reason: String, _ library: Library, _ output: Output
    ) throws {
        try output.item(outcome.json(in: library), "")
        output.remark("\(run.id): \(reason)")
    }
}
