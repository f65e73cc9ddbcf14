/// The many runs of one sweep: seeds and prompts as people write them.
public enum SweepVariants {
    /// How many runs one sweep can have; more is a slip.
    public static let maximumCount = 10_000

    /// Reads seeds: `7`, `1..20` with both ends, and several of those with commas, in the order given and each once.
    public static func seeds(parsing text: String) throws(LibraryError) -> [UInt64] {
        var seeds: [UInt64] = []
        var seen: Set<UInt64> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "..", omittingEmptySubsequences: false).map {
                UInt64($0.filter { $0 != " " })
            }
            guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first <= last else {
                throw LibraryError(
                    .invalidInput, code: "bad_seeds",
                    "“\(part)” is not a seed or a range of seeds; use 7 or 1..20, separated by commas")
            }
            guard last - first < UInt64(maximumCount), seeds.count + Int(last - first) < maximumCount else {
                throw tooMany
            }
            for seed in first...last where seen.insert(seed).inserted { seeds.append(seed) }
        }
        return seeds
    }

    /// Every prompt that a text with alternatives stands for: `a {red|blue} mug` is two. Alternatives may be empty and may
    /// hold others. Braces without a bar between them are part of the prompt, as everything else is, byte for byte.
    public static func prompts(expanding text: String) throws(LibraryError) -> [String] {
        let expanded = try expand(text[...])
        // By their bytes: two ways to write é are two prompts.
        var seen: Set<[UInt8]> = []
        return expanded.filter { seen.insert(Array($0.utf8)).inserted }
    }

    private static func expand(_ text: Substring) throws(LibraryError) -> [String] {
        var results = [""]
        var rest = text
        while let open = rest.firstIndex(of: "{") {
            guard let (alternatives, end) = try alternatives(in: rest, from: open) else {
                let next = rest.index(after: open)
                results = results.map { $0 + rest[..<next] }
                rest = rest[next...]
                continue
            }
            var choices: [String] = []
            for alternative in alternatives { choices += try expand(alternative) }
            guard results.count * choices.count <= maximumCount else { throw tooMany }
            let before = rest[..<open]
            results = results.flatMap { start in choices.map { start + before + $0 } }
            rest = rest[end...]
        }
        return results.map { $0 + rest }
    }

    /// The parts between a brace and its partner, split at its own bars; nil when it has no bar. With a bar and no
    /// partner it is a slip, since the text would be sent as it stands.
    private static func alternatives(
        in text: Substring, from open: Substring.Index
    ) throws(LibraryError) -> (parts: [Substring], end: Substring.Index)? {
        var depth = 0
        var parts: [Substring] = []
        var start = text.index(after: open)
        for index in text[open...].indices {
            switch text[index] {
            case "{": depth += 1
            case "|" where depth == 1:
                parts.append(text[start..<index])
                start = text.index(after: index)
            case "}":
                depth -= 1
                guard depth == 0 else { continue }
                guard !parts.isEmpty else { return nil }
                return (parts + [text[start..<index]], text.index(after: index))
            default: break
            }
        }
        guard parts.isEmpty else {
            throw LibraryError(.invalidInput, code: "unclosed_brace", "“\(text[open...])” has no closing brace")
        }
        return nil
    }

    static let tooMany = LibraryError(
        .invalidInput, code: "too_many_runs", "a sweep has at most \(maximumCount) runs; this one has more")
}
