import AssetLibrary
import AssetModel
import LibraryJSON

/// A finished run for people and programs.
enum EditText {
    /// The object for programs; for people the files, and what there is to say about them on standard error.
    static func show(_ finished: FinishedEdit, _ library: Library, _ output: Output) throws {
        try output.item(finished.json(in: library), files(finished, library))
        if !output.isJSON { Console.note(summary(finished)) }
    }

    /// The path of each file that came, one a line; empty when none came.
    static func files(_ finished: FinishedEdit, _ library: Library) -> String {
        let generation = finished.generation
        var lines: [String] = []
        for output in generation.outputs {
            lines.append("\(library.path(of: output.asset, output.facts.format))")
        }
        for file in generation.files {
            let kind = file.mediaType ?? "no picture"
            lines.append("\(library.path(of: file)): \(kind), \(Phrase.bytes(file.byteCount)), kept as it came")
        }
        return lines.joined(separator: "\n")
    }

    /// What came of it: the run, its size, seed and time, and what is not as it was asked for.
    static func summary(_ finished: FinishedEdit) -> String {
        let generation = finished.generation
        var lines: [String] = []
        if generation.outputs.isEmpty, generation.files.isEmpty {
            lines.append("the answer names no file; `atelier show \(generation.id) --json` has all of it")
        }
        let size = generation.outputs.first.map { "\($0.facts.storedSize)" } ?? "no picture"
        let seed = generation.seed.map { ", seed \($0)" } ?? ""
        if finished.isEarlier {
            lines.append("\(generation.id): \(size)\(seed), already in the library")
            return (lines + generation.differences.map { "not as asked: \($0)" }).joined(separator: "\n")
        }
        lines.append(
            "\(generation.id): \(size)\(seed), \(Phrase.decimal(finished.seconds, 1)) s, "
                + "\(Phrase.count(finished.uploadedCount, "upload")), \(finished.reusedCount) reused")
        lines += finished.differences.map { "not as asked: \($0)" }
        return lines.joined(separator: "\n")
    }
}
