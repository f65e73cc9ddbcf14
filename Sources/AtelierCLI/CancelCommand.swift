import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct CancelCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel", abstract: "Cancel runs that have not ended.",
        discussion: """
            A run that was not sent yet ends here. One that fal has is cancelled there; if it had already completed, it is paid for, and its images are downloaded.

            Example:
              atelier cancel g7k2
            """)

    @Argument(help: "Run ids; - reads them from standard input.")
    var ids: [String]

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        try await remote.withLibrary(libraryOptions) { library, remote in
            var names: [Run.ID] = []
            for id in try SelectionOptions.expand(ids) {
                guard case .run(let name) = try await library.designation(id) else {
                    throw LibraryError(.invalidInput, code: "not_a_generation", "\(id): an image, not a run")
                }
                names.append(name)
            }
            if dryRun {
                for name in names {
                    guard let run = try await library.run(name) else { continue }
                    try output.item(run.json(in: library), "\(name)  \(Self.step(run))")
                }
                return
            }
            var (done, failures) = (0, [LibraryError]())
            for name in names {
                do {
                    try Self.show(name, try await library.cancel(name, with: remote), library, output)
                    done += 1
                } catch let error as LibraryError where error.category != .cancelled && names.count > 1 {
                    Console.note("atelier: \(RemedyText.sentence(error))")
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
        case .submit: "would be cancelled before it is sent"
        case .collect: "would be cancelled at \(run.host)"
        case .confirm: "cannot be cancelled: it may have been submitted"
        case .nothing: "has ended"
        }
    }

    private static func show(
        _ id: Run.ID, _ outcome: CancelOutcome, _ library: Library, _ output: Output
    ) throws {
        func tell(_ sentence: String) throws { try output.item(outcome.json(in: library), "\(id): \(sentence)") }
        switch outcome {
        case .neverSent: try tell("cancelled before it was sent")
        case .stopped: try tell("cancelled by fal; nothing will come back")
        case .requested: try tell("cancellation requested, still running; `atelier resume \(id)` shows how it ends")
        case .notFound: try tell("fal has no such request any more; `atelier resume \(id) --discard` closes it")
        case .completed(let edit):
            try output.item(outcome.json(in: library), EditText.files(edit, library))
            output.remark("\(id): it had already completed and is paid for\n" + EditText.summary(edit))
        }
    }
}
