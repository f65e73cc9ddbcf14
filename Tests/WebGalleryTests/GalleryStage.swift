import AssetLibrary
import AssetModel
import AsyncHTTPClient
import FalSandbox
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import WebGallery

/// A gallery of a new library on loopback, with a sandbox, as a page meets it.
struct GalleryStage: Sendable {
    let library: Library
    let session: FalSession
    let address: GalleryAddress
    let folder: String

    static func with<R: Sendable>(
        readOnly: Bool = false, limits: GalleryLimits = GalleryLimits(),
        _ body: @Sendable (GalleryStage) async throws -> R
    ) async throws -> R {
        try await TestLibrary.withSandbox { library, session, _ in
            let gallery = Gallery(library: library, fal: session, isReadOnly: readOnly, version: "test")
            return try await GalleryServer.withRunning(
                gallery, limits: limits, logger: TestLibrary.logger, report: { _ in }
            ) { address in
                try await TemporaryFolder.with { folder in
                    try await body(
                        GalleryStage(library: library, session: session, address: address, folder: folder))
                }
            }
        }
    }

    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var json: JSONValue {
            get throws { try JSONDecoder().decode(JSONValue.self, from: Data(body)) }
        }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    /// Asks as a program does, with the token, or as a stranger without it.
    func send(
        _ method: HTTPMethod, _ path: String, _ headers: HTTPHeaders = [:], body: [UInt8] = [], isStranger: Bool = false
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: address.url + path)
        request.method = method
        request.headers = headers
        if !isStranger { request.headers.add(name: "Authorization", value: "Bearer \(address.token)") }
        if !body.isEmpty { request.body = .bytes(ByteBuffer(bytes: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(300))
        let answer = try await response.body.collect(upTo: 8 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, body: Array(answer.readableBytesView))
    }

    /// A route of the API with a JSON body.
    func call(_ method: HTTPMethod, _ route: String, _ json: String? = nil) async throws -> Answer {
        try await send(
            method, "/api/v1/" + route, json == nil ? [:] : ["Content-Type": "application/json"],
            body: Array((json ?? "").utf8))
    }

    func get(_ route: String) async throws -> JSONValue {
        let answer = try await call(.GET, route)
        #expect(answer.status == 200, "\(route): \(answer.text)")
        return try answer.json
    }

    /// Imports a picture of the fixtures.
    @discardableResult
    func importPicture(_ name: String) async throws -> ContentDigest {
        let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "fixtures/images/demo/\(name)").path
        return try #require(try await library.importFiles([path]).assets.first)
    }
}
