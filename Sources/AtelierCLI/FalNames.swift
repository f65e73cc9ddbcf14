import ArgumentParser

/// The names that fal's documentation gives to a model's inputs, taken beside our own, with hyphens or underscores.
enum FalNames {
    /// fal's name → ours, where the verb has an option for it.
    private static let options = [
        "num-images": "images", "image-size": "size", "num-inference-steps": "steps", "guidance-scale": "guidance",
        "output-format": "format", "image": "ref", "image-urls": "ref", "image-url": "ref",
    ]

    /// fal's name → ours, for options that fal takes as true or false.
    private static let flags = [
        "enable-safety-checker": "safety-checker", "keep-original-aspect": "keep-aspect", "sync-mode": "sync",
    ]

    /// The words of a verb with fal's names replaced by ours. `run` and `rerun`, which take fal's fields by `--set`, are
    /// given them that way, and those of our names that have one of fal's.
    static func replaced(_ words: ArraySlice<String>, for command: any ParsableCommand.Type) -> [String] {
        let isTyped = command is any TakesModelInputs.Type
        guard isTyped || command is any TakesModelFields.Type else { return Array(words) }
        var replaced: [String] = []
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" { return replaced + [word] + rest }
            guard word.hasPrefix("--") else {
                replaced.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0]).replacing("_", with: "-")
            let value = parts.count == 2 ? String(parts[1]) : nil
            if isTyped {
                replaced += typed(name, value) ?? [word]
            } else {
                replaced += field(name, value, &rest) ?? [word]
            }
        }
        return replaced
    }

    private static func typed(_ name: String, _ value: String?) -> [String]? {
        if let ours = options[name] { return ["--\(ours)"] + (value.map { [$0] } ?? []) }
        let isNegated = name.hasPrefix("no-")
        guard let ours = flags[isNegated ? String(name.dropFirst(3)) : name] else { return nil }
        let isOn = !isNegated && value?.lowercased() != "false"
        // Only one of the three has a "no"; the others are off when they are not given.
        return isOn ? ["--\(ours)"] : ours == "safety-checker" ? ["--no-\(ours)"] : []
    }

    private static func field(_ name: String, _ value: String?, _ rest: inout ArraySlice<String>) -> [String]? {
        // These two have an option of their own in `rerun`, and fields of many names in `run`.
        if ["image", "image-url", "image-urls"].contains(name) { return nil }
        let typed = options.first { $0.value == name && $0.value != "ref" }?.key
        let key = (typed ?? name).replacing("-", with: "_")
        if typed != nil || options[name] != nil {
            guard let value = value ?? rest.popFirst() else { return nil }
            return ["--set", "\(key)=\(value)"]
        }
        let isNegated = name.hasPrefix("no-")
        guard flags[isNegated ? String(name.dropFirst(3)) : name] != nil else { return nil }
        let field = isNegated ? String(key.dropFirst(3)) : key
        return ["--set", "\(field)=\(isNegated ? "false" : value ?? "true")"]
    }
}

/// A verb with an option for each input of a model.
protocol TakesModelInputs: ParsableCommand {}

/// A verb that takes a model's inputs by fal's names, as `--set NAME=VALUE`.
protocol TakesModelFields: ParsableCommand {}
