import AssetModel
import FalSandbox
import Fixtures
import Foundation
import Testing

/// The recorded calls from the server's side: what was asked there can be asked here, and is answered in the same shape.
struct TranscriptTests {
    /// Transcripts whose answers the sandbox gives by itself, without a request that was made before.
    @Test(arguments: [
        "initiate", "initiate-lifecycle", "initiate-non-ascii-name", "submit", "submit-missing-prompt",
        "submit-validation", "status-unknown", "cancel-unknown",
    ])
    func `a recorded request gets an answer of the recorded shape`(name: String) async throws {
        let transcript = try #require(try Fixtures.transcripts.first { $0.name == name })
        try await SandboxCaller.with { caller in
            try await Self.replay(transcript, on: caller, path: transcript.request.path)
        }
    }

    @Test func `a finished request answers like the recorded ones`() async throws {
        try await SandboxCaller.with { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            _ = try await caller.finish(submitted)
            let id = try #require(submitted["request_id"]?.text)
            for name in ["status-completed", "result", "cancel-completed"] {
                let transcript = try #require(try Fixtures.transcripts.first { $0.name == name })
                let path = transcript.request.path.replacing("11111111-2222-3333-4444-555555555555", with: id)
                try await Self.replay(transcript, on: caller, path: path)
            }
        }
    }

    private static func replay(_ transcript: Transcript, on caller: SandboxCaller, path: String) async throws {
        var headers = transcript.request.headers
        let key = headers.removeValue(forKey: "Authorization")
        headers["Content-Type"] = nil
        let query = transcript.request.query.map { "\($0)=\($1)" }.joined(separator: "&")
        let body = transcript.request.body
        let answer = try await SandboxCaller(base: caller.base, key: key).send(
            try #require(SandboxCaller.Method(rawValue: transcript.request.method)),
            path + (query.isEmpty ? "" : "?" + query),
            json: body == .null ? nil : body, headers: headers)
        #expect(answer.status == transcript.response.status)
        #expect(try Self.shape(answer.json, lacks: transcript.response.body) == [])
    }

    /// The members that the expected value has and the answer lacks, or has as another kind of value.
    private static func shape(_ answer: JSONValue, lacks expected: JSONValue, at place: String = "") -> [String] {
        switch (answer, expected) {
        case (.object(let given), .object(let wanted)):
            wanted.flatMap { name, value in
                given[name].map { shape($0, lacks: value, at: "\(place).\(name)") } ?? ["\(place).\(name)"]
            }
        case (.array(let given), .array(let wanted)):
            zip(given, wanted).flatMap { shape($0, lacks: $1, at: place + "[]") }
                + (given.isEmpty && !wanted.isEmpty ? [place + "[]"] : [])
        case (.string, .string), (.bool, .bool), (.null, .null): []
        case (.integer, .integer), (.number, .number), (.integer, .number), (.number, .integer): []
        default: [place]
        }
    }
}
