import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct CompletionCommand: ParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "completion",
        abstract: "Print the script that lets a shell complete commands, ids, @sets and tags.",
        discussion: """
            Install it once, with the line for your shell:

              bash  echo 'source <(atelier completion bash)' >> ~/.bashrc
              zsh   echo 'source <(atelier completion zsh)' >> ~/.zshrc
              fish  atelier completion fish > ~/.config/fish/completions/atelier.fish

            In zsh the line belongs behind the one that calls compinit. The script asks the program for every word, so it need not be installed again with a newer version.

            Examples:
              atelier completion bash
              source <(atelier completion zsh)
            """)

    @Argument(help: "bash, zsh or fish.")
    var shell: String

    @OptionGroup var outputs: OutputOptions

    func run() throws {
        guard let shell = Shell(rawValue: shell) else {
            throw UsageError("unknown shell '\(shell)'; use \(Shell.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        if outputs.json {
            let object = ["shell": JSONValue(shell.rawValue), "script": JSONValue(shell.script)]
            return try outputs.output.item(object, "")
        }
        try Output.write(Array((shell.script + "\n").utf8))
    }
}
