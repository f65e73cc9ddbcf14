import AssetLibrary
import AssetModel
import AsyncHTTPClient
import FalSandbox
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

/// Every fault of the sandbox against the built program: an edit succeeds after trying again, or ends as the table says; what
/// is left over is brought in once the fault is over; a sweep and its resume say what the record says; and no input is ever taken
/// twice.
struct FaultMatrixTests {
    /// What an edit comes to under a fault.
    struct Expectation: Sendable {
        /// The fault, in its text form.
        let fault: String
        /// The exit code of `edit`.
        let status: Int32
        /// The state in `jobs` afterwards.
        let state: String
        /// How many submits the sandbox may have accepted: those that it did not refuse.
        let accepted: Int
        /// How many pictures are asked for; two where one can come without the other.
        var asked = 1
        /// How many pictures are in the library in the end; 0 for none.
        var pictures = 1
        /// What `resume` ends with, where something is left to do.
        var resumed: Int32?
        /// A word that `edit` says on standard error.
        var says: String?
    }

    private static func succeeds(
        _ fault: String, asked: Int = 1, pictures: Int? = nil, says: String? = nil
    ) -> Expectation {
        Expectation(
            fault: fault, status: 0, state: "finished", accepted: 1, asked: asked, pictures: pictures ?? asked,
            says: says)
    }

    private static func isRefused(_ fault: String, accepted: Int = 0, says: String) -> Expectation {
        Expectation(fault: fault, status: 20, state: "failed", accepted: accepted, pictures: 0, says: says)
    }

    /// fal has finished it, and its pictures do not come as long as the fault lasts.
    private static func staysOpen(_ fault: String, asked: Int = 1, pictures: Int = 0) -> Expectation {
        Expectation(
            fault: fault, status: pictures > 0 ? 3 : 1, state: "submitted", accepted: 1, asked: asked,
            pictures: pictures, resumed: 1, says: "--discard")
    }

    /// `isTaken` says whether the request was taken, so that its history tells of it.
    private static func isUnknown(_ fault: String, isTaken: Bool) -> Expectation {
        Expectation(
            fault: fault, status: 21, state: "unknown", accepted: 1, pictures: isTaken ? 1 : 0,
            resumed: isTaken ? 0 : 21, says: "--discard")
    }

    private static func isLeft(_ fault: String, _ status: Int32, asked: Int = 1, says: String = "resume") -> Expectation
    {
        Expectation(
            fault: fault, status: status, state: "submitted", accepted: 1, asked: asked, pictures: asked, resumed: 0,
            says: says)
    }

    /// Those that wait for long stand first, so that the others run beside them. Seven attempts are all that a read has, and
    /// one stream comes after the polls.
    static let table: [Expectation] = [
        isLeft("status:500:8", 1), isLeft("status:reset:8", 1), isLeft("result:500:7", 1),
        isLeft("file:truncate:7", 3, asked: 2, says: "1 of 2 pictures arrived"),
        staysOpen("output:gone", asked: 2, pictures: 1),
        isLeft("file:404:7", 3, asked: 2, says: "1 of 2 pictures arrived"),
        Expectation(fault: "storage:503", status: 1, state: "failed", accepted: 0, pictures: 0, says: "503"),

        isRefused("auth:401", says: "401"), isRefused("auth:401:1", says: "401"), isRefused("auth:402", says: "402"),
        isRefused("auth:403", says: "403"), isRefused("account:locked", says: "out of credit"),
        isRefused("account:locked:1", says: "out of credit"),
        succeeds("delay:40"),
        succeeds("storage:503:2"), succeeds("storage:reset:1"), succeeds("put:500:1"),
        // Small files go in one piece, so that there is no part to fail; the parts have their own tests.
        succeeds("part:500:1"), succeeds("part:stall:1"),
        isRefused("submit:422", says: "content checker"), isRefused("submit:422:1", says: "content checker"),
        succeeds("submit:file-gone:1", says: "re-uploading"), isRefused("submit:file-gone", says: "Failed to download"),
        succeeds("submit:429:1"), succeeds("submit:503:1"),
        isUnknown("submit:reset:1", isTaken: false), isUnknown("submit:garbage:1", isTaken: true),
        isUnknown("submit:timeout:after-accept:1", isTaken: true),
        // Nothing asks for the history as long as the outcome is known.
        succeeds("history:late"), succeeds("history:twice"), succeeds("history:403"), succeeds("history:500"),
        succeeds("status:500:1"), succeeds("status:reset:1"), succeeds("status:garbage:1"),
        succeeds("status:stall:100"),
        isLeft("status:garbage:3", 1), succeeds("status:slow:4"),
        isLeft("result:lost:1", 20), succeeds("result:500:1"), succeeds("result:garbage:1"),
        isLeft("result:garbage:3", 1),
        isRefused("result:error:1", accepted: 1, says: "the run failed"),
        succeeds("file:truncate:1"), succeeds("file:404:1"), succeeds("file:garbage:1", asked: 2),
        Expectation(fault: "file:garbage", status: 20, state: "failed", accepted: 1, asked: 2, pictures: 0),
        isLeft("file:401:1", 1), isLeft("file:403:1", 1), isLeft("file:410:1", 1), succeeds("file:html:1"),
        isLeft("file:html:2", 1), succeeds("file:empty:1"), isLeft("file:empty:2", 1), isLeft("file:baduri:1", 1),
        isLeft("file:403:1", 3, asked: 2, says: "1 of 2 pictures arrived"),
        staysOpen("file:401"), staysOpen("file:403"), staysOpen("file:410"), staysOpen("file:html"),
        staysOpen("file:empty"), staysOpen("file:baduri"),
        succeeds("file:datauri:lines"), succeeds("file:datauri:percent"), succeeds("file:datauri:urlsafe"),
        succeeds("file:datauri:unpadded"), succeeds("file:datauri:capitals", asked: 2),
        succeeds("file:datauri:plain"), succeeds("file:blankurl"), succeeds("head:403"), succeeds("head:403:1"),
        succeeds("url:expire-early:1", says: "uploaded again"), succeeds("url:expire-early:2", says: "uploaded again"),
        Expectation(
            fault: "url:expire-early", status: 1, state: "failed", accepted: 0, pictures: 0, says: "was not submitted"),
        succeeds("output:short:1", asked: 2, pictures: 1), succeeds("output:size:1"), succeeds("output:nosize:1"),
        succeeds("output:seed:1"), succeeds("output:nsfw:1"), succeeds("output:bytes:1"),
        succeeds("output:unreadable:1", asked: 2, pictures: 1),
        isLeft("output:withheld:1", 3, asked: 2, says: "1 of 2 pictures arrived"),
        // What it costs is worth no trouble.
        succeeds("pricing:403"), succeeds("pricing:500"), succeeds("pricing:none"), succeeds("billing:none"),
    ]

    /// The rows to go through: all of them, or by default one for each way in which an edit can end.
    private static let rows: [Expectation] = {
        var seen: Set<String> = []
        // From the back, because those that wait for long stand in front.
        let rows = table.reversed().filter { row in
            seen.insert("\(row.status) \(row.state) \(row.accepted) \(row.resumed ?? -1)").inserted || Attacks.areFull
        }
        Attacks.report("faults", rows.count)
        return rows.reversed()
    }()

    @Test func `the table expects something of every kind of fault`() throws {
        let kinds = Set(try Self.table.map { try SandboxFault(parsing: $0.fault).kind })
        let missing = SandboxFault.Kind.allCases.filter { !kinds.contains($0) }.map(\.rawValue)
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test func `under every fault an edit ends as it should, and nothing is paid twice`() async throws {
        try await Self.forEachRow { try await Self.check($0) }
    }

    @Test func `under every fault a sweep and resume say what is recorded, and nothing is paid twice or lost`()
        async throws
    {
        try await Self.forEachRow { try await Self.checkSweep($0) }
    }

    private static func forEachRow(_ check: @escaping @Sendable (Expectation) async throws -> Void) async throws {
        // Most of the time is waiting between attempts, so more go side by side than there are cores.
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = rows.makeIterator()
            for _ in 0..<10 {
                if let next = rest.next() { group.addTask { try await check(next) } }
            }
            while try await group.next() != nil {
                if let next = rest.next() { group.addTask { try await check(next) } }
            }
        }
    }

    @Test func `a key where none belongs is marked in the log`() async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            try await SandboxServer.withRunning(SandboxConfiguration(log: log), logger: TestLibrary.logger) { sandbox in
                for (method, path) in [
                    (HTTPMethod.PUT, "/cdn/upload/token?signature=x"), (.GET, "/cdn/files/b/x/y.png"),
                ] {
                    var request = HTTPClientRequest(url: sandbox.url + path)
                    request.method = method
                    request.headers.add(name: "Authorization", value: "Key id:secret")
                    _ = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
                }
            }
            #expect(try RequestLog(log).keyLeaks.count == 2)
        }
    }

    // MARK: - One row

    /// A program with a library of its own and a sandbox with this fault; what the log says afterwards.
    private static func with(
        _ fault: String, _ body: (Program) async throws -> Void
    ) async throws -> RequestLog {
        try await TemporaryFolder.with { folder in
            let (root, log) = (folder + "/library", folder + "/log.jsonl")
            try Copies.references(folder)
            try Library.create(at: root)
            // A process of its own for each: their drawing would hold up every other test in this one.
            let home = Program(in: folder, environment: ["ATELIER_LIBRARY": root, "FAL_KEY": "id:the-secret"])
            try await home.withSandbox(["--key", "id:the-secret", "--log", log, "--fault", fault], body)
            try await TestLibrary.expectSound(root)
            return try RequestLog(log)
        }
    }

    /// The state of each run, as a verb printed it.
    private static func states(_ objects: [JSONValue]) -> [String: String] {
        Dictionary(
            objects.compactMap { object in
                object["id"]?.text.flatMap { id in object["state"]?.text.map { (id, $0) } }
            }, uniquingKeysWith: { $1 })
    }

    private static func checkSweep(_ expected: Expectation) async throws {
        let fault = expected.fault
        let log = try await with(fault) { program in
            let sweep = try await program.run(
                "sweep", "mug", "--ref", "a.jpg", "--seeds", "7..8", "--format", "jpeg", "--images",
                "\(expected.asked)", "--parallel", "1", "--json")
            var recorded = states(try await program.run("jobs", "--all", "--json").objects())
            #expect(states(try sweep.objects()) == recorded, "\(fault): \(sweep.errors)")
            #expect(recorded.count == 2, "\(fault): \(sweep.errors)")
            #expect((sweep.status == 0) == recorded.values.allSatisfy { $0 == "finished" }, "\(fault)")
            #expect(sweep.status != 64, "\(fault): \(sweep.errors)")
            // What fal finished ends only by itself; an account's refusal ends nothing.
            let isRun = expected.state == "failed" && !isAccount(fault) && !isPassing(fault)
            #expect(isRun || !recorded.values.contains("failed"), "\(fault): \(recorded) \(sweep.errors)")

            let resumed = try await program.run("resume", "--json")
            #expect(resumed.status != 64, "\(fault): \(resumed.errors)")
            let told = states(try resumed.objects())
            recorded = states(try await program.run("jobs", "--all", "--json").objects())
            for (id, state) in told { #expect(recorded[id] == state, "\(fault): \(resumed.errors)") }
            #expect(isRun || !recorded.values.contains("failed"), "\(fault): \(recorded) \(resumed.errors)")
            let open = states(try await program.run("jobs", "--json").objects())
            #expect((resumed.status == 0) == open.isEmpty, "\(fault): \(resumed.errors)")
        }
        let accepted = log.possiblyAccepted
        #expect(Set(accepted).count == accepted.count, "\(fault): an input was taken twice")
        #expect(log.keyLeaks.isEmpty, "\(fault): \(log.keyLeaks)")
    }

    private static func isAccount(_ fault: String) -> Bool { fault.hasPrefix("auth:") || fault.hasPrefix("account:") }

    /// Troubles before the submit that are fal's and not the run's.
    private static func isPassing(_ fault: String) -> Bool {
        fault.hasPrefix("storage:") || fault.hasPrefix("url:expire-early")
    }

    private static func check(_ expected: Expectation) async throws {
        let log = try await with(expected.fault) { program in
            let edit = try await program.run(
                "edit", "mug", "--ref", "a.jpg", "--ref", "b.png", "--seed", "7", "--format", "jpeg", "--images",
                "\(expected.asked)", "--json")
            #expect(edit.status == expected.status, "\(expected.fault): \(edit.errors)")
            if let word = expected.says { #expect(edit.errors.contains(word), "\(expected.fault): \(edit.errors)") }
            let jobs = try await program.run("jobs", "--all", "--json").objects()
            #expect(jobs.map { $0["state"]?.text } == [expected.state], "\(expected.fault): \(edit.errors)")
            #expect(states(try edit.objects()) == states(jobs), "\(expected.fault): \(edit.output)")
            let isOpen = try await !program.run("jobs", "--json").output.isEmpty
            #expect(isOpen == (expected.resumed != nil), "\(expected.fault)")
            if let status = expected.resumed {
                let resumed = try await program.run("resume", "--json")
                #expect(resumed.status == status, "\(expected.fault): \(resumed.errors)")
            }
            let id = try #require(jobs.first?["id"]?.text)
            let shown = try #require(try await program.run("show", id, "--json").objects().first)
            #expect(shown["outputs"]?.elements?.count == expected.pictures, "\(expected.fault)")
            let end = expected.resumed == 0 ? "finished" : expected.state
            #expect(shown["state"] == .string(end), "\(expected.fault)")
        }
        try checkLog(log, expected)
    }

    private static func checkLog(_ log: RequestLog, _ expected: Expectation) throws {
        let accepted = log.possiblyAccepted
        #expect(accepted.count == expected.accepted, "\(expected.fault)")
        #expect(Set(accepted).count == accepted.count, "\(expected.fault): an input was taken twice")
        #expect(log.keyLeaks.isEmpty, "\(expected.fault): \(log.keyLeaks)")
        #expect(!log.text.contains("the-secret"), "\(expected.fault)")
        // The key is where it belongs, or the two lines above would prove nothing.
        #expect(log.lines.contains { $0["headers"]?["authorization"]?.text == "Key id:redacted" }, "\(expected.fault)")
    }
}

extension RequestLog {
    /// The inputs of the submits that were not refused: accepted, or cut off so that only the sandbox knows.
    fileprivate var possiblyAccepted: [JSONValue] {
        lines.compactMap { line in
            guard line["method"] == .string("POST"), line["path"]?.text?.hasPrefix("/fal-ai/") == true else {
                return nil
            }
            let status = line["status"]?.int
            return status == nil || status == 200 ? line["json"] : nil
        }
    }

    /// Requests with an API key to an address that is open to who knows it.
    fileprivate var keyLeaks: [JSONValue] { lines.filter { $0["key_leak"] == .bool(true) } }
}
