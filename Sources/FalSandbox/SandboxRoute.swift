import Foundation

/// What a request is about, read from its method and path alone.
///
/// Status, result and cancel accept both forms of an address: the application's (its first segments) and the whole
/// endpoint's, with or without `/response`; fal's own documents and clients use all of them.
enum SandboxRoute: Hashable, Sendable {
    /// `POST /storage/upload/initiate`: announce an upload.
    case announce
    /// `POST /storage/upload/initiate-multipart`: announce an upload in parts.
    case announceParts
    /// `POST /storage/upload/multipart/{token}/{n}`: ask for the presigned address of one part.
    case signPart(token: String, number: Int)
    /// `POST /storage/upload/multipart/{token}/complete`: put such parts together.
    case completeSignedParts(token: String)
    /// `POST /storage/auth/token`: ask for a token of the CDN.
    case token
    /// `PUT /cdn/upload/{token}`: the bytes of an announced upload.
    case upload(token: String)
    /// `PUT /cdn/upload/{token}/{n}`: the bytes of a part.
    case part(token: String, number: Int)
    /// `POST /cdn/upload/{token}/complete`: put the parts together.
    case completeParts(token: String)
    /// `POST /cdn/files/upload`: upload at once.
    case cdnUpload
    /// `POST /cdn/files/upload/multipart`: begin an upload in parts.
    case cdnAnnounceParts
    /// `PUT /cdn/files/…/multipart/{token}/{n}`: the bytes of a part.
    case cdnPart(path: String, token: String, number: Int)
    /// `POST /cdn/files/…/multipart/{token}/complete`: put the parts together.
    case cdnCompleteParts(path: String, token: String)
    /// `POST /cdn/files/…/sign`: ask for an address that anyone may read.
    case sign(path: String)
    /// `GET` or `HEAD /cdn/files/…`: a file, by its path.
    case file(path: String)
    /// `GET /v1/models/pricing`: what endpoints cost.
    case pricing
    /// `GET /.well-known/jwks.json`: the keys that sign webhooks.
    case keys
    /// `GET /v1/models/requests/by-endpoint`: the account's request history.
    case requestHistory
    /// `POST /run/{endpoint}`: run and wait.
    case run(endpoint: String)
    /// `POST /run/{endpoint}/stream`: run and send the result as an event.
    case stream(endpoint: String)
    /// `POST /{endpoint}`.
    case submit(endpoint: String)
    /// `GET /{app}/requests/{id}/status`.
    case status(QueueAddress)
    /// `GET /{app}/requests/{id}/status/stream`.
    case statusStream(QueueAddress)
    /// `GET /{app}/requests/{id}`, or the same with `/response`.
    case result(QueueAddress)
    /// `PUT /{app}/requests/{id}/cancel`.
    case cancel(QueueAddress)
    /// A known path with a method that it does not have.
    case wrongMethod
    /// Anything else.
    case unknown

    /// A request in the queue, as a path names it.
    struct QueueAddress: Hashable, Sendable {
        /// What stands before `/requests/`: an application or a whole endpoint.
        var owner: String
        var id: String
    }

    /// The credential that a request needs.
    enum Credential: Sendable {
        /// The API key.
        case key
        /// A token of the CDN.
        case token
        /// A token of the CDN, where the file is not public.
        case optionalToken
        /// None: a signature in the address is enough, or the file is public.
        case none
    }

    init(method: String, path: String) {
        let segments = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        let (wanted, route) =
            switch segments.first {
            case "storage": Self.storage(segments)
            case "cdn": Self.cdn(segments, method)
            case "run": Self.run(segments)
            case "v1": Self.platform(segments)
            case ".well-known": (segments == [".well-known", "jwks.json"] ? ("GET", .keys) : ("", .unknown))
            default: Self.queue(segments)
            }
        self = route == .unknown || method == wanted ? route : .wrongMethod
    }

    private static func storage(_ segments: [String]) -> (String, SandboxRoute) {
        switch (segments.dropFirst().joined(separator: "/"), segments.count) {
        case ("upload/initiate", _): return ("POST", .announce)
        case ("upload/initiate-multipart", _): return ("POST", .announceParts)
        case ("auth/token", _): return ("POST", .token)
        case (_, 5) where segments[1] == "upload" && segments[2] == "multipart":
            if segments[4] == "complete" { return ("POST", .completeSignedParts(token: segments[3])) }
            return Int(segments[4]).map { ("POST", .signPart(token: segments[3], number: $0)) } ?? ("", .unknown)
        default: return ("", .unknown)
        }
    }

    private static func cdn(_ segments: [String], _ method: String) -> (String, SandboxRoute) {
        guard segments.count > 2 else { return ("", .unknown) }
        switch (segments[1], Array(segments.dropFirst(2))) {
        case ("upload", let rest) where rest.count == 1: return ("PUT", .upload(token: rest[0]))
        case ("upload", let rest) where rest.count == 2:
            if rest[1] == "complete" { return ("POST", .completeParts(token: rest[0])) }
            return Int(rest[1]).map { ("PUT", .part(token: rest[0], number: $0)) } ?? ("", .unknown)
        case ("files", ["upload"]): return ("POST", .cdnUpload)
        case ("files", ["upload", "multipart"]): return ("POST", .cdnAnnounceParts)
        case ("files", let rest) where rest.count > 3 && rest[rest.count - 3] == "multipart":
            let file = "files/" + rest.dropLast(3).joined(separator: "/")
            let token = rest[rest.count - 2]
            if rest.last == "complete" { return ("POST", .cdnCompleteParts(path: file, token: token)) }
            return rest.last.flatMap { Int($0) }.map { ("PUT", .cdnPart(path: file, token: token, number: $0)) }
                ?? ("", .unknown)
        case ("files", let rest) where rest.count > 1 && rest.last == "sign":
            return ("POST", .sign(path: "files/" + rest.dropLast().joined(separator: "/")))
        case ("files", let rest):
            return (method == "HEAD" ? "HEAD" : "GET", .file(path: "files/" + rest.joined(separator: "/")))
        default: return ("", .unknown)
        }
    }

    private static func platform(_ segments: [String]) -> (String, SandboxRoute) {
        switch segments.dropFirst().joined(separator: "/") {
        case "models/requests/by-endpoint": ("GET", .requestHistory)
        case "models/pricing": ("GET", .pricing)
        default: ("", .unknown)
        }
    }

    private static func run(_ segments: [String]) -> (String, SandboxRoute) {
        guard segments.count > 2 else { return ("", .unknown) }
        if segments.count > 3, segments.last == "stream" {
            return ("POST", .stream(endpoint: segments.dropFirst().dropLast().joined(separator: "/")))
        }
        return ("POST", .run(endpoint: segments.dropFirst().joined(separator: "/")))
    }

    private static func queue(_ segments: [String]) -> (String, SandboxRoute) {
        guard let mark = segments.lastIndex(of: "requests"), mark >= 2 else {
            return segments.count > 1 ? ("POST", .submit(endpoint: segments.joined(separator: "/"))) : ("", .unknown)
        }
        guard mark + 1 < segments.count else { return ("", .unknown) }
        let address = QueueAddress(owner: segments[..<mark].joined(separator: "/"), id: segments[mark + 1])
        switch segments.dropFirst(mark + 2) {
        case [], ["response"]: return ("GET", .result(address))
        case ["status"]: return ("GET", .status(address))
        case ["status", "stream"]: return ("GET", .statusStream(address))
        case ["cancel"]: return ("PUT", .cancel(address))
        default: return ("", .unknown)
        }
    }

    /// The credential that is needed. Presigned uploads and public files must not get the API key.
    var credential: Credential {
        switch self {
        case .upload, .part, .completeParts, .keys: .none
        case .file: .optionalToken
        case .cdnUpload, .cdnAnnounceParts, .cdnPart, .cdnCompleteParts, .sign: .token
        default: .key
        }
    }

    /// The application of an endpoint: its first two segments, or three below `workflows` and `comfy`.
    static func application(of endpoint: String) -> String {
        let segments = endpoint.split(separator: "/")
        let count = segments.first == "workflows" || segments.first == "comfy" ? 3 : 2
        return segments.prefix(count).joined(separator: "/")
    }
}
