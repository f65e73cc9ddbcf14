import AssetModel
import AssetStore
import FalSandbox
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary
@testable import FalAPI

/// An account's request history, brought home.
struct HistoryImportTests {
    private static let text = "fal-ai/hidream-o1-image"
    private static let hourAgo = Library.Environment.live.now().adding(seconds: -3600)

    /// Makes a request as any other program would, and waits until it has ended.
    @discardableResult
    private static func request(
        _ session: FalSession, of endpoint: String = text, _ input: [String: JSONValue]
    ) async throws -> QueuedRequest {
        let body = Array(JSONValue.object(input).canonicalText.utf8)
        let request = try await session.queue.submit(body, to: endpoint)
        try await session.queue.waitUntilCompleted(request) { _ in }
        return request
    }

    private static func imported(
        _ session: FalSession, _ endpoints: [String]? = nil, isDryRun: Bool = false
    ) async throws -> (summary: HistorySummary, outcomes: [HistoryOutcome]) {
        var outcomes: [HistoryOutcome] = []
        let summary = try await session.importHistory(of: endpoints, since: hourAgo, isDryRun: isDryRun) {
            outcomes.append($0)
        }
        return (summary, outcomes)
    }

    private static func journal(_ library: Library) throws -> [String: Data] {
        let folder = library.root + "/journal"
        let names = FileManager.default.subpaths(atPath: folder)?.filter { $0.hasSuffix(".jsonl") } ?? []
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\($0)"))) })
    }

    private static func sandbox(
        _ faults: [String] = [], _ body: @Sendable (Library, FalSession, SandboxAddress) async throws -> Void
    ) async throws {
        let script = try SandboxScript(parsing: faults)
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script), body)
    }

    @Test func `a request becomes a run like our own, and a second import changes nothing`() async throws {
        try await Self.sandbox { library, session, _ in
            let picture = try Fixtures.data("images/demo/mug.png")
            let reference = "data:image/png;base64,\(picture.base64EncodedString())"
            let request = try await Self.request(
                session, of: EditModels.defaultForEdits,
                [
                    "prompt": .string("a blue mug"), "seed": .integer(77),
                    "reference_image_urls": .array([.string(reference)]),
                ])
            let first = try await Self.imported(session)
            #expect(first.summary.newCount == 1 && first.summary.foundCount == 1)
            guard case .new(_, let run?, expired: 0)? = first.outcomes.first else {
                Issue.record("\(first.outcomes)")
                return
            }
            #expect(run.state == .finished && run.prompt == "a blue mug" && run.seed == 77)
            #expect(run.request?.id == request.requestID)
            #expect(run.references.members == [try ContentDigest(hashing: picture)])
            #expect(run.parameters == .object(["seed": .integer(77)]))
            #expect(run.isBroughtHome && run.nextStep == .nothing)
            for query in ["blue", "seed:77"] {
                #expect(try await library.search(SearchQuery(parsing: query)).map(\.generation) == [run.id])
            }

            let before = try Self.journal(library)
            let second = try await Self.imported(session)
            #expect(second.summary.knownCount == 1 && second.summary.newCount == 0)
            #expect(try Self.journal(library) == before)

            // The same request is not paid for again, and rerun asks the same.
            var same = RunRequest(model: run.model, prompt: run.prompt)
            same.seed = 77
            same.references = try await library.pictures(named: [Fixtures.path("images/demo/mug.png")])
            let plan = try await session.plan(same)
            #expect(
                plan.warnings.contains {
                    if case .earlier(.finished(let found)) = $0 { found.id == run.id } else { false }
                })
            #expect(try await library.request(again: run).identity == same.identity)
        }
    }

    @Test func `two libraries name the run alike`() async throws {
        try await Self.sandbox { library, session, address in
            try await Self.request(session, ["prompt": .string("p"), "seed": .integer(1)])
            let other = library.root + "-other"
            try Library.create(at: other)
            let mine = try await Self.imported(session).outcomes
            try await TestLibrary.withSession(at: other, session.remote) { _, session in
                let theirs = try await Self.imported(session).outcomes
                guard case .new(_, let one?, _)? = mine.first, case .new(_, let two?, _)? = theirs.first else {
                    Issue.record("\(mine) \(theirs)")
                    return
                }
                #expect(one.id == two.id && one.outputs == two.outputs)
            }
            try await TestLibrary.expectSound(other)
        }
    }

    @Test func `a run of the library is known, and what it may still get is left to it`() async throws {
        try await Self.sandbox(["submit:timeout:after-accept:1"]) { library, session, _ in
            var request = RunRequest(model: Self.text, prompt: "unanswered")
            request.seed = 1
            _ = try? await session.run(try await session.plan(request))
            request.prompt = "answered"
            let own = try await session.run(try await session.plan(request)).run
            let unknown = try #require(try await library.unfinishedRuns().first)
            // The unanswered one may still be drawn; its request is listed once it has ended.
            var awaited: [Run.ID] = []
            while awaited.isEmpty {
                let (_, outcomes) = try await Self.imported(session)
                #expect(!outcomes.contains { if case .new = $0 { true } else { false } })
                #expect(outcomes.contains { if case .known(_, own.id) = $0 { true } else { false } })
                awaited = outcomes.compactMap { if case .awaited(_, let run) = $0 { run } else { nil } }
            }
            #expect(awaited == [unknown.id])
            try await session.resumeUnfinished { _ in }
            #expect(try await Self.imported(session).summary.knownCount == 2)
        }
    }

    @Test func `a dry run counts and writes nothing`() async throws {
        try await Self.sandbox(["output:gone:1"]) { library, session, _ in
            try await Self.request(session, ["prompt": .string("p"), "seed": .integer(1), "num_images": .integer(2)])
            try await Self.request(session, ["prompt": .string("q"), "seed": .integer(2)])
            let before = try Self.journal(library)
            let (summary, outcomes) = try await Self.imported(session, isDryRun: true)
            #expect(summary.foundCount == 2 && summary.newCount == 2)
            #expect(summary.expiredCount == 1 && summary.expiredFileCount == 1)
            #expect(outcomes.allSatisfy { if case .new(_, nil, _) = $0 { true } else { false } })
            #expect(try Self.journal(library) == before)
            #expect(try await library.runs(limit: 10).isEmpty)
        }
    }

    @Test func `what has expired is counted, and the rest comes`() async throws {
        try await Self.sandbox(["output:gone:1"]) { library, session, _ in
            try await Self.request(session, ["prompt": .string("p"), "seed": .integer(1), "num_images": .integer(2)])
            let (summary, outcomes) = try await Self.imported(session)
            #expect(summary.newCount == 1 && summary.expiredFileCount == 1)
            guard case .new(_, let run?, expired: 1)? = outcomes.first else {
                Issue.record("\(outcomes)")
                return
            }
            #expect(run.state == .finished && run.outputs.count == 1)
            #expect(run.drift.contains { $0.kind == .missing })
        }
    }

    @Test func `a request of which nothing is left keeps its recipe and does not pass for a finished one`() async throws
    {
        try await Self.sandbox(["file:404"]) { library, session, _ in
            try await Self.request(session, ["prompt": .string("long gone"), "seed": .integer(2)])
            let again = try await Self.imported(session, [Self.text])
            #expect(again.summary.newCount == 1 && again.summary.expiredFileCount == 1)
            let run = try #require(try await library.runs(limit: 10).first)
            #expect(run.state == .failed && run.prompt == "long gone" && run.seed == 2)
            var same = RunRequest(model: Self.text, prompt: "long gone")
            same.seed = 2
            #expect(!(try await session.plan(same)).warnings.contains { if case .earlier = $0 { true } else { false } })
            #expect(try await Self.imported(session, [Self.text]).summary.knownCount == 1)
        }
    }

    @Test(arguments: ["file:403:2", "file:html:2", "file:garbage:2"])
    func `a file that cannot be fetched now is left to the next import`(fault: String) async throws {
        try await Self.sandbox([fault]) { library, session, _ in
            try await Self.request(session, ["prompt": .string("later"), "seed": .integer(2)])
            let first = try await Self.imported(session, [Self.text])
            #expect(first.summary.failedCount == 1 && first.summary.newCount == 0)
            #expect(try await library.runs(limit: 10).isEmpty)
            var newCount = 0
            for _ in 0..<2 where newCount == 0 {
                newCount = try await Self.imported(session, [Self.text]).summary.newCount
            }
            #expect(newCount == 1)
            #expect(try await library.runs(limit: 10).first?.state == .finished)
        }
    }

    @Test func `several endpoints come together, and one that fal does not know is told`() async throws {
        try await Self.sandbox { library, session, _ in
            try await Self.request(session, ["prompt": .string("p"), "seed": .integer(1)])
            try await Self.request(
                session, of: "fal-ai/any", ["prompt": .string("other"), "image": .string("https://example.invalid/x")])
            let stranger = "fal-ai/hidream-o1-image/nosuch"
            let (summary, _) = try await Self.imported(session, [Self.text, stranger])
            #expect(summary.newCount == 1)
            #expect(summary.refusedEndpoints.map(\.endpoint) == [stranger])
            let error = await #expect(throws: LibraryError.self) {
                _ = try await Self.imported(session, ["no endpoint"])
            }
            #expect(error?.category == .invalidInput)
            // Without a list only the library's own endpoints are asked for, and the described ones.
            #expect(try await Self.imported(session).summary.foundCount == 1)
        }
    }

    @Test func `a key that may not read the history is told at once`() async throws {
        try await Self.sandbox(["history:403"]) { _, session, _ in
            let error = await #expect(throws: LibraryError.self) { _ = try await Self.imported(session) }
            #expect(error?.category == .refused)
        }
    }

    @Test func `a run that was brought home stands where it happened`() async throws {
        try await Self.sandbox { library, session, _ in
            try await Self.request(session, ["prompt": .string("earlier"), "seed": .integer(1)])
            var own = RunRequest(model: Self.text, prompt: "later")
            own.seed = 2
            let later = try await session.run(try await session.plan(own)).run
            _ = try await Self.imported(session)
            #expect(try await library.search(SearchQuery(parsing: "")).map(\.prompt) == ["later", "earlier"])
            let runs = try await library.runs(limit: 10)
            #expect(runs.map(\.prompt) == ["later", "earlier"])
            #expect(try #require(runs.last).plannedAt < later.plannedAt)
            #expect(runs.last?.changedAt == runs.last?.plannedAt)
            let cost = try await library.costs()
            #expect(cost.total.runCount == 2)
            _ = try await Self.imported(session)
            #expect(try await library.costs() == cost)
        }
    }

    @Test func `a journal that ends in the middle of an imported run holds nothing that could be submitted`()
        async throws
    {
        try await Self.sandbox { library, session, _ in
            try await Self.request(session, ["prompt": .string("p"), "seed": .integer(1)])
            _ = try await Self.imported(session)
            let whole = try #require(try Self.journal(library).first { $0.value.contains(Data("\"planned\"".utf8)) })
            let lines = whole.value.split(separator: UInt8(ascii: "\n"))
            for count in 1..<lines.count {
                let torn = "\(library.root)-torn-\(count)"
                try FileManager.default.copyItem(atPath: library.root, toPath: torn)
                for name in try FileManager.default.contentsOfDirectory(atPath: torn) where name.contains("sqlite") {
                    try FileManager.default.removeItem(atPath: "\(torn)/\(name)")
                }
                var cut = lines.prefix(count).reduce(into: Data()) { $0 += $1 + [UInt8(ascii: "\n")] }
                cut += lines[count].prefix(10)
                try cut.write(to: URL(fileURLWithPath: "\(torn)/journal/\(whole.key)"))
                try await TestLibrary.withSession(at: torn, session.remote) {
                    (library: Library, session: FalSession) async throws -> Void in
                    #expect(try await library.unfinishedRuns().isEmpty, "after \(count) lines")
                    #expect(try await Self.imported(session).summary.newCount == 1)
                    #expect(try await library.runs(limit: 10).map(\.state) == [.finished])
                }
                try await TestLibrary.expectSound(torn, afterKill: true)
            }
        }
    }

    @Test func `a plan that was brought home is never one to submit`() throws {
        let run = Run(
            id: Run.ID(random: (1, 1)), model: "m", prompt: "p", parameters: .object([:]),
            references: try ReferenceSet([]), plannedSize: nil, state: .planned, request: nil, host: RemoteHost("h"),
            seed: nil, reason: nil, outputs: [], plannedAt: Timestamp(milliseconds: 0),
            changedAt: Timestamp(milliseconds: 0), isBroughtHome: true)
        #expect(run.nextStep == .confirm)
    }
}
