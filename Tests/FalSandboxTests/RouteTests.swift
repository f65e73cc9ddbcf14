import Testing

@testable import FalSandbox

struct RouteTests {
    @Test(arguments: [
        ("POST", "/storage/upload/initiate", SandboxRoute.announce),
        ("PUT", "/cdn/upload/abc", .upload(token: "abc")),
        ("POST", "/storage/upload/initiate-multipart", .announceParts), ("POST", "/storage/auth/token", .token),
        ("PUT", "/cdn/upload/abc/12", .part(token: "abc", number: 12)),
        ("POST", "/cdn/upload/abc/complete", .completeParts(token: "abc")),
        ("POST", "/storage/upload/multipart/abc/3", .signPart(token: "abc", number: 3)),
        ("POST", "/storage/upload/multipart/abc/complete", .completeSignedParts(token: "abc")),
        ("POST", "/cdn/files/upload", .cdnUpload), ("POST", "/cdn/files/upload/multipart", .cdnAnnounceParts),
        ("PUT", "/cdn/files/b/1/a/multipart/u/7", .cdnPart(path: "files/b/1/a", token: "u", number: 7)),
        ("POST", "/cdn/files/b/1/a/multipart/u/complete", .cdnCompleteParts(path: "files/b/1/a", token: "u")),
        ("POST", "/cdn/files/b/1/a/sign", .sign(path: "files/b/1/a")), ("GET", "/.well-known/jwks.json", .keys),
        ("POST", "/run/fal-ai/m/stream", .stream(endpoint: "fal-ai/m")),
        ("GET", "/fal-ai/m/requests/1/status/stream", .statusStream(.init(owner: "fal-ai/m", id: "1"))),
        ("PUT", "/cdn/upload/abc/x", .unknown), ("GET", "/cdn/upload/abc/1", .wrongMethod),
        ("GET", "/cdn/files/b/1/a.png", .file(path: "files/b/1/a.png")),
        ("HEAD", "/cdn/files/b/1/a.png", .file(path: "files/b/1/a.png")),
        ("POST", "/run/fal-ai/m/edit", .run(endpoint: "fal-ai/m/edit")),
        ("POST", "/fal-ai/m", .submit(endpoint: "fal-ai/m")),
        ("POST", "/workflows/o/w/x", .submit(endpoint: "workflows/o/w/x")),
        ("GET", "/fal-ai/m/requests/1/status", .status(.init(owner: "fal-ai/m", id: "1"))),
        ("GET", "/fal-ai/m/edit/requests/1", .result(.init(owner: "fal-ai/m/edit", id: "1"))),
        ("GET", "/workflows/o/w/requests/1/response", .result(.init(owner: "workflows/o/w", id: "1"))),
        ("PUT", "/fal-ai/m/requests/1/cancel", .cancel(.init(owner: "fal-ai/m", id: "1"))),
        ("POST", "/fal-ai/m/requests/1/cancel", .wrongMethod), ("DELETE", "/cdn/files/b/1/a.png", .wrongMethod),
        ("GET", "/", .unknown), ("POST", "/alone", .unknown), ("POST", "/run/alone", .unknown),
        ("GET", "/fal-ai/m/requests", .unknown), ("GET", "/fal-ai/m/requests/1/other", .unknown),
        ("GET", "/cdn", .unknown), ("POST", "/storage/upload", .unknown),
    ])
    func `a path says what a request is about`(method: String, path: String, route: SandboxRoute) {
        #expect(SandboxRoute(method: method, path: path) == route)
    }

    @Test func `an application is two segments, or three below workflows and comfy`() {
        #expect(SandboxRoute.application(of: "fal-ai/hidream-o1-image/dev/edit") == "fal-ai/hidream-o1-image")
        #expect(SandboxRoute.application(of: "workflows/o/w/x") == "workflows/o/w")
        #expect(SandboxRoute.application(of: "comfy/o/w") == "comfy/o/w")
    }
}
