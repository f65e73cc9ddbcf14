import ArgumentParser
import AssetLibrary
import Foundation
import UnixSignals

/// The root of the command line: `atelier VERB`.
@main
struct Atelier: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atelier",
        abstract: "Keep the images you make with models on fal: references, results, and how each was made.",
        discussion: """
            Get started:
              atelier init ~/Atelier
              atelier import ~/Pictures/mugs --set mugs
              atelier plan "put the mug on marble" --ref @mugs
              atelier edit "put the mug on marble" --ref @mugs
              atelier search marble

            The library is -L/--library, else ATELIER_LIBRARY, else the nearest library at or above the current folder, \
            else ~/Atelier.

            Your fal API key is read from FAL_KEY. Without a key, --sandbox runs everything offline.

            Exit codes: 0 done, 1 failed, 3 partly done, 10 no library, 11 library busy, 12 integrity problem, \
            20 refused by fal, 21 outcome unknown, 22 over budget, 64 usage, 130 interrupted.
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Library", subcommands: [InitCommand.self, ImportCommand.self, StatsCommand.self]),
            CommandGroup(
                name: "Before you pay",
                subcommands: [InspectCommand.self, SizeCommand.self, PlanCommand.self]),
            CommandGroup(
                name: "Run",
                subcommands: [
                    EditCommand.self, GenerateCommand.self, RunCommand.self, RerunCommand.self, SweepCommand.self,
                    JobsCommand.self,
                    ResumeCommand.self, CancelCommand.self, CostCommand.self, PricesCommand.self, UploadCommand.self,
                    UploadsCommand.self,
                ]),
            CommandGroup(
                name: "Find",
                subcommands: [
                    SearchCommand.self, ShowCommand.self, LineageCommand.self, DiffCommand.self, DupesCommand.self,
                    HistoryCommand.self, ContactSheetCommand.self,
                ]),
            CommandGroup(
                name: "Curate",
                subcommands: [
                    SetCommand.self, TagCommand.self, RateCommand.self, FavouriteCommand.self, TitleCommand.self,
                    NoteCommand.self, TrashCommand.self, RestoreCommand.self,
                    UndoCommand.self, RedoCommand.self,
                ]),
            CommandGroup(
                name: "Maintenance", subcommands: [VerifyCommand.self, RebuildCommand.self, ReparseCommand.self]),
            CommandGroup(name: "Serve", subcommands: [ServeCommand.self]),
            CommandGroup(name: "Try it", subcommands: [DemoCommand.self, SandboxCommand.self]),
            CommandGroup(name: "Shell", subcommands: [CompletionCommand.self]),
        ])

    /// Parses, runs and chooses the exit code; the only place that ends the process.
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        let words = CommandWords.typed()
        // A shell asks at every key: nothing else may be done for it, and nothing said.
        if words.first == Shell.question { return Shell.answer(Array(words.dropFirst())) }
        do {
            try await runUntilInterrupted()
        } catch {
            end(error)
        }
    }

    /// Parses and runs; the first SIGINT or SIGTERM cancels, so that the verb can end in order, the second one ends at once.
    private static func runUntilInterrupted() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let running = Task {
            var command = try parseAsRoot(try CommandWords.arranged(CommandWords.typed()))
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        }
        let watching = Task {
            var isFirst = true
            for await _ in signals {
                if !isFirst {
                    Screen.shared.clear()
                    Foundation.exit(ExitStatus.interrupted.rawValue)
                }
                running.cancel()
                isFirst = false
            }
        }
        defer { watching.cancel() }
        do {
            try await running.value
        } catch is CancellationError {
            throw ExitCode(ExitStatus.interrupted.rawValue)
        }
    }

    private static func end(_ error: any Error) -> Never {
        switch error {
        case let error as LibraryError:
            Console.note("atelier: \(RemedyText.sentence(error))")
            Foundation.exit(ExitStatus(error.category).rawValue)
        case is BrokenPipe:
            // Whoever read our output has seen enough.
            Foundation.exit(0)
        case let error as UsageError:
            Console.note("atelier: \(error.message)")
            Foundation.exit(ExitStatus.usage.rawValue)
        default:
            // Help, a version and a bare exit code are no errors; what is wrong with the words is told as everything else is.
            let text = fullMessage(for: error)
            guard exitCode(for: error) == .validationFailure, text.hasPrefix("Error: ") else { exit(withError: error) }
            Console.note("atelier: " + Self.sentence(text.dropFirst("Error: ".count)))
            Foundation.exit(ExitStatus.usage.rawValue)
        }
    }

    /// The parser's sentence in the form of our own: it begins in lower case, and a suggestion belongs to it.
    private static func sentence(_ text: Substring) -> String {
        let isWord = text.dropFirst().first?.isLowercase == true
        let takesPrompt = CommandLine.arguments.dropFirst().contains {
            ["edit", "generate", "plan", "sweep"].contains($0)
        }
        let isUnquoted = takesPrompt && text.contains("unexpected argument")
        let sentence =
            (isWord ? text.prefix(1).lowercased() : String(text.prefix(1)))
            + text.dropFirst().replacing("'. Did you mean '", with: "'; did you mean '")
        guard isUnquoted else { return sentence }
        // The usage stands on lines of its own.
        let first = sentence.prefix { $0 != "\n" }
        return first + "; put a prompt of several words in quotes" + sentence.dropFirst(first.count)
    }
}

/// The exit codes, a published interface; mapped here and nowhere else.
enum ExitStatus: Int32 {
    case done = 0
    case failed = 1
    case partlyDone = 3
    case noLibrary = 10
    case busy = 11
    case integrityProblem = 12
    case refused = 20
    case outcomeUnknown = 21
    case overBudget = 22
    case usage = 64
    case interrupted = 130

    init(_ category: LibraryError.Category) {
        self =
            switch category {
            case .invalidInput: .usage
            case .notFound, .conflict, .newerFormat, .storage, .credential, .unavailable: .failed
            case .noLibrary: .noLibrary
            case .busy: .busy
            case .damaged: .integrityProblem
            case .refused: .refused
            case .outcomeUnknown: .outcomeUnknown
            case .cancelled: .interrupted
            }
    }
}
