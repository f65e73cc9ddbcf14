import AssetModel
import Foundation
import TestSupport
import Testing

/// The keys of every published object. A key that is missing here was taken from a script that reads it; a new one is added
/// here with the change that publishes it.
struct PublishedKeysTests {
    private static let facts = [
        "format", "media_type", "width", "height", "orientation", "display_width", "display_height", "has_alpha",
        "bit_depth", "channels", "color_profile", "frame_count", "byte_count",
    ]

    private static let run = [
        "id", "kind", "state", "model", "prompt", "seed", "parameters", "references", "planned_width", "planned_height",
        "submit", "files", "request_id", "reason", "outputs", "drift", "billing", "planned_at", "created_at",
        "changed_at", "unknown_reason", "title", "note",
    ]

    private static let finished = run + ["differences", "uploaded", "reused", "already_in_library", "seconds"]

    private static let plan = [
        "model", "prompt", "rule", "width", "height", "reasons", "references", "megapixels", "estimated_price_usd",
        "unit_price", "unit", "currency", "priced_at", "price_source", "warnings", "seed", "input", "submit",
    ]

    private static let upload = [
        "digest", "url", "host", "access", "byte_count", "uploaded_at", "lifetime", "expires_at", "expiry",
        "checked_at", "lost_at", "asset", "copy", "used",
    ]

    private static let action = [
        "id", "verb", "details", "at", "image_count", "run_count", "set_count", "undone", "here", "replica",
    ]

    private static let undo = [
        "action", "redo", "undo", "image_count", "run_count", "set_count", "changed_since", "gone",
    ]

    private static let expected: [(words: [String], keys: [String])] = [
        (["inspect", "a.jpg"], facts + ["path", "recipe", "note", "unread", "pixels"]),
        (["size", "640x480"], ["input", "rule", "width", "height"]),
        (["import", "a.jpg"], facts + ["path", "id", "digest", "new"]),
        (["import", "nosuch.png"], ["path", "error"]),
        (
            ["set", "add", "mugs", "a.jpg"],
            [
                "name", "count", "members", "created_at", "is_smart", "query", "cover", "roles", "trashed", "covered",
                "problem",
            ]
        ),
        (
            ["tag", "add", "white", "a.jpg"],
            facts + [
                "id", "kind", "digest", "path", "recipe", "note", "unread", "origins", "tags", "sets", "added_at",
                "title", "rating", "favourite", "trashed",
            ]
        ),
        (["tag"], ["tag", "count"]),
        (["undo", "--list"], action),
        (["undo"], undo),
        (["redo"], undo),
        (
            ["history", "@mugs"],
            [
                "event", "at", "action", "verb", "undoes", "replica", "here", "path", "run", "position", "model", "url",
                "tags", "set", "count", "field", "value", "request_id", "reason",
            ]
        ),
        (["plan", "p", "--ref", "@mugs"], plan),
        (["run", "fal-ai/any", "--set", "image_url=a.jpg", "-n"], plan),
        (
            ["plan", "p", "--ref", "@mugs", "--candidates"],
            [
                "width", "height", "rule", "planned", "megapixels", "estimated_price_usd", "outside_share",
                "references",
            ]
        ),
        (["upload", "a.jpg"], upload + ["new", "renewed"]),
        (["uploads"], upload),
        (["edit", "p", "--ref", "@mugs", "--seed", "7"], finished),
        (["edit", "p", "--ref", "@mugs", "--seed", "7"], finished),
        (["jobs", "--all"], run),
        (["show", "@last"], run + ["response"]),
        (["cancel", "@last", "-n"], run),
        (["lineage", "@last"], ["id", "kind", "nodes", "edges", "omitted"]),
        (["diff", "@last", "@last"], ["left", "right", "same_run", "differs", "fields", "texts", "references"]),
        (["completion", "bash"], ["shell", "script"]),
        (
            ["search"],
            facts + [
                "id", "kind", "digest", "path", "prompt", "seed", "model", "created_at", "tags", "rating", "name",
                "generator", "note", "run", "image", "image_count", "title", "favourite",
            ]
        ),
        (
            ["sweep", "p", "--seeds", "8", "-n"],
            ["kind", "step", "id", "prompt", "seed", "estimated_price_usd"]
        ),
        (
            ["cost"],
            [
                "by", "name", "runs", "unknown_runs", "megapixels", "estimated_price_usd", "unestimated_runs",
                "priced_at",
                "actual_price_usd", "billed_runs", "drift_usd", "pictures", "price_per_picture_usd",
            ]
        ),
        (["prices"], ["endpoint", "unit_price", "unit", "currency", "priced_at", "price_source"]),
        (
            ["stats", "kind:generated"],
            [
                "count", "kinds", "models", "sizes", "months", "tags", "sets", "ratings", "generators", "seeds",
                "seed_count",
                "reused_seed_count",
            ]
        ),
        (
            ["stats"],
            [
                "library", "assets", "byte_count", "references", "outputs", "generations", "unfinished", "uploads",
                "sets", "tags", "formats",
            ]
        ),
        (["reparse"], ["id", "digest", "changed"]),
        (["verify"], ["verified", "problems", "orphans", "leftovers", "search_index_checked"]),
        (["rebuild"], ["entries"]),
        (["init", "other"], ["library"]),
    ]

    @Test func `every object has the keys that were published`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox { program in
                for (words, keys) in Self.expected {
                    let outcome = try await program.run(words + ["--json"])
                    guard case .object(let object)? = try outcome.objects().first else {
                        Issue.record("\(words): no object, \(outcome.errors)")
                        continue
                    }
                    #expect(object.keys.sorted() == keys.sorted(), "\(words)")
                }
                let sweep = try await program.run("sweep", "p", "--seeds", "8..9", "-n", "--json").objects()
                #expect(sweep.map { $0["kind"]?.text } == ["run", "run", "sweep"])
                let shown = try await program.run("show", "@last", "--json").objects().first
                let output = try #require(shown?["outputs"]?.elements?.first)
                guard case .object(let members) = output else { throw CocoaError(.coderReadCorrupt) }
                #expect(members.keys.sorted() == (Self.facts + ["id", "digest", "path", "flagged", "url"]).sorted())
                guard case .object(let billing)? = shown?["billing"] else { throw CocoaError(.coderReadCorrupt) }
                #expect(billing.keys.sorted() == ["cost_usd", "currency", "unit", "unit_price", "units"])
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `every time in an object is UTC and every seed is text`() async throws {
        try await TemporaryFolder.with { folder in
            var program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            program.environment["TZ"] = "XYZ-05:45"
            _ = try await program.run("init")
            _ = try await program.run("generate", "p", "--seed", "18446744073709551615", "--sandbox")
            for words in [["jobs", "--all"], ["search"], ["show", "@last"]] {
                let object = try #require(try await program.run(words + ["--json"]).objects().first)
                let written = try #require(object["created_at"]?.text)
                let time = try #require(Timestamp(parsing: written))
                #expect(abs(Double(time.milliseconds) / 1000 - Date().timeIntervalSince1970) < 600)
                #expect(object["seed"] == .string("18446744073709551615"))
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }
}
