import AssetLibrary
import AssetModel
import LibraryJSON

/// A finished run for people and programs.
enum EditText {
    /// The object for programs; for people the files, and what there is to say about them on standard error.
    static func show(_ finished: FinishedRun, _ library: Library, _ output: Output) throws {
        try output.item(finished.json(in: library), files(finished, library))
        // That nothing was paid is worth a word to a script's owner too.
        if !output.isJSON || finished.isEarlier { Console.note(summary(finished)) }
    }

    /// The path of each file that came, one a line; empty when none came.
    static func files(_ finished: FinishedRun, _ library: Library) -> String {
        let generation = finished.run
        var lines: [String] = []
        for output in generation.outputs {
            lines.append("\(library.path(of: output.asset, output.facts.format))")
        }
        for file in generation.files {
            lines.append((try? library.path(of: file)) ?? file.digest.hex)
        }
        return lines.joined(separator: "\n")
    }

    /// What came of it: the run, its size, seed and time, and what is not as it was asked for.
    static func summary(_ finished: FinishedRun) -> String {
        let generation = finished.run
        var lines: [String] = []
        if generation.outputs.isEmpty, generation.files.isEmpty {
            lines.append("the response names no files; `atelier show \(generation.id) --json` shows it")
        }
        let size = generation.outputs.first.map { "\($0.facts.storedSize)" } ?? "no image"
        let seed = generation.seed.map { ", seed \($0)" } ?? ""
        let cost = generation.billing?.cost.map { ", \(Phrase.dollars($0))" } ?? ""
        if finished.isEarlier {
            lines.append(
                "\(generation.id): \(size)\(seed), already in the library since \(Phrase.time(generation.changedAt)); nothing was sent or paid (--again runs it again)"
            )
            return (lines + generation.differences.map { "note: \($0)" }).joined(separator: "\n")
        }
        lines.append(
            "\(generation.id): \(size)\(seed)\(cost), \(Phrase.decimal(finished.seconds, 1)) s, "
                + "\(Phrase.count(finished.uploadedCount, "upload")), \(finished.reusedCount) reused")
        lines += finished.differences.map { "note: \($0)" }
        return lines.joined(separator: "\n")
    }
}
