import Testing

@testable import FalSandbox

struct RouteTests {
    @Test(arguments: [
        ("POST", "/storage/upload/initiate", SandboxRoute.announce),
        ("PUT", "/cdn/upload/abc", .upload(token: "abc")),
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
