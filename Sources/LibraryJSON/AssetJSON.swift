package import AssetLibrary
package import AssetModel

extension Asset {
    /// The facts, and `id kind digest path recipe note unread origins tags sets added_at`, and what a person said:
    /// `title rating favourite trashed`.
    package func json(in library: Library) -> JSONObject {
        facts.json.adding([
            "id": JSONValue(id), "kind": JSONValue(kind.rawValue), "digest": JSONValue(id),
            "path": JSONValue(library.path(of: id, facts.format)),
            "recipe": JSONValue(recipe: recipe, rule: recipeRule), "note": JSONValue(note),
            "unread": JSONValue(unread), "origins": JSONValue(origins.map(Self.json)), "tags": JSONValue(tags),
            "sets": JSONValue(sets),
            "added_at": JSONValue(addedAt), "title": JSONValue(title), "rating": JSONValue(rating: rating),
            "favourite": JSONValue(isFavourite), "trashed": JSONValue(isTrashed),
        ])
    }

    private static func json(_ origin: Origin) -> JSONObject {
        switch origin {
        case .imported(let path, let time):
            ["how": JSONValue("imported"), "path": JSONValue(path), "at": JSONValue(time)]
        case .generated(let run, let position, let time):
            [
                "how": JSONValue("generated"), "generation": JSONValue(run), "position": JSONValue(position),
                "at": JSONValue(time),
            ]
        }
    }
}

extension SearchHit {
    /// The facts, and `id kind digest path prompt seed model created_at tags rating name generator note`, of a picture of a run
    /// `run image image_count`, and `title favourite`.
    package func json(in library: Library) -> JSONObject {
        facts.json.adding([
            "id": JSONValue(id), "kind": JSONValue(kind.rawValue), "digest": JSONValue(asset),
            "path": JSONValue(library.path(of: asset, facts.format)), "prompt": JSONValue(prompt),
            "seed": JSONValue(seed: seed), "model": JSONValue(model), "created_at": JSONValue(createdAt),
            "tags": JSONValue(tags), "rating": JSONValue(rating: rating), "name": JSONValue(name),
            "generator": JSONValue(generator),
            "note": JSONValue(note), "title": JSONValue(title), "favourite": JSONValue(isFavourite),
            "run": generation.map { JSONValue($0) } ?? .null, "image": image.map { JSONValue($0) } ?? .null,
            "image_count": imageCount.map { JSONValue($0) } ?? .null,
        ])
    }
}

extension JSONValue {
    /// Stars; null when there are none.
    package init(rating: Int) { self = rating == 0 ? .null : JSONValue(rating) }
}

extension ImportOutcome {
    /// An imported file: its facts and `path id digest new`. One that could not be: `path error`. Nil for what has nothing to
    /// show: a file that was skipped, or not removed.
    package var json: JSONObject? {
        switch self {
        case .imported(let path, let asset, let facts, let isNew):
            facts.json.adding(.path(path)).adding([
                "id": JSONValue(asset), "digest": JSONValue(asset), "new": JSONValue(isNew),
            ])
        case .failed(let path, let code, let message):
            JSONObject.path(path).adding(["error": .object(.error(code, message))])
        case .skipped, .notRemoved: nil
        }
    }
}

extension ReparseOutcome {
    /// `id digest changed`, with `changes recipe note` where something changed and `error` where it could not be read.
    package var json: JSONObject {
        func object(_ asset: ContentDigest, _ isChanged: Bool, _ more: JSONObject = [:]) -> JSONObject {
            ["id": JSONValue(asset), "digest": JSONValue(asset), "changed": JSONValue(isChanged)].adding(more)
        }
        switch self {
        case .changed(let asset, let changes, let recipe, let note):
            return object(
                asset, true,
                [
                    "changes": JSONValue(changes), "recipe": JSONValue(recipe: recipe?.recipe, rule: recipe?.rule),
                    "note": JSONValue(note),
                ])
        case .unchanged(let asset): return object(asset, false)
        case .failed(let asset, let code, let message):
            return object(asset, false, ["error": .object(.error(code, message))])
        }
    }
}

extension VerifySummary {
    /// `verified problems orphans leftovers`.
    package var json: JSONObject {
        [
            "verified": JSONValue(blobCount), "problems": JSONValue(problemCount), "orphans": JSONValue(orphanCount),
            "leftovers": JSONValue(leftoverCount), "search_index_checked": JSONValue(isSearchIndexChecked),
        ]
    }
}

extension LibraryStatistics {
    /// `library assets byte_count references outputs generations unfinished uploads sets tags formats`.
    package func json(of library: Library) -> JSONObject {
        [
            "library": JSONValue(library.root), "assets": JSONValue(assetCount), "byte_count": .integer(byteCount),
            "references": JSONValue(referenceCount), "outputs": JSONValue(outputCount),
            "generations": JSONValue(generationCount), "unfinished": JSONValue(unfinishedCount),
            "uploads": JSONValue(uploadCount), "sets": JSONValue(setCount), "tags": JSONValue(tagCount),
            "formats": .object(formats.mapValues { JSONValue($0) }),
        ]
    }
}
