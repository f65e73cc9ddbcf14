import AssetModel
import AsyncHTTPClient
import FalSandbox
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import Testing

struct TLSTests {
    @Test func `a client that trusts the certificate is answered under both names`() async throws {
        try await Self.with { address in
            let path = try #require(address.certificate)
            try await Self.trusting(path) { client in
                for host in ["127.0.0.1", "localhost"] {
                    let base = "https://\(host):\(address.port)"
                    let response = try await client.execute(
                        HTTPClientRequest(url: base + "/.well-known/jwks.json"), timeout: .seconds(30))
                    #expect(response.status == .ok)
                }
            }
            let text = try String(contentsOfFile: path, encoding: .utf8)
            #expect(text.hasPrefix("-----BEGIN CERTIFICATE-----"))
            #expect(!text.contains("PRIVATE"))
        }
    }

    @Test func `addresses in answers are https`() async throws {
        try await Self.with { address in
            #expect(address.url == "https://127.0.0.1:\(address.port)")
            try await Self.trusting(address.certificate) { client in
                var request = HTTPClientRequest(url: address.url + "/storage/upload/initiate")
                request.method = .POST
                request.headers.add(name: "Authorization", value: "Key kid:ksecret")
                request.body = .bytes(Data(#"{"content_type":"image/png","file_name":"a.png"}"#.utf8))
                let response = try await client.execute(request, timeout: .seconds(30))
                let body = try await response.body.collect(upTo: 1 << 20)
                let json = try JSONDecoder().decode(JSONValue.self, from: Data(body.readableBytesView))
                #expect(json["upload_url"]?.text?.hasPrefix(address.url + "/") == true)
                #expect(json["file_url"]?.text?.hasPrefix(address.url + "/") == true)
            }
        }
    }

    @Test func `a client that does not trust the certificate gets no answer, and each start has its own`()
        async throws
    {
        try await Self.with { first in
            try await Self.with { second in
                try await Self.trusting(nil) { client in
                    await #expect(throws: NIOSSLError.self) {
                        try await client.execute(
                            HTTPClientRequest(url: first.url + "/.well-known/jwks.json"), timeout: .seconds(30))
                    }
                }
                try await Self.trusting(first.certificate) { client in
                    await #expect(throws: NIOSSLError.self) {
                        try await client.execute(
                            HTTPClientRequest(url: second.url + "/.well-known/jwks.json"), timeout: .seconds(30))
                    }
                }
            }
        }
    }

    @Test func `the certificate goes with the sandbox, and without TLS there is none`() async throws {
        let path = try await Self.with { address in try #require(address.certificate) }
        #expect(!FileManager.default.fileExists(atPath: path))
        try await SandboxServer.withRunning(logger: Logger(label: "test")) { #expect($0.certificate == nil) }
    }

    private static func with<R: Sendable>(_ body: @Sendable (SandboxAddress) async throws -> R) async throws -> R {
        try await SandboxServer.withRunning(SandboxConfiguration(tls: true), logger: Logger(label: "test"), body)
    }

    private static func trusting(_ path: String?, _ body: (HTTPClient) async throws -> Void) async throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        if let path { tls.trustRoots = .file(path) }
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.connectionPool.retryConnectionEstablishment = false
        try await HTTPClient.withHTTPClient(configuration: configuration) { try await body($0) }
    }
}
