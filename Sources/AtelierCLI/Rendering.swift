import AssetLibrary
import AssetModel

/// The objects that `--json` prints, one function an item. Keys only ever join.
enum Rendering {
    static func facts(_ facts: ImageFacts) -> [String: JSONValue] {
        Dictionary(uniqueKeysWithValues: factMembers(facts))
    }

    static func factMembers(_ facts: ImageFacts) -> [(key: String, value: JSONValue)] {
        [
            ("format", .string(facts.format.rawValue)), ("media_type", .string(facts.format.mediaType)),
            ("width", .integer(Int64(facts.storedSize.width))), ("height", .integer(Int64(facts.storedSize.height))),
            ("orientation", .integer(Int64(facts.orientation.rawValue))),
            ("display_width", .integer(Int64(facts.displaySize.width))),
            ("display_height", .integer(Int64(facts.displaySize.height))), ("has_alpha", .bool(facts.hasAlpha)),
            ("bit_depth", .integer(Int64(facts.bitDepth))),
            ("channels", facts.channels.map { .integer(Int64($0)) } ?? .null),
            ("color_profile", text(facts.colorProfile)), ("frame_count", .integer(Int64(facts.frameCount))),
            ("byte_count", .integer(facts.byteCount)),
        ]
    }

    static func error(_ code: String, _ message: String) -> JSONValue {
        .object(["code": .string(code), "message": .string(message)])
    }

    /// A recipe with every key, or null.
    static func recipe(_ recipe: Recipe?, rule: String?) -> JSONValue {
        guard let recipe else { return .null }
        func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
        return .object([
            "prompt": text(recipe.prompt), "negative_prompt": text(recipe.negativePrompt), "seed": seed(recipe.seed),
            "steps": number(recipe.steps), "guidance": recipe.guidance.map(JSONValue.number) ?? .null,
            "sampler": text(recipe.sampler), "model": text(recipe.model), "width": number(recipe.size?.width),
            "height": number(recipe.size?.height), "generator": .string(recipe.generator),
            "certainty": .string(recipe.certainty.rawValue), "rule": text(rule),
        ])
    }

    /// Where the texts of a picture lie, and what became of each.
    static func explanation(_ found: EmbeddedFindings) -> JSONValue {
        func place(
            _ carrier: EmbeddedText.Carrier, _ keyword: String, _ place: EmbeddedText.Place
        ) -> [String: JSONValue] {
            [
                "carrier": .string(carrier.rawValue), "keyword": .string(keyword), "block": .string(place.block),
                "offset": .integer(place.offset), "length": .integer(Int64(place.length)),
            ]
        }
        let texts = found.texts.map { item -> JSONValue in
            var object = place(item.carrier, item.keyword, item.place)
            object["used"] = .bool(found.recipe?.payload.contains(item) == true || item == found.note)
            object["text"] = .string(item.text)
            return .object(object)
        }
        let omitted = found.omitted.map { item -> JSONValue in
            .object(place(item.carrier, item.keyword, item.place).merging(["reason": .string(item.reason)]) { $1 })
        }
        return .object(["rule": text(found.recipe?.rule), "texts": .array(texts), "omitted": .array(omitted)])
    }

    static func hit(_ hit: SearchHit, path: String) -> JSONValue {
        .object(
            facts(hit.facts).merging([
                "id": .string(hit.id), "kind": .string(hit.kind.rawValue), "digest": .string(hit.asset.hex),
                "path": .string(path), "prompt": text(hit.prompt), "seed": seed(hit.seed), "model": text(hit.model),
                "created_at": .string(hit.createdAt.description), "tags": .array(hit.tags.map(JSONValue.string)),
                "rating": .null, "name": text(hit.name), "generator": text(hit.generator), "note": text(hit.note),
            ]) { $1 })
    }

    static func asset(_ asset: Asset, path: String) -> JSONValue {
        let origins = asset.origins.map { origin -> JSONValue in
            switch origin {
            case .imported(let path, let at):
                .object(["how": .string("imported"), "path": .string(path), "at": .string(at.description)])
            case .generated(let id, let position, let at):
                .object([
                    "how": .string("generated"), "generation": .string(id.text), "position": .integer(Int64(position)),
                    "at": .string(at.description),
                ])
            }
        }
        return .object(
            facts(asset.facts).merging([
                "id": .string(asset.id.hex), "kind": .string(asset.kind.rawValue), "digest": .string(asset.id.hex),
                "path": .string(path), "recipe": recipe(asset.recipe, rule: asset.recipeRule),
                "note": text(asset.note), "origins": .array(origins), "tags": .array(asset.tags.map(JSONValue.string)),
                "sets": .array(asset.sets.map(JSONValue.string)), "added_at": .string(asset.addedAt.description),
            ]) { $1 })
    }

    static func generation(_ generation: Run, path: (Run.Output) -> String) -> [String: JSONValue] {
        let outputs = generation.outputs.map { output -> JSONValue in
            .object(
                facts(output.facts).merging([
                    "digest": .string(output.asset.hex), "path": .string(path(output)),
                    "flagged": output.isFlagged.map(JSONValue.bool) ?? .null, "url": text(output.url),
                ]) { $1 })
        }
        return [
            "id": .string(generation.id.text), "kind": .string("generation"), "state": .string(state(generation)),
            "model": .string(generation.model), "prompt": .string(generation.prompt), "seed": seed(generation.seed),
            "parameters": seedAsText(generation.parameters),
            "references": .array(generation.references.members.map { .string($0.hex) }),
            "planned_width": generation.plannedSize.map { .integer(Int64($0.width)) } ?? .null,
            "planned_height": generation.plannedSize.map { .integer(Int64($0.height)) } ?? .null,
            "submit": terms(generation.terms), "files": .array(generation.files.map(file)),
            "request_id": text(generation.request?.id), "reason": text(generation.reason),
            "outputs": .array(outputs), "drift": .array(generation.drift.map(drift)),
            "planned_at": .string(generation.plannedAt.description),
            "created_at": .string(
                (generation.state == .finished ? generation.changedAt : generation.plannedAt).description),
            "changed_at": .string(generation.changedAt.description),
        ]
    }

    /// Something that a run made and that is no picture.
    static func file(_ file: Run.KeptFile) -> JSONValue {
        .object([
            "digest": .string(file.digest.hex), "extension": .string(file.fileExtension),
            "media_type": text(file.mediaType), "byte_count": .integer(file.byteCount), "url": text(file.url),
        ])
    }

    /// How a run was handed to the queue, with every key; null where fal's default holds.
    static func terms(_ terms: SubmitTerms) -> JSONValue {
        .object([
            "priority": text(terms.priority?.rawValue), "hint": text(terms.hint),
            "start_timeout": terms.startTimeoutSeconds.map(JSONValue.number) ?? .null, "webhook": text(terms.webhook),
            "store_io": .bool(terms.isStored),
        ])
    }

    static func drift(_ drift: Drift) -> JSONValue {
        .object([
            "kind": .string(drift.kind.rawValue), "position": drift.position.map { .integer(Int64($0)) } ?? .null,
            "asked": text(drift.asked), "got": text(drift.got), "kept": text(drift.kept?.hex),
            "message": .string(drift.description),
        ])
    }

    /// The state as people should read it: a request that left without an answer is *unknown*.
    static func state(_ generation: Run) -> String {
        generation.nextStep == .confirm ? "unknown" : generation.state.rawValue
    }

    static func set(_ set: NamedSet) -> JSONValue {
        .object([
            "name": .string(set.name), "count": .integer(Int64(set.members.count)),
            "members": .array(set.members.map { .string($0.hex) }), "created_at": .string(set.createdAt.description),
        ])
    }

    static func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }

    /// Parameters as we show them; the exact request and the answer stay as fal has them.
    private static func seedAsText(_ parameters: JSONValue) -> JSONValue {
        guard case .object(var fields) = parameters, let number = fields["seed"]?.seed else { return parameters }
        fields["seed"] = seed(number)
        return .object(fields)
    }

    /// A seed is text in JSON: 64 bits do not survive every reader's numbers.
    static func seed(_ seed: UInt64?) -> JSONValue { seed.map { .string(String($0)) } ?? .null }
}
