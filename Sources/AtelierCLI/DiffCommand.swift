import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Compare how two images or runs were made.",
        discussion: """
            Shows what differs: model, seed, size, every parameter, what was asked for and what came back, the words of the prompt, and the references. An imported image stands for the recipe that another generator left in it.

            On a terminal, words that were removed are red and those that were added green; elsewhere they are marked [-so-] and {+so+}. The exit code is 0 also when they differ, unless --exit-code is given.

            Examples:
              atelier diff @last g7k2
              atelier diff g7k2/1 g7k2/3 --json
            """)

    @Argument(help: "An image or a run: an id or the beginning of one, RUN/3, or @last.")
    var first: String

    @Argument(help: "What to compare it with.")
    var second: String

    @Flag(help: "Exit with 1 when they differ, and 0 when they do not.")
    var exitCode = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        let differs = try await libraryOptions.withLibrary { library in
            let difference = try await library.difference(first, second)
            if output.isJSON {
                try output.item(difference.json, "")
            } else {
                let text = DifferenceText(hasColour: Screen.shared.hasColouredResults)
                try Output.write(Array((text.lines(difference).joined(separator: "\n") + "\n").utf8))
            }
            return !difference.isEmpty
        }
        if exitCode, differs { throw ExitCode(ExitStatus.failed.rawValue) }
    }
}

/// A difference in words, with colours or without.
struct DifferenceText {
    let hasColour: Bool

    /// The difference, what concerns one field on one line.
    func lines(_ difference: RecipeDifference) -> [String] {
        var lines = [removed("- " + words(difference.left)), added("+ " + words(difference.right))]
        if let run = difference.commonRun {
            let isOne = difference.left == difference.right
            lines.append(isOne ? "both are the same" : "both are images of one run, \(run)")
        } else if difference.isEmpty {
            lines.append("no difference")
        }
        lines += difference.fields.map { field in
            let name = field.name + (field.aspect.map { " (\($0.rawValue))" } ?? "")
            return "\(Phrase.printable(name)): \(removed(value(field.left))) → \(added(value(field.right)))"
        }
        lines += difference.texts.map { text in
            let name = text.name.replacing("_", with: " ")
            return "\(name): \(text.words.isSame ? "only white space differs" : marked(text.words))"
        }
        if !difference.references.isEmpty { lines.append("references:") }
        lines += difference.references.map { reference in
            switch (reference.from, reference.to) {
            case (let from?, let to?): "  \(reference.asset.short): moved from \(from + 1) to \(to + 1)"
            case (let from?, nil): removed("  - \(from + 1). \(reference.asset.short)")
            case (nil, let to): added("  + \((to ?? 0) + 1). \(reference.asset.short)")
            }
        }
        return lines
    }

    private func words(_ side: RecipeDifference.Side) -> String {
        switch side {
        case .run(let run, let image):
            let place = image.map { run.outputs.count > 1 ? "/\($0 + 1)" : "" } ?? ""
            return "\(run.id)\(place)  \(Phrase.time(run.plannedAt))"
        case .recipe(let recipe, let asset): return Phrase.printable("\(asset.short)  \(recipe.generator)")
        }
    }

    private func value(_ value: JSONValue?) -> String {
        guard let value else { return "not set" }
        return Phrase.printable(value.text ?? JSONText.line(value))
    }

    private func marked(_ words: WordDifference) -> String {
        var text = ""
        var last: WordDifference.Piece.Kind?
        for piece in words.pieces {
            // What replaces something stands right behind it.
            if !(last == .removed && piece.kind == .added), last != nil || piece.kind == .same {
                text += Phrase.printable(piece.space)
            }
            let shown = Phrase.printable(piece.text)
            switch piece.kind {
            case .same: text += shown
            case .removed: text += hasColour ? removed(shown) : "[-\(shown)-]"
            case .added: text += hasColour ? added(shown) : "{+\(shown)+}"
            }
            last = piece.kind
        }
        return text
    }

    private func removed(_ text: String) -> String { hasColour ? "\u{1B}[31m\(text)\u{1B}[m" : text }
    private func added(_ text: String) -> String { hasColour ? "\u{1B}[32m\(text)\u{1B}[m" : text }
}
