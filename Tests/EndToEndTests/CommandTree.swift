import AssetModel
import Foundation
import TestSupport
import Testing

/// The verbs as the built program itself lists them, so that a new one is tested without anyone adding it to a list.
enum CommandTree {
    /// A verb and the words that lead to it, such as `set add`.
    struct Verb: CustomStringConvertible {
        let words: [String]
        /// Whether it stands for verbs below it.
        let isGroup: Bool

        var description: String { words.joined(separator: " ") }
    }

    /// Every verb, and every verb below one; all but `help`, which the parser adds.
    static func verbs(_ program: Program) async throws -> [Verb] {
        let dump = try await program.run("--experimental-dump-help")
        let root = try #require(try JSONDecoder().decode(JSONValue.self, from: Data(dump.output.utf8))["command"])
        return try below(root, [])
    }

    private static func below(_ command: JSONValue, _ words: [String]) throws -> [Verb] {
        try (command["subcommands"]?.elements ?? []).flatMap { child -> [Verb] in
            let name = try #require(child["commandName"]?.text)
            if name == "help" { return [] }
            let verbs = try below(child, words + [name])
            return [Verb(words: words + [name], isGroup: !verbs.isEmpty)] + verbs
        }
    }
}
