import AssetModel
import Foundation
import Testing

@testable import FalSandbox

struct AccessTests {
    // MARK: - Tokens

    @Test func `a token names its type, the CDN and its end with an offset`() async throws {
        try await SandboxCaller.with { caller in
            let before = Date()
            let answer = try await caller.send(
                .POST, "/storage/auth/token?storage_type=fal-cdn-v3", json: ["expiration_seconds": .integer(600)])
            #expect(answer.status == 200)
            let json = try answer.json
            #expect(json["token_type"] == "Bearer")
            #expect(json["base_url"]?.text == caller.base + "/cdn")
            let end = try #require(json["expires_at"]?.text)
            #expect(end.hasSuffix("+00:00"))
            let time = try #require(Timestamp(parsing: end.dropLast(6) + "Z"))
            #expect(time >= Timestamp(secondsSince1970: before.timeIntervalSince1970 + 600))
            #expect(time <= Timestamp(secondsSince1970: Date().timeIntervalSince1970 + 600))
        }
    }

    @Test(arguments: [0, 2_592_001])
    func `a token lives from a second to thirty days`(seconds: Int64) async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(
                .POST, "/storage/auth/token", json: ["expiration_seconds": .integer(seconds)])
            #expect(answer.status == 422)
        }
    }

    @Test func `an unknown token is refused, and the key is none`() async throws {
        try await SandboxCaller.with { caller in
            let stranger = SandboxCaller(base: caller.base, key: "Bearer 00")
            #expect(try await stranger.send(.POST, "/cdn/files/upload", bytes: [1]).status == 401)
            let url = try await caller.upload([1])
            #expect(try await stranger.send(.GET, url).status == 401)
            #expect(try await caller.withoutKey.send(.POST, "/storage/auth/token", json: [:]).status == 401)
        }
    }

    // MARK: - Who may read

    @Test(arguments: [("allow", 200), ("forbid", 403), ("hide", 404)])
    func `a stranger meets what the rules say, and the owner the file`(decision: String, status: Int) async throws {
        try await SandboxCaller.with { caller in
            let rules = "{\"initial_acl\":{\"default\":\"\(decision)\"}}"
            let other = try await SandboxCaller(base: caller.base, key: "Key other:secret").withToken()
            let owner = try await caller.withToken()
            for header in ["X-Fal-Object-Lifecycle", "X-Fal-Object-Lifecycle-Preference"] {
                let url = try await caller.upload([1, 2], headers: [header: rules])
                for method in [SandboxCaller.Method.GET, .HEAD] {
                    #expect(try await caller.withoutKey.send(method, url).status == status)
                    #expect(try await other.send(method, url).status == status)
                    #expect(try await owner.send(method, url).status == 200)
                    // The API key itself opens nothing.
                    #expect(try await caller.send(method, url).status == status)
                }
            }
        }
    }

    @Test func `a rule for one account goes before the default`() async throws {
        try await SandboxCaller.with { caller in
            let rules = #"{"initial_acl":{"default":"hide","rules":[{"user":"friend","decision":"allow"}]}}"#
            let url = try await caller.upload([1], headers: ["X-Fal-Object-Lifecycle": rules])
            let friend = try await SandboxCaller(base: caller.base, key: "Key friend:secret").withToken()
            #expect(try await friend.send(.GET, url).status == 200)
            #expect(try await caller.withoutKey.send(.GET, url).status == 404)
        }
    }

    @Test func `a signed address opens a private file for everybody`() async throws {
        try await SandboxCaller.with { caller in
            let rules = ["X-Fal-Object-Lifecycle": #"{"initial_acl":{"default":"forbid"}}"#]
            let url = try await caller.upload([1, 2], headers: rules)
            let second = try await caller.upload([3], headers: rules)
            let signed = try await caller.withToken().send(.POST, url + "/sign", json: ["duration": .integer(60)])
            #expect(signed.status == 200)
            let address = String(decoding: signed.bytes, as: UTF8.self)
            #expect(try await caller.withoutKey.send(.GET, address).bytes == [1, 2])
            // It opens this file and no other.
            let query = try #require(address.split(separator: "?").last)
            #expect(try await caller.withoutKey.send(.GET, "\(second)?\(query)").status == 403)
            let other = try await SandboxCaller(base: caller.base, key: "Key other:secret").withToken()
            #expect(try await other.send(.POST, url + "/sign", json: [:]).status == 403)
        }
    }

    @Test func `the model reads private files of the account that asks, and no others`() async throws {
        try await SandboxCaller.with { caller in
            let url = try await caller.upload(
                try TestPictures.bytes("png/rgb8.png"),
                headers: ["X-Fal-Object-Lifecycle": #"{"initial_acl":{"default":"forbid"}}"#])
            let input: JSONValue = ["prompt": "p", "reference_image_urls": .array([.string(url)])]
            #expect(try await caller.complete(Endpoint.edit, input).status == 200)
            let other = SandboxCaller(base: caller.base, key: "Key other:secret")
            let refused = try await other.complete(Endpoint.edit, input)
            #expect(refused.status == 422)
            #expect(try refused.firstProblem?["type"] == "file_download_error")
            #expect(try refused.firstProblem?["loc"] == .array(["body", "reference_image_urls", .integer(0)]))
        }
    }

    @Test func `a request's preference governs its pictures`() async throws {
        try await SandboxCaller.with { caller in
            let answer = try await caller.send(
                .POST, "/run/" + Endpoint.create, json: ["prompt": "p", "image_size": "square"],
                headers: ["X-Fal-Object-Lifecycle-Preference": #"{"initial_acl":{"default":"forbid"}}"#])
            let url = try #require(try answer.json["images"]?.elements?.first?["url"]?.text)
            #expect(try await caller.withoutKey.send(.GET, url).status == 403)
            #expect(try await caller.withToken().send(.GET, url).status == 200)
        }
    }

    // MARK: - How long

    @Test(.timeLimit(.minutes(10)))
    func `a file whose time is over is gone for everybody, a model included`() async throws {
        try await SandboxCaller.with { caller in
            let url = try await caller.upload(
                try TestPictures.bytes("png/rgb8.png"),
                headers: ["X-Fal-Object-Lifecycle": #"{"expiration_duration_seconds":1}"#])
            let owner = try await caller.withToken()
            while try await owner.send(.HEAD, url).status == 200 {}
            #expect(try await owner.send(.GET, url).status == 404)
            let answer = try await caller.complete(
                Endpoint.edit, ["prompt": "p", "reference_image_urls": .array([.string(url)])])
            #expect(answer.status == 422)
            #expect(try answer.firstProblem?["type"] == "file_download_error")
        }
    }

    @Test(.timeLimit(.minutes(10)))
    func `the account's lifetime counts where nothing else is said, and null means for ever`() async throws {
        try await SandboxCaller.with(SandboxConfiguration(lifetime: 1)) { caller in
            let header = "X-Fal-Object-Lifecycle"
            let plain = try await caller.upload([1])
            let kept = try await caller.upload([2], headers: [header: #"{"expiration_duration_seconds":null}"#])
            let longer = try await caller.upload([3], headers: [header: #"{"expiration_duration_seconds":3600}"#])
            while try await caller.withoutKey.send(.HEAD, plain).status == 200 {}
            #expect(try await caller.withoutKey.send(.GET, kept).status == 200)
            #expect(try await caller.withoutKey.send(.GET, longer).status == 200)
        }
    }

    @Test(arguments: [
        "x", "[]", #"{"expiration_duration_seconds":-1}"#, #"{"expiration_duration_seconds":"1h"}"#,
        #"{"initial_acl":{"default":"private"}}"#, #"{"initial_acl":{"rules":[{"user":"a"}]}}"#,
    ])
    func `a wrong lifecycle is refused by uploads and submits`(text: String) async throws {
        try await SandboxCaller.with { caller in
            let upload = try await caller.send(
                .POST, "/storage/upload/initiate", json: ["content_type": "image/png", "file_name": "a.png"],
                headers: ["X-Fal-Object-Lifecycle": text])
            #expect(upload.status == 422)
            #expect(
                try upload.firstProblem?["loc"] == .array([.string("header"), .string(ObjectLifecycle.uploadHeader)]))
            let submit = try await caller.send(
                .POST, "/" + Endpoint.create, json: ["prompt": "p"],
                headers: ["X-Fal-Object-Lifecycle-Preference": text])
            #expect(submit.status == 422)
        }
    }
}
