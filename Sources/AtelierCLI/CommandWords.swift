import ArgumentParser
import AssetLibrary

/// The command line as it was typed, brought into the form that the verbs parse.
///
/// Options of the library may stand before the verb, fal's own field names stand for ours, and an unknown verb is answered
/// with the nearest one.
enum CommandWords {
    /// The words that were typed. A path that is not UTF-8 keeps its bytes when there is a file of that name; in any other word U+FFFD
    /// stands for what is not text.
    static func typed() -> [String] {
        (1..<max(1, Int(CommandLine.argc))).compactMap { index in
            guard let start = CommandLine.unsafeArgv[index] else { return nil }
            let text = String(cString: start)
            let path = FilePathText.text(of: start)
            guard path != text,
                let value = path.hasPrefix("--") ? path.split(separator: "=", maxSplits: 1).last : path[...]
            else { return text }
            return FilePathText.exists(String(value)) ? path : text
        }
    }

    /// The words with leading options moved behind the verb and fal's names replaced.
    static func arranged(_ words: [String]) throws -> [String] {
        var leading: [String] = []
        var path: [String] = []
        var command: any ParsableCommand.Type = Atelier.self
        var rest = words[...]
        while let word = rest.first {
            if rest.count == 1, word == "-L" || word == "--library" { throw UsageError("missing value for '\(word)'") }
            if let option = leadingOption(rest), option <= rest.count {
                // `-Llib` is `-L lib`.
                leading +=
                    option == 1 && word.hasPrefix("-L")
                    ? ["-L", String(word.dropFirst(2))] : Array(rest.prefix(option))
                rest = rest.dropFirst(option)
            } else if let next = subcommands(of: command).first(where: { names(of: $0).contains(word) }) {
                command = next
                path.append(word)
                rest = rest.dropFirst()
            } else {
                break
            }
        }
        if path.isEmpty, rest.first == "help" { try checkHelp(rest.dropFirst()) }
        if let word = rest.first, !word.hasPrefix("-"), word != "help", !subcommands(of: command).isEmpty {
            throw unknown(word, path, subcommands(of: command).map(name))
        }
        // Help and version are for everybody, and the verbs without a library pass over where it is.
        if path.isEmpty { return Array(rest) }
        if command is any LibraryFree.Type { leading.removeAll { !$0.hasPrefix("--json") } }
        return path + leading + FalNames.replaced(rest, for: command)
    }

    /// `help nosuch` is answered as `nosuch` is, not with the overview.
    private static func checkHelp(_ words: ArraySlice<String>) throws {
        var command: any ParsableCommand.Type = Atelier.self
        var path: [String] = []
        for word in words.prefix(while: { !$0.hasPrefix("-") }) where word != "help" {
            let known = subcommands(of: command)
            guard let next = known.first(where: { names(of: $0).contains(word) }) else {
                throw unknown(word, path, known.map(name))
            }
            command = next
            path.append(word)
        }
    }

    /// How many words an option of the library takes here; nil when here is none.
    private static func leadingOption(_ words: ArraySlice<String>) -> Int? {
        guard let word = words.first else { return nil }
        switch word {
        case "-L", "--library": return 2
        case "--json", "--progress": return 1
        default: return word.hasPrefix("--library=") || (word.hasPrefix("-L") && word.count > 2) ? 1 : nil
        }
    }

    static func subcommands(of command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        let configuration = command.configuration
        return configuration.subcommands.isEmpty
            ? configuration.groupedSubcommands.flatMap(\.subcommands) : configuration.subcommands
    }

    static func names(of command: any ParsableCommand.Type) -> [String] {
        [name(of: command)] + command.configuration.aliases
    }

    static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }

    private static func unknown(_ word: String, _ path: [String], _ known: [String]) -> UsageError {
        let program = (["atelier"] + path).joined(separator: " ")
        let hint = Suggestion.nearest(to: word, among: known) ?? (path.isEmpty ? Suggestion.synonyms[word] : nil)
        let help = "see `\(program) --help`"
        return UsageError(
            "unknown command '\((path + [word]).joined(separator: " "))'; "
                + (hint.map { "did you mean '\((path + [$0]).joined(separator: " "))'?" } ?? help))
    }
}

/// A verb that needs no library; `-L` before it is passed over, so that an alias such as `atelier -L ~/lib` fits every verb.
protocol LibraryFree: ParsableCommand {}

/// A command line that cannot be understood: exit code 64.
struct UsageError: Error {
    let message: String

    init(_ message: String) { self.message = message }
}

/// The word a person most likely meant.
enum Suggestion {
    /// What people who know other programs type.
    static let synonyms = [
        "ls": "search", "list": "search", "find": "search", "add": "import", "status": "jobs", "check": "verify",
        "info": "show", "create": "init", "tags": "tag", "sets": "set",
    ]

    /// The nearest of the words, when it is near enough: one slip in three characters, or the beginning of one word only.
    static func nearest(to word: String, among known: [String]) -> String? {
        let word = word.lowercased()
        let begun = known.filter { word.count > 1 && $0.hasPrefix(word) }
        if begun.count == 1 { return begun[0] }
        let near = known.map { (name: $0, slips: slips(word, $0)) }.min { $0.slips < $1.slips }
        guard let near, near.slips <= max(1, word.count / 3) else { return nil }
        return near.name
    }

    /// How many characters were left out, added, mistaken or swapped with their neighbour.
    static func slips(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left), Array(right))
        var before: [Int] = []
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var best = min(current[column] + 1, last[column + 1] + 1, last[column] + (character == other ? 0 : 1))
                if row > 0, column > 0, character == right[column - 1], left[row - 1] == other {
                    best = min(best, before[column - 1] + 1)
                }
                current.append(best)
            }
            (before, last) = (last, current)
        }
        return last[right.count]
    }
}
