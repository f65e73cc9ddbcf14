import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import Hummingbird
import LibraryJSON

/// The HTTP API under `/api/v1`: JSON over the library's own verbs. `openapi.json` describes it, and a test holds the two together.
struct GalleryAPI: Sendable {
    let gallery: Gallery

    var library: Library { gallery.library }

    /// One route: a method, a path below `/api/v1` in which `{name}` stands for one part, and what answers it.
    struct Route: Sendable {
        let method: HTTPRequest.Method
        let template: String
        let answer: @Sendable (GalleryAPI, APIRequest) async throws(LibraryError) -> GalleryAnswer

        init(
            _ method: HTTPRequest.Method, _ template: String,
            _ answer: @escaping @Sendable (GalleryAPI, APIRequest) async throws(LibraryError) -> GalleryAnswer
        ) {
            self.method = method
            self.template = template
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
    static let routes: [Route] = findingRoutes

    static let prefix = "/api/v1/"

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
            if gallery.isReadOnly, route.method != .get {
                return .error(403, "read_only", "this gallery is read-only")
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
