package import AssetModel
import Files

/// Reads what other generators, and people, wrote into a picture about its making.
///
///     let reading = try RecipeReader().read(fileAt: "from-elsewhere.png")
///     let words = reading.recipe?.recipe.prompt ?? reading.note?.text
///
/// PNG, JPEG, WebP, GIF, AVIF, HEIC, JPEG XL and TIFF are looked through; BMP has no texts. Rules go from the most telling mark
/// to the least, and a text that only resembles a recipe gives none: a wrong guess is worse than no answer.
///
/// Memory is bounded by the limits, whatever the file claims: with the default ones, 45 MB for texts made to cost as much
/// as they can, and 32 KiB more than the texts themselves for an ordinary file. Time is too: half a second for the worst
/// texts known, a millisecond for ordinary ones. Any bytes give a reading or an error. A reader is a value without state;
/// each call blocks its thread for the reads.
package struct RecipeReader: Sendable {
    /// What looking may cost.
    package let limits: RecipeLimits
    private let reads: InspectionLimits

    /// The rules in the order in which they are asked; the first that answers is right.
    ///
    /// Those with a mark of their own stand before those that know only a form.
    private static let rules: [@Sendable (EmbeddedTexts) -> EmbeddedRecipe?] = [
        SwarmUIRecipe.read, FooocusRecipe.read, InvokeAIRecipe.read, DrawThingsRecipe.read, NovelAIRecipe.read,
        EasyDiffusionRecipe.read, MidjourneyRecipe.read, AUTOMATIC1111Recipe.read, ComfyUIRecipe.read,
        ProgramRecipe.read,
    ]

    /// Makes a reader.
    package init(limits: RecipeLimits = RecipeLimits()) {
        self.limits = limits
        reads = InspectionLimits()
    }

    /// Reads a file. Symbolic links are followed; anything but a regular file is `unreadable` and never waited on.
    ///
    /// A file that is cut or damaged gives what stands before the damage: whether the picture is whole is for
    /// `ImageInspector` to say. Throws `empty`, `notAnImage` and `unreadable` only.
    package func read(fileAt path: String) throws(InspectionError) -> RecipeReading {
        let file = try InspectionError.opening(path)
        return try reading(ofDescriptor: file.descriptor, byteCount: file.status.byteCount)
    }

    /// Reads the facts of a file and its texts in one opening; errors are those of the facts.
    ///
    /// Gives what `ImageInspector.inspect(fileAt:)` and `read(fileAt:)` give, for half of their cost: most headers and texts
    /// lie in the same first 4 KiB. The texts of a picture without facts are not looked for.
    package func read(
        fileAt path: String, factsBy inspector: ImageInspector
    ) throws(InspectionError) -> (facts: ImageFacts, texts: RecipeReading, notes: [FactsNote]) {
        let file = try InspectionError.opening(path)
        let byteCount = file.status.byteCount
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PictureBytes.bufferLength, alignment: 16)
        defer { buffer.deallocate() }
        var picture = try PictureBytes(
            descriptor: file.descriptor, byteCount: byteCount, buffer: buffer, limits: inspector.limits)
        let (facts, notes) = try inspector.findings(in: &picture, byteCount: byteCount)
        picture.beginAgain(limits: reads)
        return (facts, try reading(of: &picture, size: facts.storedSize), notes)
    }

    /// Reads an open file, without using or moving its offset.
    ///
    /// The caller keeps the descriptor and closes it.
    package func read(descriptor: Int32) throws(InspectionError) -> RecipeReading {
        try reading(ofDescriptor: descriptor, byteCount: InspectionError.byteCount(ofDescriptor: descriptor))
    }

    /// Reads a whole file that is in memory.
    package func read(bytes: [UInt8]) throws(InspectionError) -> RecipeReading {
        try bytes.withUnsafeBytes { (memory) -> Result<RecipeReading, InspectionError> in
            Result { () throws(InspectionError) in
                var picture = try PictureBytes(memory: memory)
                return try reading(of: &picture)
            }
        }.get()
    }

    /// Reads the recipe that NovelAI hides in the lowest bits of a picture's alpha channel.
    ///
    /// Needs decoded pixels, so it is a call of its own, worth making only for a PNG with alpha in which `read` found no
    /// recipe. `alpha` is the alpha channel alone, 8 bits, row by row from the top. The text runs down the columns from
    /// the left, so the leftmost columns are enough: `width` may be that of a strip. A channel shorter than width times
    /// height, or one without the mark, gives nil. Costs a look at 120 pixels when there is no mark.
    package func read(alpha: [UInt8], width: Int, height: Int) -> EmbeddedRecipe? {
        guard let (text, length) = StealthAlpha.text(in: alpha, width: width, height: height, limits: limits) else {
            return nil
        }
        let hidden = EmbeddedText(
            carrier: .alpha, keyword: "stealth", text: text,
            place: EmbeddedText.Place(block: "alpha", offset: 0, length: length))
        if let whole = BoundedJSON.value(of: text, limits: limits) {
            return NovelAIRecipe.recipe(whole: whole, limits: limits).map {
                EmbeddedRecipe(recipe: $0, rule: "novelai.stealth", payload: [hidden])
            }
        }
        let settings = EmbeddedText(carrier: .png, keyword: "parameters", text: text, place: hidden.place)
        return AUTOMATIC1111Recipe.read(EmbeddedTexts(all: [settings], limits: limits)).map {
            EmbeddedRecipe(recipe: $0.recipe, rule: "automatic1111.stealth", payload: [hidden])
        }
    }

    /// A prompt of nothing but blanks is none, and the lists of a recipe are bounded: 1,000 elements and 64 KiB each. Real ones
    /// have some dozens.
    private static func tidied(_ found: EmbeddedRecipe) -> EmbeddedRecipe {
        var recipe = found.recipe
        recipe.prompt = recipe.prompt.map(withoutNulls)
        recipe.negativePrompt = recipe.negativePrompt.map(withoutNulls)
        recipe.sampler = recipe.sampler.map(withoutNulls)
        recipe.model = recipe.model.map(withoutNulls)
        recipe.generator = withoutNulls(recipe.generator)
        recipe.otherPrompts = recipe.otherPrompts.map(withoutNulls)
        if recipe.prompt?.isBlank == true { recipe.prompt = nil }
        if recipe.negativePrompt?.isBlank == true { recipe.negativePrompt = nil }
        recipe.otherSeeds = Array(recipe.otherSeeds.prefix(maximumListCount))
        recipe.otherPrompts = bounded(recipe.otherPrompts) { $0.utf8.count }
        recipe.settings = bounded(recipe.settings) { $0.name.utf8.count + $0.value.utf8.count }
        return EmbeddedRecipe(recipe: recipe, rule: found.rule, payload: found.payload)
    }

    /// SQLite ends a text at a null character, which JSON can hold: U+FFFD stands for it.
    private static func withoutNulls(_ text: String) -> String {
        text.utf8.contains(0) ? text.replacing("\0", with: "\u{FFFD}") : text
    }

    private static let maximumListCount = 1000
    private static let maximumListLength = 65_536

    private static func bounded<Element>(_ elements: [Element], _ length: (Element) -> Int) -> [Element] {
        var left = maximumListLength
        return Array(
            elements.prefix(maximumListCount).prefix { element in
                left -= length(element)
                return left >= 0
            })
    }

    private func reading(ofDescriptor descriptor: Int32, byteCount: Int64) throws(InspectionError) -> RecipeReading {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PictureBytes.bufferLength, alignment: 16)
        defer { buffer.deallocate() }
        var picture = try PictureBytes(descriptor: descriptor, byteCount: byteCount, buffer: buffer, limits: reads)
        return try reading(of: &picture)
    }

    /// `size` is the stored size where the facts are known already; else it is read once there are texts.
    private func reading(
        of picture: inout PictureBytes, size: PixelSize? = nil
    ) throws(InspectionError) -> RecipeReading {
        var collector = EmbeddedTextCollector(limits: limits)
        do throws(InspectionError) {
            switch picture.format {
            case .png: try PNGText.collect(from: &picture, into: &collector)
            case .jpeg: try JPEGText.collect(from: &picture, into: &collector)
            case .webp: try WebPText.collect(from: &picture, into: &collector)
            case .tiff:
                let whole = 0..<picture.byteCount
                try ExifText.collect(whole, block: "IFD", of: &picture, into: &collector)
            case .gif: try GIFText.collect(from: &picture, into: &collector)
            case .avif, .heic: try HEIFText.collect(from: &picture, into: &collector)
            case .jxl: try JXLText.collect(from: &picture, into: &collector)
            case .bmp: break
            }
        } catch {
            // What a cut or damaged file says before the damage still counts; a disk that fails does not.
            if case .unreadable = error { throw error }
        }
        guard !collector.texts.isEmpty else {
            return RecipeReading(recipe: nil, note: nil, unread: nil, texts: [], omitted: collector.omitted)
        }
        let texts = EmbeddedTexts(all: collector.texts, limits: limits, size: size ?? Self.size(of: &picture, reads))
        // A loop, because a lazy sequence would ask the rule that answers a second time.
        var recipe: EmbeddedRecipe?
        for rule in Self.rules where recipe == nil { recipe = rule(texts).map(Self.tidied) }
        var note = recipe == nil ? PlainNote.read(texts) : nil
        let used = recipe?.payload ?? [note].compactMap(\.self)
        if let text = note, text.text.utf8.contains(0) {
            note = EmbeddedText(
                carrier: text.carrier, keyword: text.keyword, text: Self.withoutNulls(text.text), place: text.place)
        }
        return RecipeReading(
            recipe: recipe, note: note, unread: UnreadText.read(texts, besides: used).map(Self.withoutNulls),
            texts: collector.texts,
            omitted: collector.omitted)
    }
}

extension RecipeReader {
    /// The stored size of a picture, or nil when its header cannot be read.
    private static func size(of picture: inout PictureBytes, _ limits: InspectionLimits) -> PixelSize? {
        picture.beginAgain(limits: limits)
        let found = try? ImageInspector(limits: limits).findings(in: &picture, byteCount: Int64(picture.byteCount))
        return found?.facts.storedSize
    }
}

/// What the texts of one picture say.
package struct RecipeReading: Hashable, Sendable {
    /// The recipe, or nil when no rule recognised one.
    package let recipe: EmbeddedRecipe?
    /// A description that is not a recipe, such as a photographer's caption; nil when there is a recipe.
    package let note: EmbeddedText?
    /// The words of what no rule understood, at most 16 KiB; nil when there are none.
    package let unread: String?
    /// All texts, in file order.
    package let texts: [EmbeddedText]
    /// Texts that were seen and not read.
    package let omitted: [OmittedText]
}
