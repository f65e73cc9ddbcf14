import HTTPTypes
import Hummingbird

/// Decides whether a request comes from the person at this machine, before anything of the library is touched.
///
/// - **Host** must be one of the server's own names: a page of another site that lets its name point here (DNS rebinding) keeps its own name.
/// - **Origin**, which browsers send with every request that can change something, must be the server's own: no other site's page posts to us.
/// - **Token**: 256 random bits that only the person who started the server has seen. The first URL carries it; from then on a cookie does, which
///   no script can read and which is never sent with a request that another site began. Programs send it as `Authorization: Bearer`.
struct GalleryGate: Sendable {
    /// The secret, 43 characters of base64url.
    let token: String
    /// The names and addresses that are ours, without the port.
    let names: [String]

    /// What is done with a request.
    enum Decision: Hashable {
        case admitted
        /// The first URL: the cookie is set, and the page is asked for again without the token.
        case welcomed(location: String)
        case refused(status: Int, reason: String)
    }

    /// Decides on a request that came in on a port.
    func decide(_ request: Request, port: Int) -> Decision {
        guard let authority = request.head.authority?.lowercased(), isOurs(authority, port) else {
            return .refused(status: 421, reason: "this is not the name of the gallery")
        }
        // The parser takes the first of them as the authority, and leaves the others as fields.
        guard Self.host.map({ request.headers[$0] == nil }) ?? true else {
            return .refused(status: 400, reason: "a request has one Host")
        }
        // `*` and the like. Of a target with a host of its own, as proxies are sent, the path alone arrives here.
        guard request.head.path?.hasPrefix("/") == true else {
            return .refused(status: 400, reason: "the request is for a path of the gallery")
        }
        if let origin = request.headers[.origin], origin.lowercased() != "http://\(authority)" {
            return .refused(status: 403, reason: "requests of other sites are refused")
        }
        let isReading = request.method == .get || request.method == .head
        if let token = request.uri.queryParameters["token"] {
            guard isReading, matches(String(token)) else {
                return .refused(
                    status: 403,
                    reason:
                        "this link has expired: use the newest one that Atelier printed, or run `atelier serve --open`")
            }
            return .welcomed(location: location(without: "token", request))
        }
        if let bearer = request.headers[.authorization], bearer.hasPrefix("Bearer ") {
            return matches(String(bearer.dropFirst(7)))
                ? .admitted : .refused(status: 403, reason: "the token is not that of this gallery")
        }
        guard hasCookie(request.head, port) else {
            return .refused(
                status: 403,
                reason: "open the gallery with the newest address that Atelier printed, or run `atelier serve --open`")
        }
        // A request that changes something and comes from a page says where it comes from.
        if !isReading, request.headers[.origin] == nil {
            return .refused(status: 403, reason: "a change needs an Origin")
        }
        return .admitted
    }

    /// Whether a request has the token, in whichever way: to be asked before it is decided on.
    @Sendable
    func holdsToken(_ head: HTTPRequest, port: Int) -> Bool {
        if let bearer = head.headerFields[.authorization], bearer.hasPrefix("Bearer ") {
            return matches(String(bearer.dropFirst(7)))
        }
        if hasCookie(head, port) { return true }
        let query = head.path?.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
        return query.split(separator: "&").contains {
            $0.hasPrefix("token=") && matches(String($0.dropFirst("token=".count)))
        }
    }

    /// Whether one of the cookies of our name is right: a page of another port can set one of the same name, and both are sent.
    private func hasCookie(_ head: HTTPRequest, _ port: Int) -> Bool {
        let name = Self.cookieName(port) + "="
        return head.headerFields[values: .cookie].flatMap { $0.split(separator: ";") }.contains { pair in
            let pair = pair.drop { $0 == " " }
            return pair.hasPrefix(name) && matches(String(pair.dropFirst(name.count)))
        }
    }

    private static let host = HTTPField.Name("Host")

    /// The header that keeps the token for the browser's session.
    func cookie(port: Int) -> String { "\(Self.cookieName(port))=\(token); Path=/; HttpOnly; SameSite=Strict" }

    /// Cookies do not tell ports apart; two galleries on one machine must.
    private static func cookieName(_ port: Int) -> String { "atelier-\(port)" }

    /// Browsers leave out port 80.
    private func isOurs(_ authority: String, _ port: Int) -> Bool {
        names.contains { authority == "\($0):\(port)" || (port == 80 && authority == $0) }
    }

    /// Compared in the same time whether the first or the last character is wrong.
    private func matches(_ candidate: String) -> Bool {
        let (left, right) = (Array(token.utf8), Array(candidate.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The path and query of a request less one parameter; always on this server.
    private func location(without name: String, _ request: Request) -> String {
        let query = (request.uri.query ?? "").split(separator: "&").filter { !$0.hasPrefix("\(name)=") }
        // `//host` would lead elsewhere, and browsers read `\` as `/`.
        let path = "/" + request.uri.path.drop { $0 == "/" || $0 == "\\" }
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }
}
