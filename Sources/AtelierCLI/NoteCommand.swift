import ArgumentParser
import AssetLibrary

struct NoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: "Write a note to images or runs.",
        discussion: """
            The text comes first and replaces the note before; --clear removes it. `note:` searches it.

            Examples:
              atelier note "for Anna's kitchen" g7k2/3
              atelier note --clear g7k2/3
              atelier search note:kitchen
            """)
    @OptionGroup var text: MarkedText
    @OptionGroup var mark: MarkOptions

    func run() async throws {
        let text = try text.split(mark, "note")
        try await text.mark.runWithRuns(
            { "\($0) would get \(text.value == nil ? "no note" : "this note")" },
            { "\(text.value == nil ? "removed the note of" : "noted") \($0)" }
        ) { library, assets, runs in try await library.note(assets, runs: runs, text.value) }
    }
}

struct TitleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "title", abstract: "Give images or runs a title.",
        discussion: """
            The title comes first; --clear removes it. A search for its words finds it.

            Examples:
              atelier title "Mug on marble" g7k2/3
              atelier title --clear g7k2/3
            """)
    @OptionGroup var text: MarkedText
    @OptionGroup var mark: MarkOptions

    func run() async throws {
        let text = try text.split(mark, "title")
        try await text.mark.runWithRuns(
            { "\($0) would get \(text.value == nil ? "no title" : "this title")" },
            { "\(text.value == nil ? "removed the title of" : "titled") \($0)" }
        ) { library, assets, runs in try await library.title(assets, runs: runs, as: text.value) }
    }
}

/// A text that stands before the ids, unless it is cleared.
struct MarkedText: ParsableArguments {
    @Flag(help: "Remove it.")
    var clear = false

    /// The text, and what it is for. Errors: no text, or nothing to put it on.
    func split(_ mark: MarkOptions, _ noun: String) throws -> (value: String?, mark: MarkOptions) {
        var mark = mark
        guard !clear else { return (nil, mark) }
        guard let text = mark.assets.first, text != "-" else {
            throw UsageError("give the \(noun) and what it is for, as in `atelier \(noun) \"on marble\" g7k2/3`")
        }
        mark.assets.removeFirst()
        guard !text.allSatisfy(\.isWhitespace) else {
            throw UsageError("the \(noun) is empty; --clear removes one")
        }
        guard !mark.assets.isEmpty || mark.selection.query != nil else {
            throw UsageError("the \(noun) comes first, then what it is for: `atelier \(noun) \"on marble\" g7k2/3`")
        }
        return (text, mark)
    }
}
