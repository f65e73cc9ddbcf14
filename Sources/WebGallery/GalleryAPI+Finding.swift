import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import LibraryJSON

/// Finding: searches, pages, counts.
extension GalleryAPI {
    static let findingRoutes: [Route] = [
        Route(.get, "pictures") { api, request throws(LibraryError) in try await api.pictures(request) },
        Route(.get, "count") { api, request throws(LibraryError) in try await api.count(request) },
        Route(.get, "facets") { api, request throws(LibraryError) in
            .json(try await api.library.facets(of: try api.query(request)).json)
        },
        Route(.get, "timeline") { api, request throws(LibraryError) in try await api.timeline(request) },
        Route(.get, "reading") { api, request throws(LibraryError) in
            try await api.reading(request)
        },
        Route(.get, "prompts") { api, request throws(LibraryError) in try await api.prompts(request) },
    ]

    /// The query of a request, read as anywhere else. Errors: one that names a file, which is for the command line.
    func query(_ request: APIRequest) throws(LibraryError) -> SearchQuery {
        let query = library.browsing(request.query("q") ?? "")
        try library.checkNamesNoFile(query)
        return query
    }

    private func pictures(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let limit = try request.number("limit", in: 1...500, default: 100)
        if let set = try await setOrder(request) { return try await page(of: set, request, limit) }
        let cursor = try request.query("after").map { (text) throws(LibraryError) in try library.cursor(parsing: text) }
        let hits = try await library.search(try query(request), limit: limit, after: cursor)
        return .json([
            "items": JSONValue(try await json(hits)),
            "next": hits.count < limit ? .null : JSONValue(hits.last?.cursor.text),
        ])
    }

    private func count(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        .json(["count": JSONValue(try await library.count(try query(request), within: .milliseconds(500)))])
    }

    private func reading(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let caret = try request.query("caret") == nil ? nil : request.number("caret", in: 0...1_000_000, default: 0)
        return .json(try await library.searchBox(request.query("q") ?? "", caret: caret).json)
    }

    private func prompts(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let limit = try request.number("limit", in: 1...200, default: 50)
        var seen: Set<String> = []
        // A plate of seeds is a hundred runs of one prompt.
        let prompts = try await library.runs(limit: limit * 10).map(\.prompt)
        let distinct = prompts.filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(limit)
        return .json(["prompts": JSONValue(Array(distinct))])
    }

    /// Hits as everywhere, and what stands in their place until their thumbnails are there: `placeholder colours problem sandbox`.
    func json(_ hits: [SearchHit]) async throws(LibraryError) -> [JSONObject] {
        let sandboxed = try await library.sandboxRuns(among: hits.compactMap(\.generation))
        let appearances = try await library.appearances(of: hits.map(\.asset))
        return hits.map { hit in
            let appearance = appearances[hit.asset]
            let isSandbox = hit.generation.map(sandboxed.contains) ?? false
            return hit.json(in: library).adding([
                "placeholder": JSONValue(appearance?.placeholder.map { Data($0).base64EncodedString() }),
                "colours": JSONValue(appearance?.colours.map { "#\($0.hex)" } ?? []),
                "problem": JSONValue(appearance?.problem?.rawValue), "sandbox": JSONValue(isSandbox),
            ])
        }
    }

    private func timeline(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        if let set = try await setOrder(request) { return try await timeline(of: set) }
        var zone = TimeZone.current
        if let name = request.query("zone") {
            guard let named = TimeZone(identifier: name) else {
                throw LibraryError(
                    .invalidInput, code: "bad_parameter", "zone must be a time zone, such as Europe/Berlin")
            }
            zone = named
        }
        let (timeline, position) = try await library.timeline(of: try query(request), timeZone: zone)
        return .json(timeline.jsonBytes(at: position), packedFor: request.request)
    }
}
