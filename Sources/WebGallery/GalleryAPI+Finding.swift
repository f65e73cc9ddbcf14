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
            .json(try await api.library.facets(of: api.query(request)).json)
        },
        Route(.get, "timeline") { api, request throws(LibraryError) in try await api.timeline(request) },
        Route(.get, "reading") { api, request throws(LibraryError) in api.reading(request) },
        Route(.get, "prompts") { api, request throws(LibraryError) in try await api.prompts(request) },
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

    private func reading(_ request: APIRequest) -> GalleryAnswer {
        let reading = library.reading(of: request.query("q") ?? "")
        return .json(reading.query.json(reading.remarks).adding(["spans": .array([]), "suggestions": .array([])]))
    }

    private func prompts(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let limit = try request.number("limit", in: 1...200, default: 50)
        var seen: Set<String> = []
        // A plate of seeds is a hundred runs of one prompt.
        let prompts = try await library.runs(limit: limit * 10).map(\.prompt)
        let distinct = prompts.filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(limit)
        return .json(["prompts": JSONValue(Array(distinct))])
    }

    private func timeline(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let query = query(request)
        var (ratios, stacks): ([UInt8], [UInt8]) = ([], [])
        var (segments, days): ([JSONObject], [(day: String, count: Int)]) = ([], [])
        var (after, lastPrompt): (SearchCursor?, String?) = (nil, nil)
        while ratios.count < 20_000 {
            let page = try await library.search(query, limit: 500, after: after)
            guard !page.isEmpty else { break }
            segments.append(["after": JSONValue(after?.text), "count": JSONValue(page.count)])
            for hit in page {
                let size = hit.facts.displaySize
                let ratio = 128 + 32 * log2(Double(size.width) / Double(size.height))
                ratios.append(UInt8(max(0, min(255, ratio.rounded()))))
                let day = String(hit.createdAt.description.prefix(10))
                let isSameDay = days.last?.day == day
                if isSameDay { days[days.count - 1].count += 1 } else { days.append((day, 1)) }
                stacks.append(isSameDay && hit.prompt != nil && hit.prompt == lastPrompt ? 1 : 0)
                lastPrompt = hit.prompt
            }
            after = page.last?.cursor
            if page.count < 500 { break }
        }
        let isByTime = query.order == .newestFirst || query.order == .oldestFirst
        return .json([
            "position": .null, "order": JSONValue(query.order.rawValue), "count": JSONValue(ratios.count),
            "days": JSONValue(
                isByTime ? days.map { ["day": JSONValue($0.day), "count": JSONValue($0.count)] as JSONObject } : []),
            "segments": JSONValue(segments), "ratios": JSONValue(Data(ratios).base64EncodedString()),
            "stacks": JSONValue(Data(stacks).base64EncodedString()),
        ])
    }
}
