import AssetLibrary
import AssetModel
import Foundation
import LibraryJSON

/// A set that is looked at as such: in its own order, so that its pictures can be dragged.
extension GalleryAPI {
    /// Sets of more members are shown in the order of time: all of them are read for each page.
    private static let longestSet = 1000

    /// The set that a query names and nothing else, when it has an order of its own; nil for any other query.
    func setOrder(_ request: APIRequest) async throws(LibraryError) -> NamedSet? {
        let text = (request.query("q") ?? "").trimmingCharacters(in: .whitespaces)
        guard text.hasPrefix("set:") || text.hasPrefix("@"), !text.contains(" ") || text.hasSuffix("\"") else {
            return nil
        }
        guard case .term(.set(let name)) = library.reading(of: text).query.condition.single else { return nil }
        guard let set = try? await library.set(named: name), !set.isSmart, set.members.count <= Self.longestSet else {
            return nil
        }
        return set
    }

    /// What is found of a set, each picture once, in the set's order.
    private func hits(of set: NamedSet) async throws(LibraryError) -> [SearchHit] {
        var found: [ContentDigest: SearchHit] = [:]
        var after: SearchCursor?
        repeat {
            let query = SearchQuery(.term(.set(set.name)))
            let page = try await library.search(query, limit: 500, after: after)
            for hit in page where found[hit.asset] == nil { found[hit.asset] = hit }
            after = page.count < 500 ? nil : page.last?.cursor
        } while after != nil
        return set.members.compactMap { found[$0] }
    }

    func page(of set: NamedSet, _ request: APIRequest, _ limit: Int) async throws(LibraryError) -> GalleryAnswer {
        var start = 0
        if let after = request.query("after") {
            guard after.hasPrefix("set."), let place = Int(after.dropFirst(4)), place >= 0 else {
                // A cursor of the order that the set had before.
                throw LibraryError(.invalidInput, code: "foreign_cursor", "this page belongs to another order")
            }
            start = place
        }
        let hits = try await hits(of: set)
        let page = Array(hits.dropFirst(start).prefix(limit))
        let isLast = start + page.count >= hits.count
        return .json([
            "items": JSONValue(try await json(page)), "next": JSONValue(isLast ? nil : "set.\(start + page.count)"),
        ])
    }

    func timeline(of set: NamedSet) async throws(LibraryError) -> GalleryAnswer {
        let hits = try await hits(of: set)
        let ratios = hits.map { hit in
            let size = hit.facts.displaySize
            let ratio = 128 + 32 * log2(Double(max(1, size.width)) / Double(max(1, size.height)))
            return UInt8(max(0, min(255, ratio.rounded())))
        }
        let segments = stride(from: 0, to: hits.count, by: 500).map { start in
            [
                "after": JSONValue(start == 0 ? nil : "set.\(start)"),
                "count": JSONValue(min(500, hits.count - start)),
            ] as JSONObject
        }
        return .json([
            "position": JSONValue(try await library.position().text), "order": JSONValue("set"),
            "count": JSONValue(hits.count), "days": .array([]), "segments": JSONValue(segments),
            "ratios": JSONValue(Data(ratios).base64EncodedString()),
            "stacks": JSONValue(Data(count: hits.count).base64EncodedString()),
        ])
    }
}

extension SearchCondition {
    /// The condition without groups of one around it.
    fileprivate var single: SearchCondition {
        switch self {
        case .all(let parts) where parts.count == 1: parts[0].single
        case .any(let parts) where parts.count == 1: parts[0].single
        default: self
        }
    }
}
