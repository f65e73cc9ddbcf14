import Foundation
import TestSupport
import Testing

/// Help as a person reads it, of every verb of the command tree.
struct HelpTests {
    /// Every verb and every verb below one, as the program itself lists them.
    private static func commands(_ program: Program) async throws -> [[String]] {
        var commands: [[String]] = []
        var pending: [[String]] = [[]]
        while let path = pending.popLast() {
            if !path.isEmpty { commands.append(path) }
            let help = try await program.run(path + ["--help"]).output
            var isListing = false
            for line in help.split(separator: "\n", omittingEmptySubsequences: false) {
                if line.contains("SUBCOMMANDS:") {
                    isListing = true
                } else if line.isEmpty || !line.hasPrefix("  ") {
                    isListing = isListing && line.hasPrefix("  ")
                } else if isListing, let name = line.split(whereSeparator: { " ,".contains($0) }).first,
                    line.dropFirst(2).first != " "
                {
                    pending.append(path + [String(name)])
                }
            }
        }
        return commands
    }

    @Test func `every verb has an example that can be pasted, and no line of help is cut in mid-sentence`() async throws
    {
        try await TemporaryFolder.with { folder in
            var program = Program(in: folder)
            let commands = try await Self.commands(program)
            #expect(commands.count > 30 && commands.contains(["search"]) && commands.contains(["set", "add"]))
            program.environment["COLUMNS"] = "500"
            for command in commands {
                let help = try await program.run(command + ["--help"])
                #expect(help.status == 0 && help.errors.isEmpty, "\(command)")
                let name = (["atelier"] + command).joined(separator: " ")
                #expect(help.output.contains("\n  \(name)"), "\(name) has no example on a line of its own")
                let text = help.output.components(separatedBy: "USAGE:")[0]
                for line in text.split(separator: "\n") where !line.hasPrefix("  ") {
                    #expect(".:".contains(line.last ?? " "), "\(name): \(line)")
                }
                for word in ["anew", "perhaps", "nobody", "wish", "so many", "shall"] {
                    #expect(!help.output.lowercased().contains(word), "\(name) says \(word)")
                }
            }
        }
    }
}
