import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct SweepCommand: AsyncParsableCommand, TakesModelInputs {
    static let configuration = CommandConfiguration(
        commandName: "sweep", abstract: "Run many seeds and prompts, several at a time, within a budget.",
        discussion: """
            Runs every prompt with every seed. In a prompt, {a|b} stands for each alternative.

            All runs are recorded before the first is sent. Finish an interrupted sweep with `atelier resume` or the same command again; results already in the library are not paid for twice.

            Examples:
              atelier sweep "a {red|blue} mug on {marble|oak}" --ref @mugs --seeds 1..20 -n
              atelier sweep --prompts ideas.txt --seeds 7 --budget 2.00 --into-set ideas
            """)

    @Argument(help: "The prompt; - reads it from standard input.")
    var prompt: String?

    @Option(
        help: ArgumentHelp("A file with one prompt per line; empty lines are skipped.", valueName: "file"))
    var prompts: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Seeds, such as 1..20 or 3,5,9 (default: --seed).", valueName: "seeds"))
    var seeds: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Runs at a time, 1 to 32.", valueName: "n"))
    var parallel = 4

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Maximum estimated cost in US dollars; the sweep stops before exceeding it.", valueName: "dollars"))
    var budget: Double?

    @OptionGroup var fields: RecipeFields
    @OptionGroup var terms: TermsOptions
    @OptionGroup var arrivals: ArrivalOptions

    @Flag(
        name: [.customShort("n"), .long],
        help: "Show how many runs there would be and their estimated cost; change nothing.")
    var dryRun = false

    @Flag(help: "Run and pay again even for results already in the library.")
    var again = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if prompt == nil, prompts == nil { throw ValidationError("no prompt: give one, or --prompts FILE") }
        if seeds != nil, fields.seed != nil { throw ValidationError("--seed and --seeds cannot be used together") }
        if !(1...32 ~= parallel) { throw ValidationError("--parallel must be from 1 to 32") }
        if let budget, !(budget >= 0 && budget.isFinite) { throw ValidationError("--budget must be 0 or more") }
    }

    func run() async throws {
        let filing = try arrivals.filing()
        try await remote.withLibrary(libraryOptions) { library, remote in
            let requests = try await requests(library)
            if !dryRun, budget != nil, remote != nil {
                // A budget should go by today's price.
                try await library.withSession(remote) { await $0.refreshPrices(of: Set(requests.map(\.model))) }
            }
            let sweep = try await library.planSweep(requests, again: again, for: remote)
            if dryRun { return try describe(sweep, isFree: remote.map { !$0.isFal } ?? false) }
            let (summary, failure) = try await filing.placing(library) { try await run(sweep, library, remote, $0) }
            if !outputs.json {
                Console.note(SweepText.line(summary))
                let query = arrivals.intoSet.map { "@\($0)" } ?? "kind:generated limit:\(summary.finishedCount)"
                if summary.finishedCount > 1 { Console.note("see them: atelier contactsheet '\(query)' sheet.png") }
            }
            if let status = summary.status(failure) { throw ExitCode(status.rawValue) }
        }
    }

    private func requests(_ library: Library) async throws -> [RunRequest] {
        var texts: [String] = []
        if let prompt { texts.append(try GivenText.prompt(prompt)) }
        if let prompts { texts += try GivenText.prompts(inFile: prompts) }
        var variants: [String] = []
        for text in texts { variants += try SweepVariants.prompts(expanding: text) }
        let numbers = try seeds.map { try SweepVariants.seeds(parsing: $0) }
        let model = fields.references.isEmpty ? EditModels.defaultForText : EditModels.defaultForEdits
        var request = try await fields.request(library, prompt: "", model: model)
        try terms.apply(to: &request.terms)
        request.filing = try arrivals.filing()
        let base = request
        return variants.flatMap { variant in
            (numbers?.map(Optional.some) ?? [base.seed]).map { seed in
                var request = base
                request.prompt = variant
                request.seed = seed
                return request
            }
        }
    }

    private func describe(_ sweep: SweepPlan, isFree: Bool) throws {
        let output = outputs.output
        for item in sweep.items {
            try output.item(item.json, SweepText.line(item))
        }
        let count = sweep.items.count { $0.isToBeSent }
        let affordable = sweep.affordableCount(within: budget)
        try output.summary(
            sweep.json(within: budget),
            "\(Phrase.count(sweep.items.count, "run")), \(count) to run, "
                + SweepText.price(sweep) + (isFree ? " on fal, free here" : "")
                + (affordable < count ? "; the budget allows \(affordable)" : ""))
    }

    private func run(
        _ sweep: SweepPlan, _ library: Library, _ remote: Remote?, _ arrived: @escaping @Sendable (Run) -> Void
    ) async throws -> (SweepSummary, failure: ExitStatus?) {
        let output = outputs.output
        let count = sweep.items.count
        let sending = sweep.affordableCount(within: budget)
        Console.note(
            "\(Phrase.count(count, "run")), \(sending) to run, about "
                + Phrase.dollars(
                    sweep.items.filter(\.isToBeSent).prefix(sending).reduce(0) { $0 + ($1.estimatedPrice ?? 0) })
                + (remote?.isFal == false ? " on fal, free here" : ""))
        var ended = 0
        var failures: Set<ExitStatus> = []
        var broken: (any Error)?
        do {
            let summary = try await ProgressLine.during(
                "running", .things("run"), inPipe: libraryOptions.progress
            ) { line in
                line.report(WorkProgress(done: 0, total: count))
                return try await library.withSession(remote) { session in
                    try await session.run(sweep, width: parallel, budget: budget) { id, progress in
                        RunProgressLine.tell(progress, id)
                        line.change { $0.current = RunProgressLine.current(progress, id) ?? $0.current }
                    } onOutcome: { outcome in
                        ended += 1
                        if case .finished(let edit) = outcome { arrived(edit.run) }
                        if case .failed(_, let error) = outcome { failures.insert(ExitStatus(error.category)) }
                        do { try SweepText.show(outcome, library, output) } catch { broken = broken ?? error }
                        let done = ended
                        line.change { $0.done = Double(done) }
                    }
                }
            }
            if let broken { throw broken }
            return (summary, failures.count == 1 ? failures.first : nil)
        } catch let error as LibraryError where error.category == .cancelled {
            Console.note(
                "\(ended) of \(count) done; run the same sweep again or `atelier resume` to finish the rest")
            throw error
        }
    }
}

extension SweepSummary {
    /// Nil when everything asked for is in the library; `failure` is what all failures have in common.
    fileprivate func status(_ failure: ExitStatus?) -> ExitStatus? {
        if overBudgetCount > 0 { return .overBudget }
        guard failedCount + openCount + unknownCount + waitingCount > 0 else { return nil }
        if finishedCount + earlierCount > 0 { return .partlyDone }
        return unknownCount > 0 ? .outcomeUnknown : failure ?? .failed
    }
}
