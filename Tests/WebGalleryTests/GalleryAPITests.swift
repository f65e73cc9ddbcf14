import AssetLibrary
import AssetModel
import FalSandbox
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import WebGallery

/// What pages do through the API.
struct GalleryAPITests {
    @Test func `a change says what it did and which action undoes it`() async throws {
        try await GalleryStage.with { stage in
            let (cat, mug) = (try await stage.importPicture("cat.jpg"), try await stage.importPicture("mug.png"))
            let rated = try await stage.call(
                .POST, "marks", "{\"ids\":[\"\(cat.hex)\",\"\(mug.hex)\"],\"field\":\"rating\",\"value\":4}"
            ).json
            #expect(rated["message"] == .string("Rated 2 pictures ★★★★") && rated["changed"]?.int == 2)
            let action = try #require(rated["action"]?.text)
            let again = try await stage.call(
                .POST, "marks", "{\"ids\":[\"\(cat.hex)\"],\"field\":\"rating\",\"value\":4}"
            ).json
            #expect(again["action"] == .null && again["changed"]?.int == 0)
            let undone = try await stage.call(.POST, "undo", "{\"action\":\"\(action)\"}").json
            #expect(undone["changed"]?.int == 2)
            #expect(try await stage.library.asset(cat)?.rating == 0)
            let nothing = try await stage.call(.POST, "redo", "{}").json
            #expect(nothing["changed"]?.int == 2)
            // One id that names nothing: nothing is changed, as on the command line.
            let unknown = try await stage.call(
                .POST, "marks", "{\"ids\":[\"\(cat.hex)\",\"zzz\"],\"field\":\"trashed\",\"value\":true}")
            #expect(unknown.status == 404 && unknown.text.contains("zzz"))
            #expect(try await stage.library.asset(cat)?.isTrashed == false)
        }
    }

    @Test func `two windows that change one set at once are both right`() async throws {
        try await GalleryStage.with { stage in
            let pictures = [
                try await stage.importPicture("cat.jpg"), try await stage.importPicture("mug.png"),
                try await stage.importPicture("marble.webp"),
            ]
            _ = try await stage.call(.POST, "sets", "{\"name\":\"mugs\"}")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for round in 0..<12 {
                    let picture = pictures[round % 3]
                    group.addTask {
                        try await stage.call(.POST, "sets/mugs", "{\"add\":[\"\(picture.hex)\"]}").status
                    }
                }
                for try await status in group { #expect(status == 200) }
            }
            #expect(Set(try await stage.library.set(named: "mugs").members) == Set(pictures))
            let moved = try await stage.call(
                .POST, "sets/mugs", "{\"move\":[\"\(pictures[2].hex)\"],\"first\":true}")
            #expect(moved.status == 200, "\(moved.text)")
            #expect(try await stage.library.set(named: "mugs").members.first == pictures[2])
            // Shown in its own order, so that it can be dragged.
            let page = try await stage.get("pictures?q=set:mugs")
            #expect(page["items"]?.elements?.first?["digest"] == .string(pictures[2].hex))
            #expect(try await stage.get("timeline?q=set:mugs")["order"] == .string("set"))
        }
    }

    @Test func `a run goes on without its page, and the same press of the button begins it once`() async throws {
        try await GalleryStage.with { stage in
            let body = "{\"request\":{\"prompt\":\"a mug\",\"parameters\":{\"num_images\":2}},\"request_key\":\"k\"}"
            let begun = try await withThrowingTaskGroup(of: GalleryStage.Answer.self) { group in
                for _ in 0..<4 { group.addTask { try await stage.call(.POST, "runs", body) } }
                var ids: Set<String> = []
                for try await answer in group {
                    #expect(answer.status == 202, "\(answer.text)")
                    ids.insert(try #require(try answer.json["runs"]?.elements?.first?["id"]?.text))
                }
                return ids
            }
            #expect(begun.count == 1)
            let id = try #require(begun.first.flatMap { Run.ID(parsing: $0) })
            for _ in 0..<300 where try await stage.library.run(id)?.state != .finished {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await stage.library.run(id)?.outputs.count == 2)
            #expect(try await stage.library.runs(limit: 10).count == 1)
            let shown = try await stage.get("runs/\(id)")
            #expect(shown["on"] == .string("sandbox") && shown["can"] == .array([]))
            let request = try await stage.get("runs/\(id)/request")
            #expect(request["request"]?["prompt"] == .string("a mug"))
        }
    }

    @Test func `a key knows its run in another server, refuses another request, and two servers pay once`() async throws
    {
        try await GalleryStage.with { stage in
            let first = try #require(try await Self.ask(stage, "a mug", "k").json["runs"]?.elements?.first?["id"]?.text)
            try await TestLibrary.withSession(at: stage.library.root, stage.session.remote) { library, session in
                let gallery = Gallery(library: library, fal: session, isReadOnly: false, version: "test")
                try await GalleryServer.withRunning(gallery, logger: TestLibrary.logger, report: { _ in }) { address in
                    let other = GalleryStage(
                        library: library, session: session, address: address, folder: stage.folder)
                    #expect(
                        try await Self.ask(other, "a mug", "k").json["runs"]?.elements?.first?["id"] == .string(first))
                    for (prompt, more) in [("a cup", ""), ("a mug", ",\"into_set\":\"mugs\"")] {
                        let refused = try await Self.ask(other, prompt, "k", more)
                        #expect(refused.status == 409 && refused.text.contains("key_used"), "\(refused.text)")
                    }
                    let mars = try await other.call(
                        .POST, "runs", "{\"request\":{\"prompt\":\"a mug\"},\"on\":\"mars\"}")
                    #expect(mars.status == 400)
                    let ids = try await withThrowingTaskGroup(of: GalleryStage.Answer.self) { group in
                        for number in 0..<6 {
                            group.addTask {
                                try await Self.ask(number % 2 == 0 ? stage : other, "a jug", "key \(number)")
                            }
                        }
                        var ids: Set<String> = []
                        for try await answer in group {
                            #expect([200, 202].contains(answer.status), "\(answer.text)")
                            ids.insert(try #require(answer.json["runs"]?.elements?.first?["id"]?.text))
                        }
                        return ids
                    }
                    #expect(ids.count == 1)
                    for _ in 0..<300 where try await !library.unfinishedRuns().isEmpty {
                        try await Task.sleep(for: .milliseconds(50))
                    }
                    #expect(try await library.runs(limit: 10).count == 2)
                }
            }
        }
    }

    @Test func `a run that is being sent is not unknown, and is neither submitted again nor given up`() async throws {
        try await Self.withRun(faults: ["delay:2000"]) { stage, run in
            while try await stage.library.run(run)?.state == .planned { try await Task.sleep(for: .milliseconds(10)) }
            if try await stage.library.run(run)?.state == .sending {
                let shown = try await stage.get("runs/\(run)")
                let isSending = try await stage.library.run(run)?.state == .sending
                #expect(
                    !isSending || shown["state"] == .string("planned") && shown["under_way"] == .bool(true),
                    "\(shown)")
                for verb in ["resubmit", "discard"] {
                    let refused = try await stage.call(.POST, "runs/\(run)/\(verb)", "{}")
                    guard try await stage.library.run(run)?.state == .sending else { break }
                    #expect(refused.status == 409 && refused.text.contains("under_way"), "\(refused.text)")
                }
            }
            for _ in 0..<600 where try await stage.library.run(run)?.state != .finished {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await stage.library.runs(limit: 10).map(\.state) == [.finished])
        }
    }

    @Test func `what a look into fal's history found is told until the next look`() async throws {
        try await Self.withRun(faults: ["submit:timeout:after-accept", "history:late"]) { stage, run in
            func shown(_ isDone: (JSONValue) -> Bool) async throws -> JSONValue {
                var answer = try await stage.get("runs/\(run)")
                for _ in 0..<1200 where !isDone(answer) {
                    try await Task.sleep(for: .milliseconds(50))
                    answer = try await stage.get("runs/\(run)")
                }
                return answer
            }
            let unknown = try await shown { $0["state"] == .string("unknown") }
            #expect(unknown["unknown_reason"] == .string("not_asked"), "\(unknown)")
            #expect(unknown["can"] == .array([.string("resume"), .string("resubmit"), .string("discard")]))
            let counts = try await stage.get("status")["counts"]
            #expect(
                counts?["unknown"] == .integer(1) && counts?["running"] == .integer(0), "\(String(describing: counts))")
            #expect(try await stage.call(.POST, "runs/\(run)/resume", "{}").status == 202)
            let lookedUp = try await shown {
                $0["under_way"] == .bool(false) && $0["unknown_reason"] != .string("not_asked")
            }
            #expect(lookedUp["unknown_reason"] == .string("not_listed"), "\(lookedUp)")
            #expect(try await stage.call(.POST, "runs/\(run)/discard", "{}").status == 200)
        }
    }

    @Test func `what may have been submitted without a seed is not paid for again without a word`() async throws {
        try await Self.withRun(faults: ["submit:timeout:after-accept:1"], seed: nil) { stage, run in
            for _ in 0..<1200 where try await stage.get("runs/\(run)")["state"] != .string("unknown") {
                try await Task.sleep(for: .milliseconds(50))
            }
            let same = try await Self.ask(stage, "a mug", "k2", seed: nil)
            #expect(same.status == 409 && same.text.contains("may_have_been_sent"), "\(same.text)")
            #expect(try await stage.library.runs(limit: 10).count == 1)
            let other = try await Self.ask(stage, "a bowl", "k3", seed: nil)
            #expect(other.status == 202, "\(other.text)")
            let again = try await stage.call(
                .POST, "runs", "{\"request\":{\"prompt\":\"a mug\",\"parameters\":{}},\"again\":true}")
            #expect(again.status == 202, "\(again.text)")
        }
    }

    @Test func `a run that this server is fetching is cancelled, not closed`() async throws {
        try await Self.withRun(faults: ["status:slow:40"]) { stage, run in
            while try await stage.library.run(run)?.state != .submitted { try await Task.sleep(for: .milliseconds(10)) }
            let shown = try await stage.get("runs/\(run)")
            #expect(shown["can"] == .array([.string("resume"), .string("cancel")]), "\(shown)")
            let refused = try await stage.call(.POST, "runs/\(run)/discard", "{}")
            #expect(refused.status == 409 && refused.text.contains("under_way"), "\(refused.text)")
            #expect(try await stage.call(.POST, "runs/\(run)/cancel", "{}").status == 200)
            for _ in 0..<1200 where try await stage.library.run(run)?.state.isFinal != true {
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await stage.library.run(run)?.state.isFinal == true)
        }
    }

    /// A gallery with a run that was just begun in a sandbox with faults.
    private static func withRun(
        faults: [String], seed: Int? = 7, _ body: @Sendable (GalleryStage, Run.ID) async throws -> Void
    ) async throws {
        let script = try SandboxScript(parsing: faults)
        try await TestLibrary.withSandbox(SandboxConfiguration(script: script)) { library, session, _ in
            let gallery = Gallery(library: library, fal: session, isReadOnly: false, version: "test")
            try await GalleryServer.withRunning(gallery, logger: TestLibrary.logger, report: { _ in }) { address in
                let stage = GalleryStage(library: library, session: session, address: address, folder: "")
                let begun = try await ask(stage, "a mug", "k", seed: seed).json["runs"]?.elements?.first?["id"]?.text
                try await body(stage, try #require(begun.flatMap(Run.ID.init(parsing:))))
            }
        }
    }

    /// Presses the button of a form.
    private static func ask(
        _ stage: GalleryStage, _ prompt: String, _ key: String, _ more: String = "", seed: Int? = 7
    ) async throws -> GalleryStage.Answer {
        let seed = seed.map { "\"seed\":\($0)" } ?? ""
        return try await stage.call(
            .POST, "runs",
            "{\"request\":{\"prompt\":\"\(prompt)\",\"parameters\":{\(seed)}\(more)},\"request_key\":\"\(key)\"}")
    }

    @Test(.enabled(if: Attacks.areAlone, Attacks.needsToBeAlone))
    func `listeners hear what is written, and one that was away too long is told to start over`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            func listen(_ after: String, for time: Duration) async throws -> String {
                try await RawClient.exchange(
                    port: stage.address.port,
                    "GET /api/v1/changes HTTP/1.1\r\nHost: 127.0.0.1:\(stage.address.port)\r\n"
                        + "Authorization: Bearer \(stage.address.token)\r\n\(after)\r\n", within: time
                ).text
            }
            async let heard = listen("", for: .seconds(3))
            try await Task.sleep(for: .milliseconds(500))
            try await stage.library.rate([cat], 5)
            let text = try await heard
            #expect(
                text.contains("event: change") && text.contains(cat.hex) && text.contains("\"verb\":\"rate\""),
                "\(text)")
            let missed = try await listen("Last-Event-ID: of-an-earlier-start.3\r\n", for: .seconds(1))
            #expect(missed.contains("event: reset"), "\(missed)")
        }
    }

    @Test func `a listener that takes nothing is cut off`() throws {
        let hub = EventHub()
        var slow = hub.listen(after: nil).events.makeAsyncIterator()
        for number in 0..<(EventHub.kept + EventHub.waiting + 10) { hub.tell("run", ["n": .integer(Int64(number))]) }
        _ = slow
        #expect(hub.listenerCount == 0)
        let again = hub.listen(after: nil)
        slow = again.events.makeAsyncIterator()
        #expect(hub.listenerCount == 1)
        hub.tell("run", [:])
        // A line that drops before what was missed has come must go on from where it was.
        #expect(hub.listen(after: again.from).from == again.from)
        #expect(hub.listen(after: nil).from != again.from)
    }

    @Test func `originals come whole, in parts, or not at all when the browser has them`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            let asset = try #require(try await stage.library.asset(cat))
            let bytes = try Data(contentsOf: URL(fileURLWithPath: stage.library.path(of: asset)))
            let path = "/blobs/\(cat.hex)"
            let whole = try await stage.send(.GET, path)
            #expect(
                Data(whole.body) == bytes && whole.headers.first(name: "cache-control")?.contains("immutable") == true)
            let head = try await stage.send(.HEAD, path)
            #expect(head.status == 200 && head.body.isEmpty)
            #expect(head.headers.first(name: "content-length") == "\(bytes.count)")
            for (range, expected) in [
                ("bytes=0-9", bytes.prefix(10)), ("bytes=10-", bytes.dropFirst(10)), ("bytes=-5", bytes.suffix(5)),
                ("bytes=5-99999999", bytes.dropFirst(5)),
            ] {
                let part = try await stage.send(.GET, path, ["Range": range])
                #expect(part.status == 206 && Data(part.body) == expected, "\(range)")
            }
            #expect(try await stage.send(.GET, path, ["Range": "bytes=99999999-"]).status == 416)
            for range in ["bytes=9-2", "bytes=a-b", "pages=1-2", "bytes=0-1,5-6", "bytes=-"] {
                #expect(try await stage.send(.GET, path, ["Range": range]).status == 200, "\(range)")
            }
            let tag = try #require(whole.headers.first(name: "etag"))
            #expect(try await stage.send(.GET, path, ["If-None-Match": tag]).status == 304)
        }
    }

    @Test func `a missing or damaged picture says so, and so does a library that is gone`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            try await Library.withLibrary(at: root, logger: TestLibrary.logger) { library in
                let gallery = Gallery(library: library, fal: nil)
                try await GalleryServer.withRunning(
                    gallery, logger: TestLibrary.logger, report: { _ in }
                ) { address in
                    try await TestLibrary.withSandbox { _, session, _ in
                        let stage = GalleryStage(library: library, session: session, address: address, folder: folder)
                        let cat = try await stage.importPicture("cat.jpg")
                        let mug = try await stage.importPicture("mug.png")
                        for (digest, text) in [(cat, "short"), (mug, nil)] {
                            let path = library.path(of: try #require(try await library.asset(digest)))
                            try FileManager.default.removeItem(atPath: path)
                            if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
                        }
                        let damaged = try await stage.send(.GET, "/blobs/\(cat.hex)")
                        #expect(damaged.status == 422 && damaged.text.contains("damaged"), "\(damaged.text)")
                        let missing = try await stage.send(.GET, "/blobs/\(mug.hex)")
                        #expect(missing.status == 410 && missing.text.contains("missing_blob"), "\(missing.text)")

                        try FileManager.default.moveItem(atPath: root, toPath: root + ".away")
                        for path in ["/api/v1/status", "/api/v1/pictures", "/blobs/\(cat.hex)"] {
                            let gone = try await stage.send(.GET, path)
                            #expect(gone.status == 503 && gone.text.contains("library_gone"), "\(gone.text)")
                        }
                        let change = try await stage.call(.POST, "sets", "{\"name\":\"x\"}")
                        #expect(change.status == 503, "\(change.text)")
                        try FileManager.default.moveItem(atPath: root + ".away", toPath: root)
                        #expect(try await stage.call(.GET, "status").status == 200)
                    }
                }
            }
        }
    }

    @Test func `a dropped file keeps its name, and what is no picture is told in the importer's words`() async throws {
        try await GalleryStage.with { stage in
            let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent().appending(path: "fixtures/images/demo/cat.jpg").path
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            let first = try await stage.send(
                .PUT, "/api/v1/imports?name=kitty%20cat.jpg&set=cats&tag=white", body: bytes)
            #expect(first.status == 201, "\(first.text)")
            #expect(try first.json["outcome"] == .string("imported"))
            let digest = try #require(try first.json["digest"]?.text)
            #expect(try await stage.library.set(named: "cats").members.map(\.hex) == [digest])
            // As a browser writes it: a blank is a plus.
            let found = try await stage.get("pictures?q=kitty+tag%3Awhite")
            #expect(found["items"]?.elements?.first?["name"] == .string("kitty cat.jpg"))
            let second = try await stage.send(.PUT, "/api/v1/imports?name=other.jpg", body: bytes)
            #expect(try second.status == 200 && second.json["outcome"] == .string("already_here"), "\(second.text)")
            let text = try await stage.send(.PUT, "/api/v1/imports?name=notes.txt", body: Array("hello".utf8))
            #expect(text.status == 200 && text.text.contains("notes.txt"), "\(text.text)")
            #expect(try text.json["outcome"] == .string("refused") && text.json["code"]?.text != nil)
            // Where it came from is what the browser said, not the folder that it was received in.
            let asset = try #require(try await stage.library.asset(try ContentDigest(parsing: digest)))
            let paths = asset.origins.compactMap { if case .imported(let path, _) = $0 { path } else { nil } }
            #expect(Set(paths) == ["kitty cat.jpg", "other.jpg"], "\(paths)")
        }
    }
}
