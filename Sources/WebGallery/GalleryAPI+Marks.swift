import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// What a person says of pictures: stars, favourites, notes, titles, the trash, tags.
extension GalleryAPI {
    static let markRoutes: [Route] = [
        Route(.post, "marks") { api, request throws(LibraryError) in try await api.mark(request) },
        Route(.get, "tags") { api, _ throws(LibraryError) in
            .json([
                "tags": JSONValue(
                    try await api.library.tagCounts().map {
                        ["name": JSONValue($0.tag), "count": JSONValue($0.count)] as JSONObject
                    })
            ])
        },
        Route(.post, "tags") { api, request throws(LibraryError) in try await api.tag(request) },
    ]

    private func mark(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let body = try await request.json("ids", "query", "field", "value")
        let field = try body.requiredText("field")
        // Null clears a rating or a text; a value that was forgotten does not.
        guard let value = body["value"] else { throw Self.bad("value is missing") }
        switch field {
        case "rating":
            guard let stars = value == .null ? 0 : value.int else {
                throw Self.bad("value must be a number from 0 to 5")
            }
            let assets = try await chosen(body)
            return try await changing { () throws(LibraryError) in
                let pictures = Words.pictures(assets.count)
                return Change(
                    stars == 0
                        ? "Removed the rating of \(pictures)"
                        : "Rated \(pictures) \(String(repeating: "★", count: max(0, min(5, stars))))",
                    changed: try await library.rate(assets, stars))
            }
        case "favourite":
            guard let isFavourite = value.flag else { throw Self.bad("value must be true or false") }
            let assets = try await chosen(body)
            return try await changing { () throws(LibraryError) in
                let pictures = Words.pictures(assets.count)
                return Change(
                    isFavourite ? "Added \(pictures) to favourites" : "Removed \(pictures) from favourites",
                    changed: try await library.favourite(assets, isFavourite))
            }
        case "trashed":
            guard let isTrashed = value.flag else { throw Self.bad("value must be true or false") }
            let assets = try await chosen(body)
            return try await changing { () throws(LibraryError) in
                let pictures = Words.pictures(assets.count)
                if isTrashed {
                    return Change("Moved \(pictures) to the trash", changed: try await library.trash(assets))
                }
                return Change("Restored \(pictures)", changed: try await library.restore(assets))
            }
        case "title", "note":
            guard value == .null || value.text != nil else { throw Self.bad("value must be a text or null") }
            return try await write(field, value.text, body)
        default:
            throw Self.bad("field must be rating, favourite, trashed, title or note")
        }
    }

    /// Titles and notes can be given to runs too: there an id of a run means the run.
    private func write(
        _ field: String, _ text: String?, _ body: JSONValue
    ) async throws(LibraryError) -> GalleryAnswer {
        var runs: [Run.ID] = []
        var body = body
        if let ids = body["ids"]?.elements {
            var others: [JSONValue] = []
            for id in ids {
                if let text = id.text, !text.contains("/"), !text.contains("~"),
                    Run.ID.looksLikePrefix(text.lowercased()), case .run(let run) = try await library.designation(text)
                {
                    runs.append(run)
                } else {
                    others.append(id)
                }
            }
            body = body.setting("ids", to: others.isEmpty ? nil : .array(others))
        }
        let isWithoutPictures = body["ids"] == nil && body["query"] == nil
        let assets = runs.isEmpty || !isWithoutPictures ? try await chosen(body) : []
        let named = runs
        return try await changing { () throws(LibraryError) in
            let things = assets.isEmpty ? Words.runs(named.count) : Words.pictures(assets.count)
            let isEmpty = text?.allSatisfy(\.isWhitespace) ?? true
            if field == "title" {
                return Change(
                    isEmpty ? "Removed the title of \(things)" : "Changed the title of \(things)",
                    changed: try await library.title(assets, runs: named, as: text))
            }
            return Change(
                isEmpty ? "Removed the note of \(things)" : "Changed the note of \(things)",
                changed: try await library.note(assets, runs: named, text))
        }
    }

    private func tag(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let body = try await request.json("ids", "query", "add", "remove")
        let add = try Self.labels(body.texts("add"), Library.newLabel)
        let remove = try Self.labels(body.texts("remove"), Library.label)
        guard !add.isEmpty || !remove.isEmpty else { throw Self.bad("give add or remove") }
        let assets = try await chosen(body)
        return try await changing { () throws(LibraryError) in
            let pictures = Words.pictures(assets.count)
            var (changed, parts): (Int, [String]) = (0, [])
            if !add.isEmpty {
                changed = max(changed, try await library.tag(assets, with: add))
                parts.append("Tagged \(pictures) \(Words.list(add))")
            }
            if !remove.isEmpty {
                changed = max(changed, try await library.untag(assets, remove))
                parts.append(
                    parts.isEmpty
                        ? "Removed the tag \(Words.list(remove)) from \(pictures)" : "took off \(Words.list(remove))")
            }
            return Change(parts.joined(separator: ", "), changed: changed)
        }
    }

    /// Names as they are kept, each once, whatever its case.
    private static func labels(
        _ texts: [String], _ label: (String) throws(LibraryError) -> String
    ) throws(LibraryError) -> [String] {
        var (labels, known): ([String], Set<String>) = ([], [])
        for text in texts {
            let label = try label(text)
            if known.insert(label.lowercased()).inserted { labels.append(label) }
        }
        return labels
    }

    static func bad(_ sentence: String) -> LibraryError { LibraryError(.invalidInput, code: "bad_body", sentence) }
}
