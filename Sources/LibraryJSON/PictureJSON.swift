package import AssetLibrary
package import AssetModel

extension ImageFacts {
    /// The facts by their published names, in the order in which `inspect` prints them.
    package var jsonMembers: [(key: String, value: JSONValue)] {
        [
            ("format", JSONValue(format.rawValue)), ("media_type", JSONValue(format.mediaType)),
            ("width", JSONValue(storedSize.width)), ("height", JSONValue(storedSize.height)),
            ("orientation", JSONValue(orientation.rawValue)), ("display_width", JSONValue(displaySize.width)),
            ("display_height", JSONValue(displaySize.height)), ("has_alpha", JSONValue(hasAlpha)),
            ("bit_depth", JSONValue(bitDepth)), ("channels", JSONValue(channels)),
            ("color_profile", JSONValue(colorProfile)), ("frame_count", JSONValue(frameCount)),
            ("byte_count", .integer(byteCount)),
        ]
    }

    /// `format media_type width height orientation display_width display_height has_alpha bit_depth channels color_profile
    /// frame_count byte_count`; width and height are the stored pixels.
    package var json: JSONObject { JSONObject(uniqueKeysWithValues: jsonMembers) }
}

extension Recipe {
    /// `prompt negative_prompt seed steps guidance sampler model width height generator certainty rule`, and what more
    /// there is: `other_seeds other_prompts settings`, each absent when empty.
    package func json(rule: String?) -> JSONObject {
        var json: JSONObject = [
            "prompt": JSONValue(prompt), "negative_prompt": JSONValue(negativePrompt), "seed": JSONValue(seed: seed),
            "steps": JSONValue(steps), "guidance": JSONValue(guidance), "sampler": JSONValue(sampler),
            "model": JSONValue(model), "width": JSONValue(size?.width), "height": JSONValue(size?.height),
            "generator": JSONValue(generator), "certainty": JSONValue(certainty.rawValue), "rule": JSONValue(rule),
        ]
        if !otherSeeds.isEmpty { json["other_seeds"] = .array(otherSeeds.map { JSONValue(seed: $0) }) }
        if !otherPrompts.isEmpty { json["other_prompts"] = .array(otherPrompts.map(JSONValue.string)) }
        if !settings.isEmpty {
            json["settings"] = .array(
                settings.map { .object(["name": .string($0.name), "value": .string($0.value)]) })
        }
        return json
    }
}

extension JSONValue {
    /// A recipe with every key, or null where the picture carries none.
    package init(recipe: Recipe?, rule: String?) { self = recipe.map { .object($0.json(rule: rule)) } ?? .null }
}

extension EmbeddedFindings {
    /// Where the texts of a picture lie, and what became of each: `rule texts omitted`.
    package var json: JSONObject {
        func place(
            _ carrier: EmbeddedText.Carrier, _ keyword: String, _ place: EmbeddedText.Place
        ) -> JSONObject {
            [
                "carrier": JSONValue(carrier.rawValue), "keyword": JSONValue(keyword), "block": JSONValue(place.block),
                "offset": .integer(place.offset), "length": JSONValue(place.length),
            ]
        }
        let shown = texts.map { text in
            place(text.carrier, text.keyword, text.place).adding([
                "used": JSONValue(recipe?.payload.contains(text) == true || text == note), "text": JSONValue(text.text),
            ])
        }
        let left = omitted.map { place($0.carrier, $0.keyword, $0.place).adding(["reason": JSONValue($0.reason)]) }
        return ["rule": JSONValue(recipe?.rule), "texts": JSONValue(shown), "omitted": JSONValue(left)]
    }
}
