import ArgumentParser
import AssetLibrary
import AssetModel

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Stop runs that have not ended.",
        discussion: """
            One that was never sent ends here. One that fal has is called off there; if it had completed, it was paid \
            for, and its pictures are brought in. One that fal no longer knows is given up with `resume ID --discard`.

            Example: atelier cancel g7k2
            """)

    @Argument(help: "Ids of runs; - reads them from standard input.")
    var ids: [String]

    @Flag(name: [.customShort("n"), .long], help: "Say what would be done and change nothing.")
    var dryRun = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        try await remote.withLibrary(libraryOptions) { library in
            var names: [Run.ID] = []
            for id in try SelectionOptions.expand(ids) {
                guard case .generation(let name) = try await library.designation(id) else {
                    throw LibraryError(.invalidInput, code: "not_a_generation", "\(id): a picture, not a run")
                }
                names.append(name)
            }
            if dryRun {
                for name in names {
                    guard let run = try await library.generation(name) else { continue }
                    let object = Rendering.generation(run) { library.path(of: $0.asset, $0.facts.format) }
                    try output.item(.object(object), "\(name)  \(Self.step(run))")
                }
                return
            }
            var (done, failures) = (0, [LibraryError]())
            for name in names {
                do {
                    try Self.show(name, try await library.cancel(name), library, output)
                    done += 1
                } catch let error as LibraryError where error.category != .cancelled && names.count > 1 {
                    Console.note("atelier: \(error.message)")
                    failures.append(error)
                }
            }
            if let first = failures.first {
                throw ExitCode((done > 0 ? ExitStatus.partlyDone : ExitStatus(first.category)).rawValue)
            }
        }
    }

    private static func step(_ run: Run) -> String {
        switch run.nextStep {
        case .submit: "would never be sent"
        case .collect: "would be called off at \(run.host)"
        case .confirm: "cannot be stopped: nobody knows whether it was sent"
        case .nothing: "has ended"
        }
    }

    private static func show(
        _ id: Run.ID, _ outcome: CancelOutcome, _ library: Library, _ output: Output
    ) throws {
        func tell(_ run: Run, _ answer: String, _ sentence: String) throws {
            let object = Rendering.generation(run) { library.path(of: $0.asset, $0.facts.format) }
            try output.item(.object(object.merging(["answer": .string(answer)]) { $1 }), "\(id): \(sentence)")
        }
        switch outcome {
        case .neverSent(let run): try tell(run, "never_sent", "was never sent, and will not be")
        case .stopped(let run): try tell(run, "stopped", "fal stopped it; there will be no pictures")
        case .requested(let run):
            try tell(
                run, "requested", "fal was asked to stop it and it still runs; `atelier resume \(id)` tells its end")
        case .notFound(let run):
            try tell(
                run, "not_found", "fal does not know it, or not any more; `atelier resume \(id) --discard` gives it up")
        case .completed(let edit):
            guard case .object(let object) = EditText.object(edit, library) else { return }
            try output.item(
                .object(object.merging(["answer": .string("already_completed")]) { $1 }),
                EditText.files(edit, library))
            if !output.isJSON {
                Console.note("\(id): it had completed and is paid for\n" + EditText.summary(edit))
            }
        }
    }
}
