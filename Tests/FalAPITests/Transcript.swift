import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// A request and its answer from `fixtures/fal`, with all of fal's hosts replaced by a loopback server.
struct Transcript: Sendable, CustomTestStringConvertible {
    let name: String
    let method: String
    let path: String
    let query: [String: String]
    let headers: [String: String]
    /// Nil when the request has no JSON body.
    let body: LooseJSON?
    let status: Int
    let answerHeaders: [String: String]
    let answerBody: LooseJSON?

    var testDescription: String { name }

    /// The answer with fal's hosts replaced by `base`.
    func reaction(base: String) throws -> LoopbackServer.Reaction {
        var text = ""
        if let answerBody {
            text = String(decoding: try JSONEncoder().encode(Echo(answerBody)), as: UTF8.self)
                .replacingOccurrences(of: "\\/", with: "/")
        }
        for host in [
            "https://queue.fal.run", "https://rest.fal.ai", "https://v3b.fal.media", "https://v3.fal.media",
            "https://store.example",
        ] {
            text = text.replacingOccurrences(of: host, with: base)
        }
        return .answer(status, headers: answerHeaders, body: Array(text.utf8))
    }

    /// Whether a request is this one: method, path, query, the named headers with no second value, the JSON, and no
    /// credential where none belongs.
    func compare(_ received: LoopbackServer.Received) throws {
        #expect(received.method == method)
        #expect(received.path == path)
        #expect(received.parameters == query)
        for (name, value) in headers {
            #expect(received.headers[name] == [value], "header \(name) of \(self.name)")
        }
        if headers["Authorization"] == nil { #expect(!received.headers.contains(name: "Authorization")) }
        if let body { #expect(LooseJSON(parsing: received.body) == body) }
    }

    static func named(_ name: String) throws -> Transcript {
        let file = folder.appending(path: "\(name)/transcript.json")
        let json = try #require(LooseJSON(parsing: Array(Data(contentsOf: file))), "\(name) is no JSON")
        let request = try #require(json["request"])
        let response = try #require(json["response"])
        _ = try #require(json["note"]?.string, "\(name) does not say where it is from")
        func map(_ json: LooseJSON?) -> [String: String] {
            guard case .object(let members)? = json else { return [:] }
            return members.compactMapValues(\.string)
        }
        return Transcript(
            name: name, method: try #require(request["method"]?.string), path: try #require(request["path"]?.string),
            query: map(request["query"]), headers: map(request["headers"]),
            body: request["body"].flatMap { $0 == .null ? nil : $0 }, status: try #require(response["status"]?.integer),
            answerHeaders: map(response["headers"]), answerBody: response["body"].flatMap { $0 == .null ? nil : $0 })
    }

    static var allNames: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
        }
    }

    private static var folder: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "fixtures/fal")
    }
}

/// Writes a loose value back as JSON, which only tests need.
private struct Echo: Encodable {
    let value: LooseJSON

    init(_ value: LooseJSON) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch value {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values.map(Echo.init))
        case .object(let members): try container.encode(members.mapValues(Echo.init))
        }
    }
}
