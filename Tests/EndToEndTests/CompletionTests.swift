import AssetModel
import Foundation
import TestSupport
import Testing

/// What real shells offer when the key is pressed. A shell that is not installed is passed over, with a word about it.
struct CompletionTests {
    /// A library with a set, tags and a run, and the program under its own name in the path.
    private static func with(_ body: (Program, _ run: String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            var program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            _ = try await program.run("import", "a.jpg", "--set", "mugs", "--tag", "white", "--tag", "two words")
            _ = try await program.run("import", "b.png", "--set", "marble", "--tag", "wood")
            let made = try await program.run("generate", "a mug", "--seed", "7", "--sandbox", "--json")
            let run = try #require(try made.objects().first?["id"]?.text, "\(made.errors)")
            let link = try await program.shell("mkdir bin && ln -s \"$(command -v '$ATELIER')\" bin/atelier && pwd")
            #expect(link.status == 0, "\(link.errors)")
            program.environment["PATH"] = folder + "/bin:/usr/bin:/bin"
            try await body(program, run)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    /// Lines up to the cursor, and words that must be among the offers for each, or that must not (behind `!`).
    private static func cases(_ run: String) -> [(line: String, wanted: [String])] {
        [
            ("atelier li", ["lineage", "!diff"]), ("atelier set ", ["add", "show", "list"]),
            ("atelier -L library sea", ["search"]), ("atelier search --li", ["--limit", "--literal"]),
            ("atelier show \(run.prefix(4))", [run]), ("atelier show \(run)/", ["\(run)/1"]),
            ("atelier show @l", ["@last"]), ("atelier edit p --ref @m", ["@mugs", "@marble"]),
            ("atelier set show ma", ["marble", "!mugs"]), ("atelier tag add wh", ["white", "!wood"]),
            ("atelier search tag:w", ["tag:white", "tag:wood"]), ("atelier search form", ["format:"]),
            ("atelier search format:j", ["format:jpeg", "format:jxl"]), ("atelier search @mu", ["@mugs"]),
            ("atelier search mug -se", ["-seed:", "-set:"]),
            ("atelier size 10x10 --endpoint fal-ai/hidream-o1-image/d", ["fal-ai/hidream-o1-image/dev"]),
            ("atelier completion ", ["bash", "zsh", "fish"]),
            ("atelier edit p --size land", ["landscape_16_9", "landscape_4_3"]), ("atelier nosuch ", []),
        ]
    }

    private static func installed(_ shell: String) -> Bool {
        let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/" + shell)
        if !isThere { Attacks.report("completion of \(shell) not tested: it is not installed", 0) }
        return isThere
    }

    private static func expect(_ offers: [String], _ line: String, _ wanted: [String], _ shell: String) {
        for word in wanted {
            let isUnwanted = word.hasPrefix("!")
            let found = offers.contains(isUnwanted ? String(word.dropFirst()) : word)
            #expect(found != isUnwanted, "\(shell): \(line)|: \(word): \(offers)")
        }
    }

    /// What bash would put on the line for each of the offers: readline replaces only what follows a `:`, `=` or `@`.
    @Test(.enabled(if: installed("bash"))) func `bash completes verbs, options, ids, sets, tags and fields`()
        async throws
    {
        try await Self.with { program, run in
            for (line, wanted) in Self.cases(run) {
                // The words as readline splits them, with its usual breaks.
                let script = """
                    source <(atelier completion bash)
                    COMP_LINE='\(line)'; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9; COMP_KEY=9
                    cur="${COMP_LINE##*[ ]}"; cur="${cur##*[@:=]}"
                    COMP_WORDS=($COMP_LINE); COMP_CWORD=${#COMP_WORDS[@]}
                    compopt() { :; }
                    _atelier atelier "$cur" ""
                    printf '%s\\n' "${COMPREPLY[@]/#/${COMP_LINE:0:${#COMP_LINE}-${#cur}}}"
                    """
                let outcome = try await Self.script(script, "bash", program)
                #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(line): \(outcome.errors)")
                let words = outcome.output.split(separator: "\n").map { String($0.split(separator: " ").last ?? "") }
                Self.expect(words, line, wanted, "bash")
            }
        }
    }

    @Test(.enabled(if: installed("fish"))) func `fish completes verbs, options, ids, sets, tags and fields`()
        async throws
    {
        try await Self.with { program, run in
            for (line, wanted) in Self.cases(run) {
                let script = "atelier completion fish | source\ncomplete -C '\(line)'"
                let outcome = try await Self.script(script, "fish", program)
                #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(line): \(outcome.errors)")
                let offers = outcome.output.split(separator: "\n").map { String($0.split(separator: "\t")[0]) }
                Self.expect(offers, line, wanted, "fish")
            }
        }
    }

    /// zsh completes only on a terminal: one of its own (`zpty`), in which the offers are listed instead of put on the line.
    @Test(.enabled(if: installed("zsh"))) func `zsh completes verbs, options, ids, sets, tags and fields`() async throws
    {
        try await Self.with { program, run in
            for (line, wanted) in Self.cases(run) {
                let script = """
                    zmodload zsh/zpty
                    zpty sh zsh -f -i
                    ask() { zpty -w sh "$1" }
                    ask 'PROMPT= RPROMPT= ; unsetopt zle_bracketed_paste 2>/dev/null; stty columns 400'
                    ask 'autoload -U compinit && compinit -u -D && source <(atelier completion zsh)'
                    ask 'offers() { compadd() { local -a found; builtin compadd -O found "$@"; print -rl -- "<"$^found">"; builtin compadd "$@" }; _main_complete; print -r -- "<""end>"; compstate[insert]=; compstate[list]= }'
                    ask 'zle -C offers complete-word offers; bindkey "^T" offers; print -r -- "<""ready>"'
                    text=
                    while zpty -r sh line; do [[ $line == *'<ready>'* ]] && break; done
                    zpty -w -n sh '\(line)'$'\\C-t'
                    while zpty -r sh line; do print -r -- $line; [[ $line == *'<end>'* ]] && break; done
                    zpty -d sh
                    """
                let outcome = try await Self.script(script, "zsh", program)
                let offers = outcome.output.matches(of: /<([^<>]*)>/).map { String($0.1) }
                #expect(offers.contains("end"), "\(line): \(outcome.output) \(outcome.errors)")
                Self.expect(offers, line, wanted, "zsh")
            }
        }
    }

    private static func script(_ text: String, _ shell: String, _ program: Program) async throws -> Program.Outcome {
        let path = program.folder + "/script-\(UUID().uuidString)"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        let arguments = shell == "fish" ? "--no-config" : shell == "zsh" ? "-f" : "--norc"
        return try await program.shell("timeout 20 /usr/bin/\(shell) \(arguments) '\(path)' < /dev/null")
    }

    @Test func `a library that is missing, newer, damaged or not folded offers nothing, and nothing is said`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            func ask() async throws -> Program.Outcome { try await program.run("__complete", "zsh", "", "set", "show") }
            for line in [
                "", "init", "rm -f library/catalog.sqlite", "echo x > library/catalog.sqlite",
                "echo x > library/atelier.json",
            ] {
                if line == "init" { _ = try await program.run("init") } else { _ = try await program.shell(line) }
                let outcome = try await ask()
                #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(line): \(outcome)")
            }
            for words in [[], ["nosuch"], ["bash"], ["zsh"], ["bash", "", "atelier '"], ["zsh", "\u{0}", "--", "-L"]] {
                let outcome = try await program.run(["__complete"] + words)
                #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(words): \(outcome)")
            }
        }
    }

    @Test func `an unknown shell is told, and the help says where the script goes`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let unknown = try await program.run("completion", "tcsh")
            #expect(unknown.status == 64 && unknown.errors.contains("bash, zsh, fish"), "\(unknown.errors)")
            let help = try await program.run("completion", "--help").output
            for place in ["~/.bashrc", "~/.zshrc", "completions/atelier.fish"] { #expect(help.contains(place)) }
        }
    }
}
