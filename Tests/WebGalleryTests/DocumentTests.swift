import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import NIOHTTP1
import TestSupport
import Testing

@testable import WebGallery

/// The OpenAPI document against the routes and their answers.
struct DocumentTests {
    private static func document() throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(GalleryAPI.document))
    }

    @Test func `every route is described, and nothing else is`() throws {
        guard case .object(let paths)? = try Self.document()["paths"] else {
            Issue.record("no paths")
            return
        }
        var described: Set<String> = []
        for (path, methods) in paths {
            guard case .object(let operations) = methods else { continue }
            for (method, operation) in operations {
                described.insert("\(method.uppercased()) \(path.dropFirst())")
                let named = operation["parameters"]?.elements?.filter { $0["in"] == .string("path") }.compactMap {
                    $0["name"]?.text
                }
                let parts = path.split(separator: "/").filter { $0.hasPrefix("{") }.map { $0.dropFirst().dropLast() }
                #expect((named ?? []).sorted() == parts.map(String.init).sorted(), "\(method) \(path)")
            }
        }
        let routes = Set(GalleryAPI.routes.map { "\($0.method.rawValue) \($0.template)" })
        #expect(routes == described, "\(routes.symmetricDifference(described).sorted())")
    }

    @Test func `real answers are what the document says`() async throws {
        let document = try Self.document()
        let shape = JSONShape(document: document)
        try await GalleryStage.with { stage in
            for name in ["cat.jpg", "mug.png", "marble.webp"] { try await stage.importPicture(name) }
            var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug on marble")
            request.seed = 7
            let run = try await stage.session.run(try await stage.session.plan(request)).run
            let cat = try #require(run.outputs.first?.asset)

            func check(_ method: String, _ template: String, _ answer: GalleryStage.Answer) throws {
                let operation = document["paths"]?["/" + template]?[method.lowercased()]
                let described = operation?["responses"]?["\(answer.status)"]?["content"]?["application/json"]?["schema"]
                let schema = try #require(described, "\(method) \(template): \(answer.status) \(answer.text)")
                let problems = shape.problems(try answer.json, schema)
                #expect(problems.isEmpty, "\(method) \(template): \(problems.prefix(8))")
            }
            let changes: [(String, String, String, String)] = [
                ("POST", "marks", "marks", "{\"ids\":[\"\(cat.hex)\"],\"field\":\"rating\",\"value\":4}"),
                ("POST", "tags", "tags", "{\"ids\":[\"\(run.id)~1\"],\"add\":[\"white\"],\"remove\":[\"black\"]}"),
                ("POST", "sets", "sets", "{\"name\":\"mugs\"}"),
                ("POST", "sets", "sets", "{\"name\":\"good\",\"query\":\"rating:>=4\"}"),
                ("POST", "sets/{name}", "sets/mugs", "{\"add\":[\"\(cat.hex)\"]}"),
                ("POST", "sets/{name}", "sets/mugs", "{\"move\":[\"\(cat.hex)\"],\"first\":true}"),
                ("PATCH", "sets/{name}", "sets/mugs", "{\"cover\":\"\(cat.hex)\"}"),
                ("PATCH", "sets/{name}", "sets/mugs", "{\"name\":\"cups\"}"),
                ("POST", "undo", "undo", "{}"), ("POST", "redo", "redo", "{}"),
                ("DELETE", "sets/{name}", "sets/cups", "{}"), ("POST", "undo", "undo", "{}"),
                ("POST", "plan", "plan", "{\"request\":{\"prompt\":\"on oak\",\"references\":[\"\(cat.hex)\"]}}"),
                ("POST", "plan", "plan", "{\"request\":{\"prompt\":\"\",\"references\":[\"zzz\"]}}"),
            ]
            for (method, template, route, body) in changes {
                try check(method, template, try await stage.call(.init(rawValue: method), route, body))
            }
            let queries = [
                "count": "?q=mug", "facets": "?q=mug", "pictures": "?q=mug&limit=1", "timeline": "?zone=Europe/Berlin",
                "reading": "?q=tag:wh&caret=6", "diff": "?a=\(run.id)&b=\(run.id)~1", "runs": "?state=all",
                "costs": "?by=day", "uploads": "?state=all",
            ]
            for route in GalleryAPI.routes where route.method == .get {
                guard !["changes", "openapi.json"].contains(route.template) else { continue }
                let isOfRun = route.template.hasPrefix("runs/")
                let path = route.template.replacing("{id}", with: isOfRun ? run.id.text : cat.hex)
                    .replacing("{name}", with: "cups")
                try check("GET", route.template, try await stage.call(.GET, path + (queries[route.template] ?? "")))
            }
            let refused = try await stage.send(.PUT, "/api/v1/imports?name=notes.txt", body: Array("hello".utf8))
            try check("PUT", "imports", refused)
            let pages = try await stage.get("pictures?q=set:cups")
            #expect(pages["items"]?.elements?.count == 1)
        }
    }
}
