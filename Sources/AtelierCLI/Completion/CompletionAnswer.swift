import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation

/// What can stand in place of the word that is being typed.
struct CompletionAnswer {
    /// Something that can be typed.
    typealias Offer = LibraryGlimpse.Offer

    /// In the order to show them. One that ends with `:`, `=` or `/` is only the beginning of a word.
    private(set) var offers: [Offer] = []
    /// Whether names of files fit as well.
    private(set) var takesFiles = false

    private let current: String
    private var library: String?

    /// The answer for the words before the one that is being typed, without the program's name, and for that one as far as it has come.
    init(_ words: [String], current: String) {
        self.current = current
        var rest = words[...]
        var command: any ParsableCommand.Type = Atelier.self
        var path: [String] = []
        // As `CommandWords` reads them: options of the library may stand before the verb.
        while let word = rest.first {
            let subcommands = CommandWords.subcommands(of: command)
            if let next = subcommands.first(where: { CommandWords.names(of: $0).contains(word) }) {
                command = next
                path.append(CommandWords.name(of: next))
            } else if word == "-L" || word == "--library", path.isEmpty || !subcommands.isEmpty {
                rest = rest.dropFirst()
                guard let folder = rest.first else {
                    takesFiles = true
                    return
                }
                library = folder
            } else if word.hasPrefix("--library="), !subcommands.isEmpty {
                library = String(word.dropFirst("--library=".count))
            } else if word.hasPrefix("-") || word == "help", !subcommands.isEmpty {
                // A flag before the verb, or help about one.
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        let subcommands = CommandWords.subcommands(of: command)
        if subcommands.isEmpty { answer(command, path, Array(rest)) } else if rest.isEmpty { answer(subcommands, path) }
        offers = offers.filter { $0.text.hasPrefix(current) }
        var seen: Set<String> = []
        offers = offers.filter { seen.insert($0.text).inserted }
    }

    private mutating func answer(_ subcommands: [any ParsableCommand.Type], _ path: [String]) {
        guard current.hasPrefix("-") else {
            offers = subcommands.filter { $0.configuration.shouldDisplay }
                .map { Offer(CommandWords.name(of: $0), $0.configuration.abstract) }
            if path.isEmpty { offers.append(Offer("help", "Show help about a command.")) }
            return
        }
        offers = [Offer("--help", "Show help information.")]
        if path.isEmpty {
            offers += [
                Offer("--version", "Show the version."), Offer("--library", "The library."),
                Offer("--json", "Print JSON Lines: one object per item."),
            ]
        }
    }

    private mutating func answer(_ command: any ParsableCommand.Type, _ path: [String], _ words: [String]) {
        guard let verb = CompletionVerb(command) else { return }
        var used: Set<String> = []
        var count = 0
        var pending: CompletionVerb.Argument?
        var isPastOptions = false
        for word in words {
            if let option = pending {
                if option.isCalled("--library") { library = word }
                pending = nil
            } else if isPastOptions || !word.hasPrefix("-") || word == "-" {
                count += 1
            } else if word == "--" {
                isPastOptions = true
            } else {
                let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard let option = verb.option(parts[0]) else { continue }
                if let name = option.name { used.insert(name) }
                if option.kind == .option, parts.count == 1 { pending = option }
                if option.isCalled("--library"), parts.count == 2 { library = String(parts[1]) }
            }
        }
        if let option = pending { return answer(CompletionValue(option, of: path), current) }
        if !isPastOptions, current.hasPrefix("-") {
            if let equals = current.firstIndex(of: "="), let option = verb.option(current[..<equals]) {
                let start = String(current[...equals])
                answer(CompletionValue(option, of: path), String(current.dropFirst(start.count)))
                offers = offers.map { Offer(start + $0.text, $0.words) }
                return
            }
            offers = verb.arguments.filter { option in
                option.kind != .positional && option.shouldDisplay != false
                    && option.name.map {
                        option.isRepeating || !used.contains($0)
                    } == true
            }.map { Offer($0.name ?? "", $0.abstract ?? "") }
            // A query excludes with the same sign.
            if !current.hasPrefix("--"), verb.positionals.contains(where: { CompletionValue($0, of: path) == .query }) {
                offers += query(current)
            }
            return
        }
        let positionals = verb.positionals
        guard let argument = count < positionals.count ? positionals[count] : positionals.last,
            count < positionals.count || argument.isRepeating
        else { return }
        answer(CompletionValue(argument, of: path), current)
    }

    // MARK: - Values

    private var glimpse: LibraryGlimpse? { LibraryGlimpse(at: LibraryOptions.path(library)) }

    private mutating func answer(_ value: CompletionValue, _ typed: String) {
        switch value {
        case .text: break
        case .files: takesFiles = true
        case .list(let values): offers = values.map { Offer($0) }
        case .endpoints:
            let known = EditModels.all.map { Offer($0.id, $0.summary) }
            offers = known + (glimpse?.models ?? []).map { Offer($0) }
        case .tags: offers = (glimpse?.tags ?? []).map { Offer($0) }
        case .sets:
            let start = typed.hasPrefix("@") ? "@" : ""
            offers = (glimpse?.sets ?? []).map { Offer(start + $0) }
        case .ids: offers = ids(typed)
        case .images:
            takesFiles = !typed.hasPrefix("@")
            if typed.hasPrefix("@") || typed.isEmpty { offers = (glimpse?.sets ?? []).map { Offer("@" + $0, "set") } }
            // A folder is left to the shell, until it is the id of a run.
            if !typed.hasPrefix(".") { offers += ids(typed) }
        case .query: offers = query(typed)
        }
    }

    private func ids(_ typed: String) -> [Offer] {
        let last = Offer("@last", "the newest finished run")
        return ("@last".hasPrefix(typed) ? [last] : []) + (glimpse?.ids(startingWith: typed) ?? [])
    }

    /// A query is one word of the shell or several; the last of its own words is completed.
    private func query(_ typed: String) -> [Offer] {
        let start = typed.lastIndex { $0.isWhitespace || $0 == "(" }.map { typed.index(after: $0) } ?? typed.startIndex
        let isNot = typed[start...].hasPrefix("-")
        let before = String(typed[..<start]) + (isNot ? "-" : "")
        let word = String(typed.dropFirst(before.count))
        let found: [Offer]
        if word.hasPrefix("@") {
            found = (glimpse?.sets ?? []).map { Offer("@" + $0, "set") }
        } else if let colon = word.firstIndex(of: ":") {
            let field = String(word[..<colon]).lowercased()
            let value = String(word[word.index(after: colon)...])
            found = values(field, value).map { Offer(word[...colon] + Self.quoted($0.text), $0.words) }
        } else if word.isEmpty, !before.isEmpty, !isNot {
            found = []
        } else {
            found = QueryWords.fields.map { Offer($0 + ":") }
        }
        return found.map { Offer(before + $0.text, $0.words) }
    }

    private func values(_ field: String, _ typed: String) -> [Offer] {
        switch QueryWords.thing(of: field) {
        case .tag: (glimpse?.tags ?? []).map { Offer($0) }
        case .set: (glimpse?.sets ?? []).map { Offer((typed.hasPrefix("@") ? "@" : "") + $0) }
        case .model: (glimpse?.models ?? []).map { Offer($0) }
        case .generator: (glimpse?.generators ?? []).map { Offer($0) }
        case .id: glimpse?.ids(startingWith: typed) ?? []
        case nil: QueryWords.values(of: field).map { Offer($0) }
        }
    }

    /// A value as a query has it.
    private static func quoted(_ value: String) -> String {
        value.contains(where: \.isWhitespace) ? "\"\(value)\"" : value
    }
}
