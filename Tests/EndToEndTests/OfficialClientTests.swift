import AssetModel
import Foundation
import TestSupport
import Testing

/// fal's own Python client against `atelier sandbox --tls`: it must not be able to tell. Runs where `python3` has
/// `fal_client`.
@Suite(.timeLimit(.minutes(5)))
struct OfficialClientTests {
    private static let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "official_client.py"
    ).path

    private static func hasClient() async -> Bool {
        let found = try? await TemporaryFolder.with { folder in
            try await Program(in: folder).shell("python3 -c 'import fal_client'").status
        }
        return found == 0
    }

    @Test(.enabled("python3 with fal_client is not installed") { await hasClient() })
    func `fal's Python client uploads, submits, follows, fetches and cancels`() async throws {
        try await Self.withSandbox { step, log in
            let small = try await step("small")
            #expect(small["same"] == .bool(true) && small["type"] == .string("application/octet-stream"))
            let closed = try await step("lifecycle")
            #expect(closed["everybody"]?.int == 403 && closed["owner"]?.int == 200)

            let queue = try await step("queue")
            #expect(queue["events"] == .array(["Completed", "InProgress", "Queued"].map(JSONValue.string)))
            #expect(queue["positions"] == .array([.integer(2), .integer(1), .integer(0)]))
            #expect(queue["logs"]?.elements?.last == .string("Done"))
            #expect(queue["seed"]?.int == 7)
            #expect(queue["same"] == .bool(true) && queue["length"] == .bool(true))
            #expect(queue["metrics"]?["inference_time"] != nil)

            let subscribe = try await step("subscribe")
            #expect(subscribe["images"]?.int == 1 && subscribe["last"] == .string("Completed"))
            #expect(try await step("run")["images"]?.int == 1)
            #expect(try await step("stream")["events"]?.elements?.count == 1)
            let later = try await step("later")
            #expect(later["same"] == .bool(true) && later["images"]?.int == 1)

            let cancelled = try await step("cancel")
            #expect(cancelled["status"] == .string("Queued") && cancelled["gone"]?.int == 404)
            #expect(try await step("cancel_finished")["refused"]?.int == 400)

            let wrong = try await step("wrong")
            #expect(wrong["refused"]?.int == 422)
            let problem = wrong["detail"]?.elements?.first
            #expect(problem?["type"] == .string("less_than_equal"))
            #expect(problem?["loc"] == .array([.string("body"), .string("num_images")]))
            let failed = try await step("failed")
            #expect(failed["refused"]?.int == 422)
            #expect(failed["detail"]?.elements?.first?["type"] == .string("file_download_error"))
            #expect(try log().allSatisfy { $0["key_leak"] == nil })
        }
    }

    /// Its header cannot carry the name, so it falls back to the other storage; and there it sends its key to a
    /// presigned address. The sandbox must see that.
    @Test(.enabled("python3 with fal_client is not installed") { await hasClient() })
    func `fal's Python client leaks its key with a name beyond ASCII, and the log shows it`() async throws {
        try await Self.withSandbox { step, log in
            #expect(try await step("non_ascii")["same"] == .bool(true))
            let leaks = try log().filter { $0["key_leak"] == .bool(true) }
            #expect(leaks.map { $0["method"]?.text } == ["PUT"])
            #expect(leaks.first?["headers"]?["authorization"] == .string("Key kid:redacted"))
        }
    }

    @Test(.enabled("python3 with fal_client is not installed") { await hasClient() })
    func `fal's Python client uploads 120 MB in parts, from a file and from memory`() async throws {
        try await Self.withSandbox { step, log in
            let large = try await step("large")
            #expect(large["same"] == .bool(true) && large["length"]?.int == 120_000_000)
            let inMemory = try await step("large_bytes")
            #expect(inMemory["same"] == .bool(true) && inMemory["length"]?.int == 110_100_480)
            // It sends up to ten parts at once and names them as they ended.
            let parts = try log().filter { $0["method"] == .string("PUT") }
            #expect(parts.count == 12 + 11)
            #expect(parts.allSatisfy { $0["headers"]?["authorization"] == .string("Bearer redacted") })
        }
    }

    // MARK: - Running it

    private static func withSandbox(
        _ body: (_ step: (String) async throws -> JSONValue, _ log: () throws -> [JSONValue]) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let sandbox = try Program(in: folder).start(
                ["sandbox", "--tls", "--port", "0", "--json", "--log", log, "--fault", "status:slow:6"])
            do {
                let line = try #require(try await sandbox.firstLine())
                let address = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))
                let url = try #require(address["url"]?.text)
                #expect(url.hasPrefix("https://127.0.0.1:"))
                let certificate = try #require(address["certificate"]?.text)
                let python = Program(in: folder, environment: ["SSL_CERT_FILE": certificate])
                try await body(
                    { name in
                        let run = try await python.shell("exec python3 '\(script)' \(url) \(name)")
                        #expect(run.status == 0, "\(name): \(run.errors)")
                        return try #require(try run.objects().last)
                    },
                    {
                        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map {
                            try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8))
                        }
                    })
                sandbox.signal(SIGINT)
                _ = try await sandbox.outcome()
                #expect(!FileManager.default.fileExists(atPath: certificate))
            } catch {
                sandbox.signal(SIGKILL)
                throw error
            }
        }
    }
}
