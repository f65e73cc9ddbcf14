import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// One run, from a request to what is shown of it: what `edit`, `generate`, `run` and `rerun` do.
struct EditRun {
    /// Show what would be done; change nothing.
    let isDry: Bool
    /// Pay also for what the library has already.
    let again: Bool
    /// Where the images go that come back.
    let filing: Run.Filing
    let output: Output
    /// Report progress also where it cannot be drawn.
    let reportsInPipe: Bool

    /// Plans and runs a request, or shows the run of earlier that answers it.
    func run(_ request: RunRequest, _ library: Library, _ remote: Remote?) async throws {
        var request = request
        request.filing = filing
        let plan = try await library.plan(request, for: remote)
        if isDry { return try PlanText.show(plan, again: again, output) }
        // What cannot take the images is told before they are paid for.
        if let set = filing.set { try await library.checkTakesMembers(set) }
        do {
            let finished = try await finished(plan, library, remote)
            try await filing.place(finished.run, library)
            try EditText.show(finished, library, output)
            await FingerprintProgress.follow(finished.run.outputs.map(\.asset), library, inPipe: reportsInPipe)
        } catch let error as LibraryError {
            try await tell(error, library)
            if error.isPartial {
                Console.note("atelier: \(RemedyText.sentence(error))")
                throw ExitCode(ExitStatus.partlyDone.rawValue)
            }
            throw error
        }
    }

    private func finished(_ plan: RunPlan, _ library: Library, _ remote: Remote?) async throws -> FinishedRun {
        switch again ? nil : plan.earlierRun {
        case .finished(let generation)?: return FinishedRun(earlier: generation)
        case .unfinished(let generation)?:
            let isUnderWay = try await library.runsUnderWay().contains(generation.id)
            guard generation.nextStep == .submit, !isUnderWay else {
                throw Self.alreadySent(generation, isUnderWay: isUnderWay)
            }
            // Recorded by a run that never came to submit it: the same request, so the same run.
            Console.note(
                "\(generation.id): planned \(Phrase.time(generation.plannedAt)) and never sent; sending it now")
            return try await library.withSession(remote) { session in
                try await RunProgressLine.during(inPipe: reportsInPipe) {
                    try await session.finish(generation.id, onProgress: $0)
                }
            }
        case nil:
            for warning in plan.warnings { Console.note("note: \(RemedyText.sentence(warning, again: again))") }
            return try await library.withSession(remote) { session in
                try await tellPrice(plan, session)
                return try await RunProgressLine.during(inPipe: reportsInPipe) {
                    try await session.run(plan, onProgress: $0)
                }
            }
        }
    }

    /// The same request is under way, so it is not paid for again: one whose pictures are missing counts as done.
    private static func alreadySent(_ run: Run, isUnderWay: Bool) -> LibraryError {
        if isUnderWay {
            return LibraryError(
                .conflict, code: "under_way",
                "another program is running the same recipe and seed now, as \(run.id): nothing was sent or paid here",
                run: run.id)
        }
        guard case .collect = run.nextStep else {
            return LibraryError(
                .outcomeUnknown, code: "already_sent",
                "the same recipe and seed may have been submitted as \(run.id), whose outcome is unknown",
                remedy: .runAgain, requestID: run.request?.id, run: run.id)
        }
        return LibraryError(
            .conflict, code: "already_sent",
            "the same recipe and seed were already submitted as \(run.id), which is open: nothing was sent or paid",
            remedy: .resume(run.id), requestID: run.request?.id, run: run.id)
    }

    /// Says before paying what an endpoint costs whose price is not on record, if fal tells.
    private func tellPrice(_ plan: RunPlan, _ session: FalSession) async throws {
        guard plan.price == nil else { return }
        await session.refreshPrices(of: [plan.request.model])
        Console.note("price: \(PriceText.estimate(try await session.plan(plan.request)))")
    }

    /// Says what became of a run that did not end well: its object for programs, the next step for people.
    private func tell(_ error: LibraryError, _ library: Library) async throws {
        guard let id = error.run,
            let generation = try await Task(operation: { try await library.run(id) }).value
        else { return }
        if output.isJSON {
            try output.item(generation.json(in: library).adding(["error": .object(error.json)]), "")
        }
        // What another program is sending has no outcome yet, and no one is asked to decide about it.
        let isBeingSent = try await Task { try await library.runsUnderWay() }.value.contains(id)
        switch generation.nextStep {
        case .submit: Console.note("\(id): not sent; `atelier resume \(id)` sends it")
        // The error's own remedy says what to do about a result that fal has lost, or that could not be downloaded.
        case .collect where [.discard(id), .resume(id), .fetchOrDiscard(id)].contains(error.remedy): break
        case .collect where generation.outputs.isEmpty && generation.files.isEmpty:
            let state = error.category == .cancelled ? "still running on fal" : "fal may still be running it"
            Console.note("\(id): \(state); `atelier resume \(id)` collects it")
        case .collect: Console.note("\(id): what was downloaded is kept; `atelier resume \(id)` fetches the rest")
        case .confirm where isBeingSent || error.remedy == .resubmitOrDiscard(id): break
        case .confirm:
            // What happened, and then what can be done about it.
            Console.note("atelier: \(RemedyText.sentence(error))")
            Console.note(
                "\(id): may have been submitted, so it is not sent again; `atelier resume \(id)` looks for it in fal's request "
                    + "history. If it is not there, close it with --discard, or pay again with --resubmit")
            throw ExitCode(ExitStatus(error.category).rawValue)
        case .nothing:
            if generation.state == .cancelled, error.category == .cancelled {
                Console.note("\(id): not sent; run the command again to start over")
            }
        }
    }
}

/// A seed as people type it.
enum SeedArgument {
    static func seed(_ text: String) throws(LibraryError) -> UInt64 {
        guard let number = UInt64(text) else {
            throw LibraryError(
                .invalidInput, code: "bad_seed", "invalid seed “\(text)”: use a whole number from 0 to \(UInt64.max)")
        }
        return number
    }
}
