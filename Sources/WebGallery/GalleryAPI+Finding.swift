import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// Finding: searches, pages, counts.
extension GalleryAPI {
    static let findingRoutes: [Route] = [
        Route(.get, "pictures") { api, request throws(LibraryError) in try await api.pictures(request) },
        Route(.get, "count") { api, request throws(LibraryError) in try await api.count(request) },
        Route(.get, "facets") { api, request throws(LibraryError) in
            .json(try await api.library.facets(of: api.query(request)).json)
        },
    ]

    /// The query of a request, read as anywhere else; never an error.
    func query(_ request: APIRequest) -> SearchQuery { library.reading(of: request.query("q") ?? "").query }

    private func pictures(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let limit = try request.number("limit", in: 1...500, default: 100)
        let cursor = try request.query("after").map { (text) throws(LibraryError) in try library.cursor(parsing: text) }
        let hits = try await library.search(query(request), limit: limit, after: cursor)
        return .json([
            "items": JSONValue(hits.map { $0.json(in: library) }),
            "next": hits.count < limit ? .null : JSONValue(hits.last?.cursor.text),
        ])
    }

    private func count(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        .json(["count": JSONValue(try await library.count(query(request), within: .milliseconds(500)))])
    }
}
