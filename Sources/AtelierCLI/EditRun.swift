import ArgumentParser
import AssetLibrary
import AssetModel

/// One run, from a request to what is shown of it: what `edit`, `generate` and `rerun` do.
struct EditRun {
    /// Say what would be done and change nothing.
    let isDry: Bool
    /// Pay also for what the library has already.
    let again: Bool
    let output: Output

    /// Plans and runs a request, or shows the run of earlier that fulfils it.
    func run(_ request: EditRequest, _ library: Library) async throws {
        let plan = try await library.plan(request)
        if isDry { return try output.item(Rendering.plan(plan), PlanText.lines(plan)) }
        do {
            let finished = try await finished(plan, library)
            Console.clearStatus()
            try output.item(EditText.object(finished, library), EditText.lines(finished, library))
            if finished.isEarlier {
                Console.note(
                    "\(finished.generation.id): this picture is already in the library, since "
                        + "\(Phrase.time(finished.generation.changedAt)); nothing was sent and nothing paid (--again does)"
                )
            }
        } catch let error as LibraryError {
            Console.clearStatus()
            try await tell(error, library)
            if try await hasPart(error, library) {
                Console.note("atelier: \(error.message)")
                throw ExitCode(ExitStatus.partlyDone.rawValue)
            }
            throw error
        }
    }

    private func finished(_ plan: EditPlan, _ library: Library) async throws -> FinishedEdit {
        let earlier = again ? nil : try await library.earlierRun(of: plan.request)
        switch earlier {
        case .finished(let generation)?: return FinishedEdit(earlier: generation)
        case .unfinished(let generation)?:
            guard generation.nextStep == .submit else {
                throw LibraryError(
                    .outcomeUnknown, code: "already_sent",
                    "the same recipe and seed were sent as \(generation.id) and have no answer yet; --again pays for another",
                    requestID: generation.request?.id, generation: generation.id)
            }
            // Written down by a run that never came to send it: the same wish, so the same run.
            Console.note(
                "\(generation.id): planned \(Phrase.time(generation.plannedAt)) and never sent; it is sent now")
            return try await ProgressDisplay.during { try await library.finish(generation.id, onProgress: $0) }
        case nil:
            for warning in plan.warnings { Console.note("note: \(warning)") }
            return try await ProgressDisplay.during { try await library.run(plan, onProgress: $0) }
        }
    }

    /// Whether an error leaves a run open of which some pictures came.
    private func hasPart(_ error: LibraryError, _ library: Library) async throws -> Bool {
        guard error.code == "outputs_missing", let id = error.generation else { return false }
        return try await library.generation(id)?.outputs.isEmpty == false
    }

    /// Says what became of a run that did not end well: its object for programs, the next step for people.
    private func tell(_ error: LibraryError, _ library: Library) async throws {
        guard let id = error.generation,
            let generation = try await Library.uncancelled({ try await library.generation(id) })
        else { return }
        if output.isJSON {
            let object = Rendering.generation(generation) { library.path(of: $0.asset, $0.facts.format) }
            try output.item(.object(object.merging(["error": Rendering.error(error.code, error.message)]) { $1 }), "")
        }
        switch generation.nextStep {
        case .submit: Console.note("\(id): nothing was sent; `atelier resume \(id)` sends it")
        case .collect where generation.outputs.isEmpty:
            Console.note("\(id): fal goes on with it; `atelier resume` brings it in")
        case .collect: Console.note("\(id): what came is kept; `atelier resume \(id)` fetches the rest")
        case .confirm:
            Console.note(
                "\(id): it may be running and paid for, so it is not sent again; look at fal's dashboard, then "
                    + "`atelier resume \(id) --discard`, or --resubmit, which pays again")
        case .nothing:
            if generation.state == .cancelled, error.category == .cancelled {
                Console.note("\(id): nothing was sent; the same command begins anew")
            }
        }
    }
}

/// A seed as people type it.
enum SeedArgument {
    static func seed(_ text: String) throws(LibraryError) -> UInt64 {
        guard let number = UInt64(text) else {
            throw LibraryError(
                .invalidInput, code: "bad_seed", "“\(text)” is no seed: give a whole number from 0 to \(UInt64.max)")
        }
        return number
    }
}
