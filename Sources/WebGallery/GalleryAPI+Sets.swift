import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// Sets and smart sets. Every change is decided under the library's lock, so two windows that change one set are both right.
extension GalleryAPI {
    static let setRoutes: [Route] = [
        Route(.get, "sets") { api, _ throws(LibraryError) in
            .json(["sets": JSONValue(try await api.library.setSummaries().map(\.json))])
        },
        Route(.get, "sets/{name}") { api, request throws(LibraryError) in
            .json(try await api.library.set(named: request.parameter("name")).json)
        },
        Route(.post, "sets") { api, request throws(LibraryError) in try await api.createSet(request) },
        Route(.post, "sets/{name}") { api, request throws(LibraryError) in try await api.changeMembers(request) },
        Route(.patch, "sets/{name}") { api, request throws(LibraryError) in try await api.editSet(request) },
        Route(.delete, "sets/{name}") { api, request throws(LibraryError) in
            let name = request.parameter("name")
            return try await api.changing(["set": .null]) { () throws(LibraryError) in
                try await api.library.deleteSet(name)
                return Change("Deleted the set “\(name)”", changed: 1)
            }
        },
    ]

    private func createSet(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let body = try await request.json("name", "query", "from")
        let name = try body.requiredText("name")
        let (query, other) = (try body.optionalText("query"), try body.optionalText("from"))
        if let query { try library.checkNamesNoFile(library.reading(of: query).query) }
        return try await changingSet { () throws(LibraryError) in
            if let other {
                let set = try await library.duplicateSet(other, as: name)
                return ("Duplicated “\(other)” as “\(set.name)”", set)
            }
            if let query, !query.isEmpty {
                let set = try await library.createSmartSet(name, query: query)
                return ("Created the smart set “\(set.name)”", set)
            }
            let set = try await library.createSet(name)
            return ("Created the set “\(set.name)”", set)
        }
    }

    private func changeMembers(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let body = try await request.json(
            "add", "remove", "move", "query", "before", "after", "to", "first", "last")
        let name = request.parameter("name")
        let verbs = ["add", "remove", "move", "query"].filter { body[$0] != nil }
        guard verbs.count == 1, let verb = verbs.first else {
            throw LibraryError(.invalidInput, code: "bad_body", "give one of add, remove and move")
        }
        // All that a query finds can be put in as well.
        let assets = try await chosen(body, ids: verb == "query" ? "ids" : verb)
        let pictures = Words.pictures(assets.count)
        switch verb {
        case "remove":
            return try await changingSet { () throws(LibraryError) in
                ("Removed \(pictures) from “\(name)”", try await library.removeFromSet(name, assets))
            }
        case "move":
            let place = try await place(body)
            return try await changingSet { () throws(LibraryError) in
                ("Moved \(pictures) in “\(name)”", try await library.moveInSet(name, assets, to: place))
            }
        default:
            let isNew = try await !library.setSummaries().contains { $0.name.lowercased() == name.lowercased() }
            return try await changingSet { () throws(LibraryError) in
                let set = try await library.addToSet(name, assets)
                return (
                    isNew ? "Created the set “\(set.name)” with \(pictures)" : "Added \(pictures) to “\(name)”", set
                )
            }
        }
    }

    private func place(_ body: JSONValue) async throws(LibraryError) -> SetPlace {
        guard ["before", "after", "to", "first", "last"].count(where: { body[$0] != nil }) == 1 else {
            throw LibraryError(
                .invalidInput, code: "bad_body", "move needs one of before, after, to, first and last")
        }
        if let id = try body.optionalText("before") { return .before(try await onlyPicture(id)) }
        if let id = try body.optionalText("after") { return .after(try await onlyPicture(id)) }
        if let number = body["to"]?.int { return .number(number) }
        if body["first"]?.flag == true { return .first }
        if body["last"]?.flag == true { return .last }
        throw LibraryError(.invalidInput, code: "bad_body", "move needs one of before, after, to, first and last")
    }

    private func editSet(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let body = try await request.json("name", "query", "cover")
        let name = request.parameter("name")
        let newName = try body.optionalText("name")
        let query = try body.optionalText("query")
        if let query { try library.checkNamesNoFile(library.reading(of: query).query) }
        let cover = try await body.optionalText("cover").asyncMap(onlyPicture)
        // Each is an action of its own, to be undone by itself.
        guard [newName != nil, query != nil, body["cover"] != nil].count(where: \.self) == 1 else {
            throw LibraryError(.invalidInput, code: "bad_body", "give one of name, query and cover")
        }
        return try await changingSet { () throws(LibraryError) in
            var (message, set): (String, NamedSet?) = ("", nil)
            if let query {
                set = try await library.editSmartSet(name, query: query)
                message = "Changed the search of “\(name)”"
            }
            if body["cover"] != nil {
                set = try await library.setCover(cover, of: name)
                message =
                    cover == nil ? "“\(name)” has its first picture as its cover" : "Changed the cover of “\(name)”"
            }
            if let newName {
                let renamed = try await library.renameSet(name, to: newName)
                set = renamed
                message = "Renamed “\(name)” to “\(renamed.name)”"
            }
            if let set { return (message, set) }
            return (message, try await library.set(named: name))
        }
    }

    private func changingSet(
        _ change: () async throws(LibraryError) -> (message: String, set: NamedSet)
    ) async throws(LibraryError) -> GalleryAnswer {
        return try await changing(["set": .null]) { () throws(LibraryError) in
            let (message, changed) = try await change()
            return Change(message, changed: 1, more: ["set": .object(changed.json)])
        }
    }

    /// The one picture that an id names.
    func onlyPicture(_ id: String) async throws(LibraryError) -> ContentDigest {
        let found = try await library.pictures(ids: [Self.word(id)])
        guard found.count == 1, let picture = found.first else {
            throw LibraryError(
                .invalidInput, code: "several_images", "\(id): names \(found.count) images, and one is needed")
        }
        return picture
    }
}
