import AssetLibrary
import Foundation

/// A shell that can complete, and how it is told what fits.
///
/// Each has a short script that asks `atelier __complete SHELL …` for every word, as those of gh and kubectl do, so that what it offers is
/// never older than the program.
enum Shell: String, CaseIterable {
    case bash, zsh, fish

    /// The word behind the program's name that asks for an answer.
    static let question = "__complete"

    /// Answers the script's question on standard output; never fails, and says nothing else.
    static func answer(_ words: [String]) {
        guard let shell = words.first.flatMap(Shell.init), words.count >= 2 else { return }
        let answer: CompletionAnswer
        var start = ""
        var quote: Character?
        switch shell {
        case .bash:
            // What readline takes for the word, and the line up to the cursor.
            guard words.count == 3 else { return }
            let line = ShellLine(words[2])
            answer = CompletionAnswer(Array(line.words.dropFirst()), current: line.current)
            start = line.part(before: words[1])
            quote = line.quote
        case .zsh, .fish:
            answer = CompletionAnswer(Array(words.dropFirst(2)), current: words[1])
        }
        var lines = answer.takesFiles ? [":files"] : []
        for offer in answer.offers {
            // A line is one offer, and a name with a line break is none that a shell could take.
            guard !offer.text.contains(where: \.isNewline) else { continue }
            if shell == .bash {
                guard offer.text.hasPrefix(start) else { continue }
                lines.append(ShellLine.quoted(String(offer.text.dropFirst(start.count)), within: quote))
            } else {
                let words = offer.words.split { $0.isNewline || $0 == "\t" }.joined(separator: " ")
                lines.append(offer.text + "\t" + Phrase.printable(words))
            }
        }
        try? Output.write(Array(lines.map { $0 + "\n" }.joined().utf8))
    }

    /// The script that the shell reads.
    var script: String {
        switch self {
        case .bash:
            """
            # Completion of atelier for bash.
            _atelier() {
                local line
                COMPREPLY=()
                while IFS= read -r line; do
                    case $line in
                    :files)
                        compopt -o filenames 2>/dev/null
                        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2")
                        ;;
                    *[:=/]) compopt -o nospace 2>/dev/null; COMPREPLY+=("$line") ;;
                    *) COMPREPLY+=("$line") ;;
                    esac
                done < <("${1/#\\~/$HOME}" \(Self.question) bash "$2" "${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
            }
            complete -F _atelier atelier
            """
        case .zsh:
            """
            #compdef atelier
            # Completion of atelier for zsh.
            _atelier() {
                local line value about files=0 found=1
                local -a values shown open openshown
                for line in "${(@f)$(command ${(Q)words[1]} \(Self.question) zsh "${(Q)PREFIX}" "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}"; do
                    case $line in
                    '') ;;
                    :files) files=1 ;;
                    *)
                        value=${line%%$'\\t'*} about=${line#*$'\\t'}
                        if [[ $value == *[:=/] ]]; then
                            open+=("$value"); openshown+=("$value")
                        elif [[ -n $about ]]; then
                            values+=("$value"); shown+=("$value  -- $about")
                        else
                            values+=("$value"); shown+=("$value")
                        fi
                        ;;
                    esac
                done
                (( $#values )) && compadd -l -d shown -a values && found=0
                (( $#open )) && compadd -S '' -d openshown -a open && found=0
                (( files )) && _files && found=0
                return found
            }
            if [[ $funcstack[1] == _atelier ]]; then
                _atelier "$@"
            else
                compdef _atelier atelier
            fi
            """
        case .fish:
            """
            # Completion of atelier for fish.
            function __atelier_complete
                set -l words (commandline -opc)
                set -l current (commandline -ct)
                for line in (command $words[1] \(Self.question) fish (string unescape -- "$current"; or echo -- "$current") $words[2..-1] 2>/dev/null)
                    if test "$line" = :files
                        __fish_complete_path "$current"
                    else
                        echo -- $line
                    end
                end
            end
            complete -c atelier -f -k -a '(__atelier_complete)'
            """
        }
    }
}
