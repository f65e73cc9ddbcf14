import AssetLibrary
import AssetModel
import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import WebGallery

/// What the gallery refuses of people who are let in, and in which words.
struct RefusalTests {
    private static func encoded(_ text: String) throws -> String {
        try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    }

    @Test func `a search of three thousand Japanese letters is answered`() async throws {
        try await GalleryStage.with { stage in
            let query = try Self.encoded(String(repeating: "\u{732B}", count: 3000))
            let answer = try await stage.call(.GET, "pictures?q=\(query)")
            #expect(answer.status == 200, "\(answer.status) \(answer.text.prefix(200))")
            #expect(try await stage.send(.GET, "/?q=\(query)").status == 200)
        }
    }

    @Test(arguments: [
        ("marks", #"{"ids":["x"],"field":"rating"}"#), ("marks", #"{"ids":["x"],"field":"note"}"#),
        ("runs", #"{"request":{"prompt":"x","sending":"private"}}"#),
        ("runs", #"{"request":{"prompt":"x","sending":{"private":"true"}}}"#),
        ("runs", #"{"request":{"prompt":"x","sending":{"as_is":1}}}"#),
        ("runs", #"{"request":{"prompt":"x"},"again":"true"}"#),
    ])
    func `what would be lost or paid by a wrong type is refused`(route: String, body: String) async throws {
        try await GalleryStage.with { stage in
            let answer = try await stage.call(.POST, route, body)
            #expect(answer.status == 400 && answer.text.contains("bad_body"), "\(answer.text)")
        }
    }

    @Test func `a search that names a file is refused wherever it enters`() async throws {
        try await GalleryStage.with { stage in
            try await stage.importPicture("cat.jpg")
            _ = try await stage.call(.POST, "sets", "{\"name\":\"smart\",\"query\":\"rating:5\"}")
            for text in [
                "like:/etc/passwd", "like:./cat.jpg", "like:cat.jpg", "-like:../x.png~4", "(mug or like:~/x.png)",
            ] {
                let query = try Self.encoded(text)
                for route in ["pictures", "count", "facets", "timeline"] {
                    let answer = try await stage.call(.GET, "\(route)?q=\(query)")
                    #expect(
                        answer.status == 400 && answer.text.contains("names_file"), "\(route) \(text): \(answer.text)")
                }
                for (method, route, body) in [
                    (HTTPMethod.POST, "marks", "{\"query\":\"\(text)\",\"field\":\"rating\",\"value\":3}"),
                    (.POST, "tags", "{\"query\":\"\(text)\",\"add\":[\"x\"]}"),
                    (.POST, "sets", "{\"name\":\"x\",\"query\":\"\(text)\"}"),
                    (.PATCH, "sets/smart", "{\"query\":\"\(text)\"}"),
                ] {
                    let answer = try await stage.call(method, route, body)
                    #expect(
                        answer.status == 400 && answer.text.contains("names_file"), "\(route) \(text): \(answer.text)")
                }
                // What a person is typing is read, and no file with it.
                #expect(try await stage.call(.GET, "reading?q=\(query)").status == 200)
            }
        }
    }

    @Test func `a smart set of the command line that names a file says so, and the file is not opened`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            let path = stage.library.path(of: try #require(try await stage.library.asset(cat)))
            try await stage.library.createSmartSet("alike", query: "like:\"\(path)\"")
            #expect(try await stage.library.set(named: "alike").members == [cat])
            let set = try await stage.get("sets/alike")
            #expect(set["problem"]?.text?.contains("files are for the command line") == true, "\(set)")
            #expect(set["members"]?.elements?.isEmpty == true)
            for route in ["pictures", "count", "facets", "timeline"] {
                let answer = try await stage.call(.GET, "\(route)?q=@alike")
                #expect(answer.status == 400 && answer.text.contains("names_file"), "\(route): \(answer.text)")
            }
            #expect(try await stage.call(.DELETE, "sets/alike", "{}").status == 200)
        }
    }

    @Test func `a search for what looks like a picture or a set takes ids`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            _ = try await stage.call(.POST, "sets", "{\"name\":\"cats\"}")
            _ = try await stage.call(.POST, "sets/cats", "{\"add\":[\"\(cat.hex)\"]}")
            for word in [cat.hex, String(cat.hex.prefix(8)), "sha256:\(cat.hex)", "@cats"] {
                #expect(try await stage.get("count?q=like:\(word)")["count"]?.int == 1, "\(word)")
            }
        }
    }

    @Test func `a set may have a tilde or a slash in its name, and is found by that name alone`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            for name in ["a~b", "a/b"] {
                #expect(try await stage.call(.POST, "sets", "{\"name\":\"\(name)\"}").status == 200)
            }
            let added = try await stage.call(.POST, "sets/a~b", "{\"add\":[\"\(cat.hex)\"]}")
            #expect(try added.json["set"]?["name"] == .string("a~b"), "\(added.text)")
            #expect(try await stage.get("sets/a%2Fb")["members"]?.elements?.count == 0)
            let plan = try await stage.call(
                .POST, "plan", "{\"request\":{\"prompt\":\"x\",\"references\":[\"@a~b\"]}}")
            #expect(try plan.json["problem"] == .null, "\(plan.text)")
            #expect(try await stage.call(.DELETE, "sets/a~c", "{}").status == 404)
            #expect(
                GalleryAPI.word("g0000000000000~3") == "g0000000000000/3" && GalleryAPI.word("@last~2") == "@last/2")
            #expect(GalleryAPI.word("@a~3") == "@a~3" && GalleryAPI.word("~root") == "~root")
        }
    }

    @Test func `names that no address can hold are refused for sets, and what is made is called by its name`()
        async throws
    {
        try await GalleryStage.with { stage in
            _ = try await stage.call(.POST, "sets", "{\"name\":\"cups\"}")
            for name in [".", "..", "@.", " .. ", "", "  ", "last", "@@x", "@x", " x", "x ", "\u{3000}x", "-x", "a,b"] {
                let renamed = try await stage.call(.PATCH, "sets/cups", "{\"name\":\"\(name)\"}")
                #expect(renamed.status == 400 && renamed.text.contains("bad_name"), "\(name): \(renamed.text)")
                let answer = try await stage.call(.POST, "sets", "{\"name\":\"\(name)\"}")
                #expect(answer.status == 400 && answer.text.contains("bad_name"), "\(name): \(answer.text)")
            }
            // One that is there is named with or without the @.
            #expect(try await stage.get("sets/@cups")["name"] == .string("cups"))
        }
    }

    @Test func `what a request gave is repeated in part`() async throws {
        try await GalleryStage.with { stage in
            let long = String(repeating: "z", count: 5000)
            for route in ["pictures/\(long)", "lineage/\(long)", "history/\(long)", "sets/\(long)", "runs/\(long)"] {
                let answer = try await stage.call(.GET, route)
                #expect(
                    answer.status == 404 && answer.body.count < 400, "\(route.prefix(12)): \(answer.text.prefix(300))")
            }
            #expect(try await stage.call(.GET, "pictures?after=\(long)").body.count < 400)
            let ids = (0..<300).map { "\"z\($0)\"" }.joined(separator: ",")
            let many = try await stage.call(
                .POST, "marks", "{\"ids\":[\(ids)],\"field\":\"rating\",\"value\":3}")
            #expect(many.status == 404 && many.text.contains("z0, z1, z2 and 297 more"), "\(many.text)")
        }
    }

    @Test func `small mistakes are told by their status`() async throws {
        try await GalleryStage.with { stage in
            #expect(try await stage.call(.GET, "uploads?state=xx").status == 400)
            #expect(try await stage.call(.GET, "uploads?state=served").status == 200)
            let plan = try await stage.session.plan(RunRequest(model: EditModels.defaultForText, prompt: "a mug"))
            let run = try await stage.session.run(plan).run
            let resumed = try await stage.call(.POST, "runs/\(run.id)/resume", "{}")
            #expect(resumed.status == 409 && resumed.text.contains("has ended"), "\(resumed.text)")
            let icon = try await stage.send(.GET, "/favicon.ico", isStranger: true)
            #expect(icon.status == 204 && icon.body.isEmpty)
            let webhook = try await stage.send(.HEAD, "/webhooks/fal", isStranger: true)
            #expect(webhook.status == 405 && webhook.headers.first(name: "x-content-type-options") == "nosniff")
            let typed = try await stage.send(
                .POST, "/api/v1/undo", ["Content-Type": "Application/JSON; charset=utf-8"], body: Array("{}".utf8))
            #expect(!typed.text.contains("not_json"), "\(typed.text)")
        }
    }

    @Test func `a field that a route does not have is refused, and nothing is done`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            let rated = "{\"ids\":[\"\(cat.hex)\"],\"field\":\"rating\",\"value\":3}"
            #expect(try await stage.call(.POST, "marks", rated).status == 200)
            for (route, body, named) in [
                ("undo", "{\"acton\":\"2\"}", "acton"),
                ("runs", "{\"request\":{\"prompt\":\"a mug\"},\"place\":\"sandbox\"}", "place"),
                ("runs", "{\"request\":{\"prompt\":\"a mug\",\"seed\":\"7\"},\"on\":\"sandbox\"}", "seed"),
                ("runs", "{\"request\":{\"prompt\":\"a\",\"sending\":{\"asis\":true}},\"on\":\"sandbox\"}", "asis"),
                ("tags", "{\"ids\":[\"\(cat.hex)\"],\"add\":[\"x\"],\"drop\":[\"y\"]}", "drop"),
            ] {
                let answer = try await stage.call(.POST, route, body)
                #expect(answer.status == 400 && answer.text.contains("unknown_field"), "\(route): \(answer.text)")
                #expect(answer.text.contains(named), "\(answer.text)")
            }
            for (method, route, body) in [
                (HTTPMethod.POST, "tags", "{\"ids\":[\"\(cat.hex)\"],\"query\":\"rating:3\",\"add\":[\"x\"]}"),
                (.PATCH, "sets/s", "{\"name\":\"t\",\"query\":\"cat\"}"),
                (.POST, "sets/s", "{\"move\":[\"\(cat.hex)\"],\"first\":true,\"last\":true}"),
            ] {
                _ = try await stage.call(.POST, "sets", "{\"name\":\"s\"}")
                let answer = try await stage.call(method, route, body)
                #expect(answer.status == 400 && answer.text.contains("one of"), "\(route): \(answer.text)")
            }
            #expect(try await stage.library.runs(limit: 10).isEmpty)
            #expect(try await stage.get("count?q=rating:3")["count"]?.int == 1)
            #expect(try await stage.get("tags")["tags"]?.elements?.isEmpty == true)
        }
    }

    @Test func `names that look like others are refused, and a tag is told once however often it is given`()
        async throws
    {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            for name in ["\u{200B}", "a\u{200B}b", "\u{202E}abc", "ab\u{AD}", "\u{3164}", "a\u{200D}b"] {
                let set = try await stage.call(.POST, "sets", "{\"name\":\"\(name)\"}")
                #expect(set.status == 400 && set.text.contains("bad_name"), "\(name.unicodeScalars)")
                let tag = try await stage.call(
                    .POST, "tags", "{\"ids\":[\"\(cat.hex)\"],\"add\":[\"\(name)\"]}")
                #expect(tag.status == 400, "\(name.unicodeScalars)")
            }
            // Emoji of several and Persian words have joiners.
            for name in ["👩\u{200D}🎨", "می\u{200C}خواهم"] {
                #expect(try await stage.call(.POST, "sets", "{\"name\":\"\(name)\"}").status == 200, "\(name)")
            }
            let tagged = try await stage.call(
                .POST, "tags", "{\"ids\":[\"\(cat.hex)\"],\"add\":[\"Blue\",\"blue\",\"Blue \"]}")
            #expect(try tagged.json["message"] == .string("Tagged 1 picture “Blue”"), "\(tagged.text)")
            let added = try await stage.call(.POST, "sets/new", "{\"add\":[\"\(cat.hex)\"]}")
            #expect(try added.json["message"] == .string("Created the set “new” with 1 picture"), "\(added.text)")
        }
    }

    @Test func `thumbnails have one address each`() async throws {
        try await GalleryStage.with { stage in
            let cat = try await stage.importPicture("cat.jpg")
            for size in ["0256", "+256", "256.0", "255"] {
                #expect(try await stage.send(.GET, "/thumbnails/\(cat.hex)/\(size)").status == 404, "\(size)")
            }
        }
    }

    @Test func `one right cookie of two is enough, and a redirect stays here`() async throws {
        try await GalleryStage.with { stage in
            let (port, token) = (stage.address.port, stage.address.token)
            let (right, wrong) = ("atelier-\(port)=\(token)", "atelier-\(port)=wrong")
            for cookies in ["\(wrong); \(right)", "\(right);\(wrong)"] {
                let answer = try await stage.send(.GET, "/api/v1/status", ["Cookie": cookies], isStranger: true)
                #expect(answer.status == 200, "\(cookies): \(answer.text)")
            }
            for path in ["//evil.example/", "/\\evil.example/", "/\\/\\evil.example/"] {
                let (text, _) = try await RawClient.exchange(
                    port: port,
                    "GET \(path)?token=\(token) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
                let line = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("location:") }
                #expect(line?.hasSuffix(" /evil.example/") ?? text.contains(" 400 "), "\(path): \(text)")
            }
        }
    }

    @Test(arguments: ["", "nonsense.invalid", "127.0.0", "1", "999.1.1.1", "a b", "http://127.0.0.1"])
    func `what is no address is told by its name`(host: String) throws {
        let error = #expect(throws: GalleryError.self) { try GalleryPlace(host: host).check() }
        #expect(error?.isUsage == true && error?.description.contains("“\(host)”") == true)
    }

    @Test func `a port that is taken and an address that is another machine's are told in a sentence`() async throws {
        try await GalleryStage.with { stage in
            for (place, expected) in [
                (
                    GalleryPlace(port: stage.address.port),
                    GalleryError.inUse(host: "127.0.0.1", port: stage.address.port)
                ),
                (GalleryPlace(host: "192.0.2.7"), .notOurs(host: "192.0.2.7", port: 0)),
            ] {
                let error = await #expect(throws: GalleryError.self) {
                    try await GalleryServer.withRunning(
                        Gallery(library: stage.library, fal: nil), at: place, logger: TestLibrary.logger,
                        report: { _ in }
                    ) { _ in }
                }
                #expect(error == expected && error?.description.contains(place.host) == true)
            }
        }
    }

    @Test func `a gallery that listens everywhere names an address of each device, its own first`() {
        let hosts = GalleryPlace(host: "0.0.0.0").shownHosts
        #expect(hosts.first == "127.0.0.1" && Set(hosts).count == hosts.count)
        #expect(hosts.allSatisfy { (try? SocketAddress(ipAddress: $0, port: 0)) != nil }, "\(hosts)")
    }
}
