import Foundation

/// What a request is about, read from its method and path alone.
///
/// Status, result and cancel accept both forms of an address: the application's (its first segments) and the whole
/// endpoint's, with or without `/response`; fal's own documents and clients use all of them.
enum SandboxRoute: Hashable, Sendable {
    /// `POST /storage/upload/initiate`: announce an upload.
    case announce
    /// `PUT /cdn/upload/{token}`: the bytes of an announced upload.
    case upload(token: String)
    /// `GET` or `HEAD /cdn/files/…`: a file, by its path.
    case file(path: String)
    /// `POST /run/{endpoint}`: run and wait.
    case run(endpoint: String)
    /// `POST /{endpoint}`.
    case submit(endpoint: String)
    /// `GET /{app}/requests/{id}/status`.
    case status(QueueAddress)
    /// `GET /{app}/requests/{id}`, or the same with `/response`.
    case result(QueueAddress)
    /// `PUT /{app}/requests/{id}/cancel`.
    case cancel(QueueAddress)
    /// A known path with a method that it does not have.
    case wrongMethod
    /// Nothing of ours.
    case unknown

    /// A request in the queue, as a path names it.
    struct QueueAddress: Hashable, Sendable {
        /// What stands before `/requests/`: an application or a whole endpoint.
        var owner: String
        var id: String
    }

    init(method: String, path: String) {
        let segments = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }
        func choose(_ expected: String, _ route: SandboxRoute) -> SandboxRoute {
            method == expected ? route : .wrongMethod
        }
        switch segments.first {
        case "storage":
            self = segments == ["storage", "upload", "initiate"] ? choose("POST", .announce) : .unknown
        case "cdn" where segments.count == 3 && segments[1] == "upload":
            self = choose("PUT", .upload(token: segments[2]))
        case "cdn" where segments.count > 2 && segments[1] == "files":
            let route = SandboxRoute.file(path: segments.dropFirst().joined(separator: "/"))
            self = method == "HEAD" ? route : choose("GET", route)
        case "cdn":
            self = .unknown
        case "run":
            self =
                segments.count > 2
                ? choose("POST", .run(endpoint: segments.dropFirst().joined(separator: "/"))) : .unknown
        default:
            guard let mark = segments.lastIndex(of: "requests"), mark >= 2 else {
                self =
                    segments.count > 1 ? choose("POST", .submit(endpoint: segments.joined(separator: "/"))) : .unknown
                return
            }
            guard mark + 1 < segments.count else {
                self = .unknown
                return
            }
            let address = QueueAddress(owner: segments[..<mark].joined(separator: "/"), id: segments[mark + 1])
            switch segments.dropFirst(mark + 2) {
            case [], ["response"]: self = choose("GET", .result(address))
            case ["status"]: self = choose("GET", .status(address))
            case ["cancel"]: self = choose("PUT", .cancel(address))
            default: self = .unknown
            }
        }
    }

    /// Whether the API key is asked for. Presigned uploads and public files must not get it.
    var needsKey: Bool {
        switch self {
        case .upload, .file: false
        default: true
        }
    }

    /// The application of an endpoint: its first two segments, or three below `workflows` and `comfy`.
    static func application(of endpoint: String) -> String {
        let segments = endpoint.split(separator: "/")
        let count = segments.first == "workflows" || segments.first == "comfy" ? 3 : 2
        return segments.prefix(count).joined(separator: "/")
    }
}
