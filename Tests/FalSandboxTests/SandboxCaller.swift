import AssetModel
import AsyncHTTPClient
import FalSandbox
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Testing

/// A plain HTTP client with a key, for talking to a sandbox over loopback.
struct SandboxCaller: Sendable {
    let base: String
    var key: String? = "Key kid:ksecret"

    /// The methods of the protocol.
    enum Method: String, Sendable {
        case GET, HEAD, POST, PUT
    }

    /// What came back.
    struct Answer: Sendable {
        var status: Int
        var bytes: [UInt8]
        private let headers: HTTPHeaders

        init(status: Int, headers: HTTPHeaders, bytes: [UInt8]) {
            self.status = status
            self.headers = headers
            self.bytes = bytes
        }

        /// The first header of this name, in any case.
        func header(_ name: String) -> String? { headers.first(name: name) }

        /// The body, which must be JSON.
        var json: JSONValue {
            get throws { try JSONDecoder().decode(JSONValue.self, from: Data(bytes)) }
        }

        /// The first entry of `detail`.
        var firstProblem: JSONValue? {
            get throws { try json["detail"]?.elements?.first }
        }
    }

    func send(
        _ method: Method, _ address: String, json: JSONValue? = nil, bytes: [UInt8]? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address.hasPrefix("http") ? address : base + address)
        request.method = HTTPMethod(rawValue: method.rawValue)
        if let key { request.headers.add(name: "Authorization", value: key) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let json {
            request.headers.add(name: "Content-Type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(json)))
        } else if let bytes {
            request.body = .bytes(ByteBuffer(bytes: bytes))
        }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
        let body = try await response.body.collect(upTo: 1 << 28)
        return Answer(
            status: Int(response.status.code), headers: response.headers, bytes: Array(body.readableBytesView))
    }

    /// The same caller without a key, as presigned uploads and public files want it.
    var withoutKey: SandboxCaller { SandboxCaller(base: base, key: nil) }

    /// Announces and uploads; gives the file's URL.
    func upload(
        _ bytes: [UInt8], name: String = "a.png", type: String = "image/png", headers: [String: String] = [:]
    ) async throws -> String {
        let announced = try await send(
            .POST, "/storage/upload/initiate?storage_type=fal-cdn-v3",
            json: ["content_type": .string(type), "file_name": .string(name)], headers: headers
        ).json
        let target = try #require(announced["upload_url"]?.text)
        let put = try await withoutKey.send(.PUT, target, bytes: bytes, headers: ["Content-Type": type])
        #expect(put.status == 200)
        return try #require(announced["file_url"]?.text)
    }

    /// Polls until the request is done; gives the last status.
    func finish(_ submitted: JSONValue) async throws -> JSONValue {
        let address = try #require(submitted["status_url"]?.text)
        while true {
            let status = try await send(.GET, address + "?logs=1").json
            if status["status"]?.text == "COMPLETED" { return status }
        }
    }

    /// Submits, waits, and fetches the result.
    func complete(_ endpoint: String, _ input: JSONValue) async throws -> Answer {
        let submitted = try await send(.POST, "/" + endpoint, json: input)
        #expect(submitted.status == 200)
        _ = try await finish(try submitted.json)
        return try await send(.GET, try #require(submitted.json["response_url"]?.text))
    }

    /// Runs a sandbox and talks to it.
    static func with<R: Sendable>(
        _ configuration: SandboxConfiguration = SandboxConfiguration(),
        _ body: @Sendable (SandboxCaller) async throws -> R
    ) async throws -> R {
        try await SandboxServer.withRunning(configuration, logger: Logger(label: "test")) { address in
            try await body(SandboxCaller(base: address.url))
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
    init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}

/// The endpoints by short names.
enum Endpoint {
    static let create = "fal-ai/hidream-o1-image"
    static let edit = "fal-ai/hidream-o1-image/edit"
    static let dev = "fal-ai/hidream-o1-image/dev"
    static let devEdit = "fal-ai/hidream-o1-image/dev/edit"
}

/// A folder for one test.
func withFolder<R>(_ body: (String) async throws -> R) async throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sandbox-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder.path(percentEncoded: false))
}
