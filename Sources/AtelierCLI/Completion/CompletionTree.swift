import ArgumentParser
import AssetModel
import Foundation

/// What the parser knows about a verb, read from its own description of itself.
///
/// The parser describes commands to tools in JSON (`--experimental-dump-help`), and one verb takes a millisecond; its scripts for shells
/// know neither `@sets` nor options before the verb.
struct CompletionVerb: Decodable {
    /// An option, flag or argument.
    struct Argument: Decodable {
        enum Kind: String, Decodable {
            case positional, option, flag
        }

        struct Name: Decodable {
            let kind: String
            let name: String

            var text: String { (kind == "long" ? "--" : "-") + name }
        }

        let kind: Kind
        let shouldDisplay: Bool?
        let isRepeating: Bool
        let names: [Name]?
        let valueName: String?
        let allValues: [String]?
        let abstract: String?

        /// The name to offer: a long one where there is one.
        var name: String? { (names?.first { $0.kind == "long" } ?? names?.first)?.text }

        func isCalled(_ word: some StringProtocol) -> Bool { names?.contains { $0.text == word } == true }
    }

    let arguments: [Argument]

    var positionals: [Argument] { arguments.filter { $0.kind == .positional } }

    /// The option or flag of a name, with its dashes.
    func option(_ word: some StringProtocol) -> Argument? {
        arguments.first { $0.kind != .positional && $0.isCalled(word) }
    }

    /// Nil when the parser says something else than it did when this was written.
    init?(_ command: any ParsableCommand.Type) {
        struct Tool: Decodable {
            struct Command: Decodable { let arguments: [Argument]? }
            let command: Command
        }
        guard let tool = try? JSONDecoder().decode(Tool.self, from: Data(command._dumpHelp().utf8)) else { return nil }
        arguments = tool.command.arguments ?? []
    }
}

/// What a value stands for, by the name that help gives it.
enum CompletionValue: Hashable {
    /// Runs and pictures by id.
    case ids
    /// The same, sets, and files.
    case images
    /// Files or folders.
    case files
    case sets, tags, query, endpoints
    case list([String])
    /// Nothing that could be known.
    case text

    /// The value of an argument of a verb.
    init(_ argument: CompletionVerb.Argument, of path: [String]) {
        if let values = argument.allValues, !values.isEmpty {
            self = .list(values)
            return
        }
        let name = argument.valueName ?? ""
        switch name {
        case "id", "ids", "first", "second", "run", "op": self = argument.isCalled("--endpoint") ? .endpoints : .ids
        case "assets", "reference", "images", "ref": self = .images
        case "path", "paths", "file", "folder", "dir", "files": self = .files
        case "query": self = .query
        case "endpoint", "endpoints": self = .endpoints
        case "tag", "tags": self = .tags
        case "set", "sets": self = .sets
        case "name":
            let isSet = path.first == "set" || argument.isCalled("--set") || argument.isCalled("--into-set")
            self = isSet ? .sets : path.first == "tag" ? .tags : .text
        case "size", "sizes": self = .list(SizePreset.allCases.map(\.rawValue))
        case "date": self = .list(["today", "yesterday", "7d", "1m"])
        case "shell": self = .list(Shell.allCases.map(\.rawValue))
        case "stars": self = .list((0...5).map(String.init))
        case "queue": self = .list(["normal", "low"])
        case "format": self = .list(["png", "jpeg", "webp"])
        default: self = .text
        }
    }
}
