import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct UndoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Undo the last change you made, or any other.",
        discussion: """
            Changes to tags, sets, ratings, notes and the trash can be undone, in any order. What was changed again since is left alone and counted. Without an id, the newest change made on this machine that has not been undone is undone.

            Undoing an import or a run takes back only the tags and sets that it gave; its images stay. Use the trash for those.

            Examples:
              atelier undo
              atelier undo --list
              atelier undo u7k2m9q4
            """)

    @Argument(help: "The action's id, or a unique prefix of it, as --list shows it (default: your last change).")
    var action: String?

    @Flag(help: "List what can be undone, newest first.")
    var list = false

    @Option(help: ArgumentHelp("With --list, show at most this many.", valueName: "n"))
    var limit = 20

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if limit < 1 { throw ValidationError("--limit must be at least 1") }
        if list, action != nil { throw ValidationError("--list takes no id") }
    }

    func run() async throws {
        try await libraryOptions.withLibrary { library in
            guard list else {
                let outcome = try await library.undo(action, dryRun: dryRun)
                return try outputs.output.summary(outcome.json, UndoText.sentence(outcome, dryRun: dryRun))
            }
            let actions = try await library.actions(limit: limit)
            for action in actions { try outputs.output.item(action.json, UndoText.line(action)) }
            if actions.isEmpty { outputs.output.remark("nothing to undo yet") }
        }
    }
}

struct RedoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redo", abstract: "Do again what was undone last.",
        discussion: """
            Example:
              atelier redo
            """)

    @Argument(help: "The id of the action, as `atelier undo --list` shows it (default: the one undone last).")
    var action: String?

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await libraryOptions.withLibrary { library in
            let outcome = try await library.redo(action, dryRun: dryRun)
            try outputs.output.summary(outcome.json, UndoText.sentence(outcome, dryRun: dryRun))
        }
    }
}

/// Undo in words.
enum UndoText {
    /// `u7k2m9q4  2026-11-26 18:13  tag add white  1,000 images  (undone)`.
    static func line(_ action: CuratingAction) -> String {
        "\(action.id.short)  \(Phrase.time(action.at))  \(Phrase.oneLine(action.words))"
            + "  \(counts(action.imageCount, action.runCount, action.setCount))"
            + (action.isUndone ? "  (undone)" : "") + (action.isHere ? "" : "  (another machine)")
    }

    static func sentence(_ outcome: UndoOutcome, dryRun: Bool) -> String {
        let verb = outcome.isRedo ? dryRun ? "would redo" : "redid" : dryRun ? "would undo" : "undid"
        var text = "\(verb) \(Phrase.oneLine(outcome.action.words)): "
        text += counts(outcome.imageCount, outcome.runCount, outcome.setCount)
        if outcome.changedCount > 0 {
            text += "; \(ProgressText.grouped(outcome.changedCount)) changed since, left alone"
        }
        if outcome.goneCount > 0 {
            text += "; \(ProgressText.grouped(outcome.goneCount)) no longer in the library"
        }
        return text
    }

    private static func counts(_ images: Int, _ runs: Int, _ sets: Int) -> String {
        let parts = [(images, "image"), (runs, "run"), (sets, "set")].filter { $0.0 > 0 }.map { count, noun in
            "\(ProgressText.grouped(count)) \(noun)\(count == 1 ? "" : "s")"
        }
        return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
    }
}
