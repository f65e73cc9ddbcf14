import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import Hummingbird
import LibraryJSON

/// The HTTP API under `/api/v1`: JSON over the library's own verbs. `openapi.json` describes it, and a test holds the two together.
struct GalleryAPI: Sendable {
    let gallery: Gallery
    /// The runs that this server brings to their end.
    let desk: RunDesk
    /// What is told to the pages as it happens.
    let hub: EventHub

    /// Where runs cost nothing: the sandbox beside fal, or the server that stands in for fal.
    var sandbox: FalSession? {
        if let sandbox = gallery.sandbox { return sandbox }
        return gallery.fal.flatMap { $0.remote.isFal ? nil : $0 }
    }

    var library: Library { gallery.library }

    /// One route: a method, a path below `/api/v1` in which `{name}` stands for one part, and what answers it.
    struct Route: Sendable {
        let method: HTTPRequest.Method
        let template: String
        /// Whether it changes something or spends money; then it is refused in a read-only gallery.
        let isChange: Bool
        let answer: @Sendable (GalleryAPI, APIRequest) async throws(LibraryError) -> GalleryAnswer

        init(
            _ method: HTTPRequest.Method, _ template: String, isChange: Bool? = nil,
            _ answer: @escaping @Sendable (GalleryAPI, APIRequest) async throws(LibraryError) -> GalleryAnswer
        ) {
            self.method = method
            self.template = template
            self.isChange = isChange ?? (method != .get)
            self.answer = answer
        }

        /// The parameters in a path that this route answers; nil when it is another's.
        func parameters(of parts: [String]) -> [String: String]? {
            let names = template.split(separator: "/")
            guard names.count == parts.count else { return nil }
            var found: [String: String] = [:]
            for (name, part) in zip(names, parts) {
                if name.hasPrefix("{") {
                    found[String(name.dropFirst().dropLast())] = part
                } else if name != part {
                    return nil
                }
            }
            return found
        }
    }

    /// Every route, by what it is about.
    static let routes: [Route] =
        statusRoutes + findingRoutes + pictureRoutes + runRoutes + composeRoutes + setRoutes + markRoutes + undoRoutes
        + ledgerRoutes + importRoutes + changeRoutes + documentRoutes

    static let prefix = "/api/v1/"
    /// Those that look at every answer of a search.
    static let longRoutes: Set<Substring> = ["timeline", "facets", "count"]

    func respond(to request: Request) async -> GalleryAnswer {
        let parts = request.uri.path.dropFirst(Self.prefix.count).split(
            separator: "/", omittingEmptySubsequences: false
        )
        .map { $0.removingURLPercentEncoding() ?? String($0) }
        var allowed: [String] = []
        for route in Self.routes {
            guard let parameters = route.parameters(of: parts) else { continue }
            guard route.method == request.method || (request.method == .head && route.method == .get) else {
                allowed.append(route.method.rawValue)
                continue
            }
            if route.isChange, let reason = readOnlyReason { return .error(403, "read_only", reason) }
            // Moved away or unmounted under us: what is open still answers, and would answer wrongly.
            guard library.isThere else {
                return .error(503, "library_gone", "\(library.root): the library is no longer there")
            }
            do throws(LibraryError) {
                return try await route.answer(self, APIRequest(request: request, path: parameters))
            } catch {
                return .error(error)
            }
        }
        guard !allowed.isEmpty else { return .error(404, "no_such_route", "there is no such route") }
        var answer = GalleryAnswer.error(
            405, "method_not_allowed", "this route takes \(allowed.joined(separator: ", "))")
        answer.headers[.allow] = allowed.joined(separator: ", ")
        return answer
    }
}

extension StringProtocol {
    /// The text with %XX decoded; nil where that is no UTF-8.
    func removingURLPercentEncoding() -> String? { String(self).removingPercentEncoding }
}
