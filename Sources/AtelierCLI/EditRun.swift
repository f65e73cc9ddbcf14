import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// A plan of either kind, as a run shows and runs it.
protocol RunnablePlan: Sendable {
    var json: JSONObject { get }
    var lines: String { get }
    var warnings: [String] { get }
    func earlierRun(in library: Library) async throws(LibraryError) -> EarlierRun?
    func run(
        in library: Library, onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws(LibraryError) -> FinishedEdit
}

extension EditPlan: RunnablePlan {
    var lines: String { PlanText.lines(self) }

    func earlierRun(in library: Library) async throws(LibraryError) -> EarlierRun? {
        try await library.earlierRun(of: request)
    }

    func run(
        in library: Library, onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws(LibraryError) -> FinishedEdit {
        try await library.run(self, onProgress: onProgress)
    }
}

extension RunPlan: RunnablePlan {
    var lines: String { PlanText.lines(self) }

    func earlierRun(in library: Library) async throws(LibraryError) -> EarlierRun? {
        try await library.earlierRun(of: request)
    }

    func run(
        in library: Library, onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws(LibraryError) -> FinishedEdit {
        try await library.run(self, onProgress: onProgress)
    }
}

/// One run, from a request to what is shown of it: what `edit`, `generate`, `run` and `rerun` do.
struct EditRun {
    /// Show what would be done; change nothing.
    let isDry: Bool
    /// Pay also for what the library has already.
    let again: Bool
    /// Where the images go that come back.
    let arrivals: Arrivals
    let output: Output
    /// Report progress also where it cannot be drawn.
    let reportsInPipe: Bool

    /// Plans and runs a request, or shows the run of earlier that fulfils it.
    func run(_ request: EditRequest, _ library: Library) async throws {
        try await run(try await library.plan(request), library)
    }

    /// The same for any endpoint; one with typed inputs is planned as `edit` plans it, where the input allows that.
    func run(_ request: RunRequest, _ library: Library) async throws {
        if let edit = library.editRequest(request) { return try await run(edit, library) }
        try await run(try await library.plan(request), library)
    }

    private func run(_ plan: some RunnablePlan, _ library: Library) async throws {
        if isDry { return try output.item(plan.json, plan.lines) }
        do {
            let finished = try await finished(plan, library)
            try await arrivals.place(finished.generation, library)
            try EditText.show(finished, library, output)
        } catch let error as LibraryError {
            try await tell(error, library)
            if try await hasPart(error, library) {
                Console.note("atelier: \(error.message)")
                throw ExitCode(ExitStatus.partlyDone.rawValue)
            }
            throw error
        }
    }

    private func finished(_ plan: some RunnablePlan, _ library: Library) async throws -> FinishedEdit {
        let earlier = again ? nil : try await plan.earlierRun(in: library)
        switch earlier {
        case .finished(let generation)?: return FinishedEdit(earlier: generation)
        case .unfinished(let generation)?:
            guard generation.nextStep == .submit else {
                throw LibraryError(
                    .outcomeUnknown, code: "already_sent",
                    "the same recipe and seed were already submitted as \(generation.id), which is unfinished; --again submits and pays for another",
                    requestID: generation.request?.id, generation: generation.id)
            }
            // Recorded by a command that never got to send it: the same recipe, so the same run.
            Console.note(
                "\(generation.id): planned \(Phrase.time(generation.plannedAt)) and never sent; sending it now")
            return try await RunProgress.during(inPipe: reportsInPipe) {
                try await library.finish(generation.id, onProgress: $0)
            }
        case nil:
            for warning in plan.warnings { Console.note("note: \(warning)") }
            if plan is RunPlan { Console.note("no price on record for this endpoint") }
            return try await RunProgress.during(inPipe: reportsInPipe) {
                try await plan.run(in: library, onProgress: $0)
            }
        }
    }

    /// Whether an error leaves a run open of which some pictures came.
    private func hasPart(_ error: LibraryError, _ library: Library) async throws -> Bool {
        guard error.code == "outputs_missing", let id = error.generation else { return false }
        let generation = try await library.generation(id)
        return generation?.outputs.isEmpty == false || generation?.files.isEmpty == false
    }

    /// Says what became of a run that did not end well: its object for programs, the next step for people.
    private func tell(_ error: LibraryError, _ library: Library) async throws {
        guard let id = error.generation,
            let generation = try await Library.uncancelled({ try await library.generation(id) })
        else { return }
        if output.isJSON {
            try output.item(generation.json(in: library).adding(["error": .object(error.json)]), "")
        }
        switch generation.nextStep {
        case .submit: Console.note("\(id): not sent; `atelier resume \(id)` sends it")
        case .collect where generation.outputs.isEmpty && generation.files.isEmpty:
            Console.note("\(id): still running on fal; `atelier resume \(id)` collects it")
        case .collect: Console.note("\(id): what was downloaded is kept; `atelier resume \(id)` fetches the rest")
        case .confirm:
            Console.note(
                "\(id): may have been submitted, so it is not sent again; check fal's dashboard, then close it with "
                    + "`atelier resume \(id) --discard`, or pay again with `atelier resume \(id) --resubmit`")
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
