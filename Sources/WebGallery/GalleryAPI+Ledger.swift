import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import LibraryJSON

/// What is on fal, and what it cost.
extension GalleryAPI {
    static let ledgerRoutes: [Route] = [
        Route(.get, "uploads") { api, request throws(LibraryError) in
            let state = request.query("state") ?? "served"
            guard ["served", "all"].contains(state) else {
                throw LibraryError(.invalidInput, code: "bad_parameter", "state must be served or all")
            }
            let uploads = try await api.library.uploads(UploadFilter(isExposed: state == "served"))
            return .json(["uploads": JSONValue(uploads.map(\.json))])
        },
        Route(.get, "costs") { api, request throws(LibraryError) in try await api.costs(request) },
    ]

    private func costs(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let by = request.query("by") ?? "month"
        var since: Timestamp?
        if let text = request.query("since") {
            guard let day = Timestamp(parsing: "\(text)T00:00:00.000Z") else {
                throw LibraryError(.invalidInput, code: "bad_day", "since must be a day, such as 2026-11-23")
            }
            since = day
        }
        let report = try await library.costs(since: since)
        let rows: [CostReport.Row]
        switch by {
        case "month": rows = report.months
        case "day": rows = report.days
        case "model": rows = report.models
        case "set": rows = report.sets
        default: throw LibraryError(.invalidInput, code: "bad_parameter", "by must be month, day, model or set")
        }
        return .json([
            "by": JSONValue(by), "rows": JSONValue(rows.map { $0.json(by: by, pricedAt: report.pricedAt) }),
            "total": .object(report.total.json(by: "total", pricedAt: report.pricedAt)),
        ])
    }
}
