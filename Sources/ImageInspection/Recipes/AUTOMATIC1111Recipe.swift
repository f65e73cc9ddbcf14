import AssetModel

/// AUTOMATIC1111's web UI and its many relatives: an infotext, mostly in `parameters` of a PNG, in the user comment of a JPEG
/// or WebP, or in a comment, and wherever else another program moved it.
///
/// Which of them wrote it is told by the settings, mostly `Version`: `v1.10.1` is the original, `f2.0.1v1.10.1` is Forge, a
/// name is that name. Without such a mark it is only likely.
enum AUTOMATIC1111Recipe {
    /// Names in a version, in lower case, by which programs are known under another spelling; the first that fits counts.
    private static let names = [
        ("ruinedfooocus", "RuinedFooocus"), ("fooocus", "Fooocus"), ("reforge", "reForge"), ("forge", "Forge"),
        ("neo", "Forge"), ("classic", "Forge"), ("sd.next", "SD.Next"), ("sdnext", "SD.Next"), ("comfyui", "ComfyUI"),
        ("stable-diffusion.cpp", "stable-diffusion.cpp"), ("invokeai", "InvokeAI"), ("swarmui", "SwarmUI"),
        ("draw things", "Draw Things"), ("easy diffusion", "Easy Diffusion"),
    ]

    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        for text in texts.settings {
            guard let info = texts.infotext(text) else { continue }
            let (generator, isMarked) = generator(of: info, texts)
            return EmbeddedRecipe(
                recipe: info.recipe(generator, isMarked && texts.isAtHome(text) ? .certain : .likely),
                rule: text.carrier == .png ? "automatic1111.parameters" : "automatic1111.comment", payload: [text])
        }
        return nil
    }

    /// The program, and whether it said so itself.
    private static func generator(of info: Infotext, _ texts: EmbeddedTexts) -> (String, Bool) {
        let version = info["Version"] ?? ""
        if let app = [info["App"], info["Generator"], info["Software"]].compactMap(\.self).compactMap(name).first {
            return (app, true)
        }
        if version == "ComfyUI" || ComfyUIGraphText.all(in: texts).first != nil { return ("ComfyUI", true) }
        if info["Civitai resources"] != nil { return ("Civitai", true) }
        // Forge's versions are its own behind an f, with the original's behind that.
        if version.hasPrefix("f"), version.dropFirst().first?.isNumber == true {
            return (version.lowercased().contains("reforge") ? "reForge" : "Forge", true)
        }
        if version.hasPrefix("v"), version.dropFirst().first?.isNumber == true { return ("AUTOMATIC1111", true) }
        // SD.Next writes the commit as its version, and beside it words that are its own.
        if info["Pipeline"] != nil || info["Operations"] != nil || info["Backend"] != nil { return ("SD.Next", true) }
        if let name = name(version) { return (name, true) }
        if info["Distilled CFG Scale"] != nil { return ("Forge", version.isEmpty) }
        // Before version 1.3 there was no version, and a hash of the model was always there.
        return ("AUTOMATIC1111", version.isEmpty && info["Model hash"] != nil)
    }

    /// The name of a program in a version: a known one, or words that are no number and no commit.
    private static func name(_ version: String) -> String? {
        let lower = version.lowercased()
        if let known = names.first(where: { lower.contains($0.0) }) { return known.1 }
        let words = version.split(separator: " ").prefix { $0.first?.isLetter == true && !isVersion($0) }
        let name = words.joined(separator: " ")
        let isCommit = name.allSatisfy { $0.isHexDigit || $0 == "-" || $0 == "." }
        return name.isEmpty || isCommit || name.utf8.count > 40 || !name.contains(where: \.isLetter) ? nil : name
    }

    private static func isVersion(_ word: Substring) -> Bool {
        (word.first == "v" || word.first == "V") && word.dropFirst().first?.isNumber == true
    }
}
