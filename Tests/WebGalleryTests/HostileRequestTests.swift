import AssetLibrary
import AssetModel
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import WebGallery

/// A script of hostile requests: each is refused, shows nothing of the library, and leaves the gallery standing.
struct HostileRequestTests {
    /// The lines of a request and its end.
    private static func request(_ lines: String..., body: String = "") -> String {
        lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    private static func status(_ text: String) -> Int? {
        text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    @Test func `strangers, other sites and other names get refusals only`() async throws {
        try await GalleryStage.with { stage in
            let digest = try await stage.importPicture("cat.jpg")
            let (port, token) = (stage.address.port, stage.address.token)
            let ours = "Host: 127.0.0.1:\(port)"
            let bearer = "Authorization: Bearer \(token)"
            let cookie = "Cookie: atelier-\(port)=\(token)"
            let body = "{\"ids\":[\"\(digest.hex)\"],\"field\":\"trashed\",\"value\":true}"
            func get(_ path: String, _ headers: String...) -> String {
                (["GET \(path) HTTP/1.1"] + headers + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n"
            }
            func post(_ path: String, _ headers: String..., type: String = "application/json") -> String {
                let lines = ["POST \(path) HTTP/1.1", "Content-Type: \(type)", "Content-Length: \(body.utf8.count)"]
                return (lines + headers + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n\(body)"
            }
            let wrong = String(token.reversed())
            let (marks, status) = ("/api/v1/marks", "/api/v1/status")
            let (evil, here) = ("Origin: https://evil.example", "Origin: http://127.0.0.1:\(port)")
            var attacks: [(String, String, ClosedRange<Int>)] = []
            func attack(_ name: String, _ expected: ClosedRange<Int>, _ bytes: String) {
                attacks.append((name, bytes, expected))
            }
            attack("another name (DNS rebinding)", 421...421, get(status, "Host: evil.example:\(port)", bearer))
            attack("our name with another port", 421...421, get(status, "Host: 127.0.0.1:1", bearer))
            attack("no name", 400...421, get(status, bearer))
            attack("two names", 400...421, get(status, "Host: evil.example", ours, bearer))
            attack("two names, ours first", 400...400, get(status, ours, "Host: evil.example", bearer))
            attack("our name twice", 400...400, get(status, ours, ours, bearer))
            // The server sees of such a target the path alone; it lets no one in.
            attack("a name in the target", 403...403, get("http://evil.example\(status)", ours))
            attack("no token", 403...403, get(status, ours))
            attack("no token for a picture", 403...403, get("/blobs/\(digest.hex)", ours))
            attack("no token for a thumbnail", 403...403, get("/thumbnails/\(digest.hex)/256", ours))
            attack("no token for the page", 403...403, get("/", ours))
            attack("no token for events", 403...403, get("/api/v1/changes", ours))
            attack("a wrong token", 403...403, get(status, ours, "Authorization: Bearer \(wrong)"))
            attack("half a token", 403...403, get(status, ours, "Authorization: Bearer \(token.prefix(20))"))
            attack("an empty token", 403...403, get(status, ours, "Authorization: Bearer "))
            attack("a wrong cookie", 403...403, get(status, ours, "Cookie: atelier-\(port)=\(wrong)"))
            attack("a wrong token in the URL", 403...403, get("/?token=\(wrong)", ours))
            attack("another site reads with our cookie", 403...403, get(status, ours, cookie, evil))
            attack("another site posts with our cookie", 403...403, post(marks, ours, cookie, evil))
            attack("another site posts with our token", 403...403, post(marks, ours, bearer, evil))
            attack("a page without an origin posts", 403...403, post(marks, ours, cookie))
            attack("a null origin posts", 403...403, post(marks, ours, cookie, "Origin: null"))
            attack("a form posts", 400...400, post(marks, ours, cookie, here, type: "text/plain"))
            attack("a type that only begins as JSON", 400...400, post(marks, ours, bearer, type: "application/jsonx"))
            attack("a token in the URL of a change", 403...403, post("\(marks)?token=\(token)", ours))
            attack("the webhook by a stranger", 405...405, get("/webhooks/fal", ours))
            attack("the webhook without a signature", 400...400, post("/webhooks/fal", ours))
            for (name, bytes, expected) in attacks {
                let (text, _) = try await RawClient.exchange(port: port, bytes)
                let status = try #require(Self.status(text), "\(name): \(text)")
                #expect(expected.contains(status), "\(name): \(text)")
                #expect(!text.contains(digest.hex) && !text.contains(stage.library.root), "\(name) shows \(text)")
            }
            // A person with an old bookmark sees a page that says what to do.
            let (page, _) = try await RawClient.exchange(port: port, get("/", ours, "Accept: text/html,*/*;q=0.8"))
            #expect(Self.status(page) == 403 && page.contains("<p>Open the gallery with the newest address"), "\(page)")
            #expect(try await stage.library.asset(digest)?.isTrashed == false)
            #expect(try await stage.call(.GET, "status").status == 200)
        }
    }

    @Test func `paths that lead out of the page, the store or the routes find nothing`() async throws {
        try await GalleryStage.with { stage in
            let port = stage.address.port
            let paths = [
                "/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/blobs/../../../etc/passwd",
                "/blobs/..%2f..%2fatelier.json", "/blobs/%2e%2e/atelier.json", "/thumbnails/../journal/256",
                "/blobs/\(String(repeating: "0", count: 63))", "/blobs/\(String(repeating: "g", count: 64))",
                "/blobs/\(String(repeating: "0", count: 64))", "/blobs//etc/passwd", "/thumbnails/x/999999",
                "/api/v1/../../etc/passwd", "/api/v1/pictures/..%2f..%2fetc%2fpasswd",
                "/api/v1/pictures/%2fetc%2fpasswd",
                "/api/v1/sets/..%2f..%2fetc", "/api/v1/history/%00", "/api/v1/pictures/%ff%fe", "/atelier.json.x",
                "//evil.example/%2e%2e.mjs", "/api/v2/status", "/api/v1/", "/..mjs",
            ]
            for path in paths {
                let (text, _) = try await RawClient.exchange(
                    port: port,
                    Self.request(
                        "GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)",
                        "Authorization: Bearer \(stage.address.token)", "Connection: close"))
                let status = try #require(Self.status(text), "\(path): \(text)")
                // The page answers addresses that could be a view's, and shows nothing of the disk either.
                let isPage = status == 200 && text.contains("<!doctype html")
                #expect((400..<500).contains(status) || isPage, "\(path): \(text)")
                #expect(!text.contains("root:") && !text.contains("\"format\":2"), "\(path): \(text)")
            }
            // A page that names a file cannot make the gallery read it.
            for ids in ["[\"/etc/passwd\"]", "[\"../../x.png\"]", "[\"~root\"]", "[\"@nothing\"]"] {
                let answer = try await stage.call(
                    .POST, "marks", "{\"ids\":\(ids),\"field\":\"rating\",\"value\":3}")
                #expect(answer.status == 404, "\(answer.text)")
            }
            let plan = try await stage.call(
                .POST, "plan", "{\"request\":{\"prompt\":\"x\",\"references\":[\"\(stage.folder)\"]}}")
            #expect(try plan.json["problem"]?["code"] == .string("unknown_id"), "\(plan.text)")
            for name in ["..", ".", "", "a/..", "x%00y", "x%0Ay"] {
                let answer = try await stage.send(.PUT, "/api/v1/imports?name=\(name)", body: [1, 2, 3])
                #expect(answer.status == 400, "\(name): \(answer.text)")
            }
        }
    }

    @Test func `methods, bodies and headers beyond their bounds are refused`() async throws {
        try await GalleryStage.with { stage in
            let (port, token) = (stage.address.port, stage.address.token)
            let head = ["Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)"]
            func answer(_ first: String, _ headers: [String], body: String = "") async throws -> String {
                try await RawClient.exchange(
                    port: port,
                    ([first] + head + headers + ["Connection: close"]).joined(separator: "\r\n") + "\r\n\r\n" + body
                ).text
            }
            for method in ["DELETE", "PUT", "PATCH", "TRACE", "CONNECT", "OPTIONS", "PROPFIND"] {
                let text = try await answer("\(method) /api/v1/status HTTP/1.1", [])
                #expect(Self.status(text).map { (400..<500).contains($0) } ?? true, "\(method): \(text)")
            }
            #expect(Self.status(try await answer("POST /index.html HTTP/1.1", ["Content-Length: 0"])) == 405)
            let long = "X-Long: " + String(repeating: "a", count: 70_000)
            let refused = try await RawClient.exchange(
                port: port, (["GET /api/v1/status HTTP/1.1"] + head + [long]).joined(separator: "\r\n") + "\r\n\r\n")
            #expect(refused.isClosed && Self.status(refused.text) == 431, "\(refused)")
            #expect(refused.text.contains("\"error\"") && refused.text.contains("too long"), "\(refused)")
            let many = (0..<300).map { "X-\($0): 1" }
            let tooMany = try await RawClient.exchange(
                port: port, (["GET /api/v1/status HTTP/1.1"] + head + many).joined(separator: "\r\n") + "\r\n\r\n")
            #expect(tooMany.isClosed && Self.status(tooMany.text) == 431, "\(tooMany)")
            let noHTTP = try await RawClient.exchange(port: port, "\u{16}\u{3}\u{1}\u{2}\r\n\r\n")
            #expect(noHTTP.isClosed && Self.status(noHTTP.text) == 400, "\(noHTTP)")
            #expect(noHTTP.text.contains("not a request"), "\(noHTTP)")

            // What follows a request in one piece does not take its answer.
            let first = (["GET /api/v1/status HTTP/1.1"] + head).joined(separator: "\r\n") + "\r\n\r\n"
            let both = try await RawClient.exchange(port: port, first + "no request\r\n\r\n")
            #expect(Self.status(both.text) == 200 && both.text.contains("HTTP/1.1 400"), "\(both)")

            let json = ["Content-Type: application/json"]
            let large = try await stage.call(
                .POST, "marks", "{\"x\":\"" + String(repeating: "a", count: 4_100_000) + "\"}")
            #expect(large.status == 413, "\(large.text)")
            let tooLarge = try await answer(
                "PUT /api/v1/imports?name=film.png HTTP/1.1", ["Content-Length: 600000000"])
            #expect(Self.status(tooLarge) == 413, "\(tooLarge)")
            for body in ["", "[]", "{", "null", "{\"ids\":3}", "{\"ids\":[1]}", String(repeating: "[", count: 100_000)]
            {
                let text = try await answer(
                    "POST /api/v1/marks HTTP/1.1", json + ["Content-Length: \(body.utf8.count)"], body: body)
                #expect(Self.status(text) == 400, "\(body.prefix(20)): \(text)")
            }
            // A length that contradicts itself, and chunks that are none: request smuggling.
            let twoLengths = try await answer(
                "POST /api/v1/undo HTTP/1.1", json + ["Content-Length: 2", "Content-Length: 30"], body: "{}")
            #expect(Self.status(twoLengths) != 200, "\(twoLengths)")
            #expect(try await stage.call(.GET, "status").status == 200)
        }
    }

    @Test(.enabled(if: Attacks.areAlone, Attacks.needsToBeAlone))
    func `slow clients and too many of them are cut off, and the gallery answers the others`() async throws {
        var limits = GalleryLimits()
        limits.headerTime = .milliseconds(600)
        limits.bodyTime = .milliseconds(600)
        limits.keepAliveTime = .milliseconds(900)
        limits.connectionCount = 4
        limits.strangerCount = 8
        try await GalleryStage.with(limits: limits) { stage in
            let (port, token) = (stage.address.port, stage.address.token)
            let pieces = Array(repeating: "a", count: 60)
            let header = try await RawClient.exchange(
                port: port, "GET /api/v1/status HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nX-Slow: ", then: pieces)
            #expect(header.isClosed && Self.status(header.text) != 200, "\(header)")
            let body = try await RawClient.exchange(
                port: port,
                Self.request(
                    "POST /api/v1/marks HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)",
                    "Content-Type: application/json", "Content-Length: 1000"), then: pieces)
            #expect(body.isClosed && Self.status(body.text) != 200, "\(body)")
            let silent = try await RawClient.exchange(port: port, "")
            #expect(silent.isClosed && silent.text.isEmpty)

            // Many that say nothing take no places but those of each other, while who has the token is answered.
            try await withThrowingTaskGroup(of: (text: String, isClosed: Bool).self) { group in
                for _ in 0..<30 { group.addTask { try await RawClient.exchange(port: port, "") } }
                try await Task.sleep(for: .milliseconds(200))
                let asked = try await RawClient.exchange(
                    port: port,
                    Self.request(
                        "GET /api/v1/status HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)",
                        "Connection: close"))
                #expect(Self.status(asked.text) == 200, "\(asked)")
                for try await (text, isClosed) in group { #expect(isClosed && text.isEmpty) }
            }
            #expect(try await stage.call(.GET, "status").status == 200)
            // Of those that have it, one too many is told so.
            try await withThrowingTaskGroup(of: (text: String, isClosed: Bool).self) { group in
                let listen = Self.request(
                    "GET /api/v1/changes HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)")
                for _ in 0..<10 {
                    group.addTask { try await RawClient.exchange(port: port, listen, within: .seconds(2)) }
                }
                var statuses: [Int: Int] = [:]
                for try await (text, _) in group { statuses[Self.status(text) ?? 0, default: 0] += 1 }
                #expect(statuses[200, default: 0] <= 4 && statuses[503, default: 0] >= 2, "\(statuses)")
            }
        }
    }

    @Test func `what is no picture is never shown as a page`() async throws {
        try await GalleryStage.with { stage in
            let digest = try await stage.importPicture("cat.jpg")
            let blob = try await stage.send(.GET, "/blobs/\(digest.hex)")
            #expect(blob.status == 200 && blob.headers.first(name: "content-type") == "image/jpeg")
            for path in ["/", "/blobs/\(digest.hex)", "/api/v1/status", "/nothing.mjs", "/api/v1/nothing"] {
                let answer = try await stage.send(.GET, path)
                #expect(answer.headers.first(name: "x-content-type-options") == "nosniff", "\(path)")
                let policy = try #require(answer.headers.first(name: "content-security-policy"), "\(path)")
                #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "\(path): \(policy)")
                #expect(answer.headers.first(name: "x-frame-options") == "DENY")
            }
            for (name, text) in [
                ("page.html", "<html><script>alert(1)</script></html>"),
                ("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
                ("film.mp4", "\0\0\0\u{18}ftypmp42"),
            ] {
                let answer = try await stage.send(.PUT, "/api/v1/imports?name=\(name)", body: Array(text.utf8))
                #expect(answer.status == 200, "\(name): \(answer.text)")
                #expect(try answer.json["outcome"] == .string("refused"), "\(name): \(answer.text)")
            }
        }
    }

    @Test func `nothing is changed through a read-only gallery`() async throws {
        try await GalleryStage.with(readOnly: true) { stage in
            let digest = try await stage.importPicture("cat.jpg")
            for (method, route, body) in [
                (HTTPMethod.POST, "marks", "{\"ids\":[\"\(digest.hex)\"],\"field\":\"rating\",\"value\":3}"),
                (.POST, "tags", "{\"ids\":[\"\(digest.hex)\"],\"add\":[\"x\"]}"), (.POST, "sets", "{\"name\":\"x\"}"),
                (.DELETE, "sets/x", "{}"), (.POST, "undo", "{}"), (.PUT, "imports?name=x.png", "x"),
                (.POST, "runs", "{\"request\":{\"prompt\":\"x\"}}"),
            ] {
                let answer = try await stage.call(method, route, body)
                #expect(answer.status == 403 && answer.text.contains("read_only"), "\(route): \(answer.text)")
            }
            #expect(try await stage.call(.POST, "plan", "{\"request\":{\"prompt\":\"x\"}}").status == 200)
            #expect(try await stage.library.asset(digest)?.rating == 0)
        }
    }
}
