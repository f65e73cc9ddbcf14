import AssetModel

/// AUTOMATIC1111's web UI and its relatives: the infotext in `parameters` of a PNG, in the user comment of a JPEG or
/// WebP, or in a JPEG's comment.
///
/// Which relative wrote it is told by the setting `Version`: `v1.10.1` is the original, `f2.0.1v1.10.1` is Forge, a
/// number behind `App: SD.Next` is SD.Next. Without that mark, and the words of no other program, it is only likely.
enum AUTOMATIC1111Recipe {
    static func read(_ texts: EmbeddedTexts) -> EmbeddedRecipe? {
        for text in texts.settings + [texts.first(.exif, "ImageDescription")].compactMap(\.self) {
            guard let info = texts.infotext(text) else { continue }
            let (generator, isMarked) = generator(of: info, texts)
            let isAtHome = text.keyword != "ImageDescription"
            return EmbeddedRecipe(
                recipe: info.recipe(generator, isMarked && isAtHome ? .certain : .likely),
                rule: text.carrier == .png ? "automatic1111.parameters" : "automatic1111.comment", payload: [text])
        }
        return nil
    }

    /// The program, and whether it said so itself.
    private static func generator(of info: Infotext, _ texts: EmbeddedTexts) -> (String, Bool) {
        let version = info["Version"] ?? ""
        if info["App"]?.hasPrefix("SD.Next") == true { return ("SD.Next", true) }
        if version == "ComfyUI" || ComfyUIGraph.texts(in: texts).first != nil { return ("ComfyUI", true) }
        if info["Civitai resources"] != nil { return ("Civitai", true) }
        if version.hasPrefix("f"), version.dropFirst().first?.isNumber == true { return ("Forge", true) }
        if version.lowercased().contains("neo") || version.lowercased().contains("classic") { return ("Forge", true) }
        if version.hasPrefix("v"), version.dropFirst().first?.isNumber == true { return ("AUTOMATIC1111", true) }
        // Before version 1.3 there was no version, and a hash of the model was always there.
        return ("AUTOMATIC1111", version.isEmpty && info["Model hash"] != nil)
    }
}
