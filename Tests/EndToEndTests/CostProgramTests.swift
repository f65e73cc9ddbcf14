import AssetModel
import Foundation
import TestSupport
import Testing

/// Prices and costs with the built program.
struct CostProgramTests {
    private static func with(
        _ arguments: [String] = [], _ body: (Program, String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Copies.references(folder)
            _ = try await program.run("init")
            try await program.withSandbox(["--log", folder + "/log.jsonl"] + arguments) { try await body($0, folder) }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    private static let run = ["run", "fal-ai/other", "--set", "prompt=a mug", "--set", "num_images=2", "--seed", "7"]

    @Test func `the first run of an endpoint says what it costs, and plans know it from then on`() async throws {
        try await Self.with { program, folder in
            let dry = try await program.run(Self.run + ["-n"])
            #expect(dry.output.contains("no price on record"))
            #expect(try RequestLog(folder + "/log.jsonl").lines.isEmpty, "a dry run asked for prices")
            let first = try await program.run(Self.run)
            #expect(first.status == 0 && first.errors.contains("price: about $0.0500"), "\(first.errors)")
            #expect(first.errors.contains(", $0.0500, "), "\(first.errors)")
            let again = try await program.run(Self.run + ["--again", "-n", "--json"]).objects().first
            #expect(again?["estimated_price_usd"] == .number(0.05) && again?["unit_price"] == .number(0.025))
            #expect(again?["unit"] == .string("images") && again?["currency"] == .string("USD"))
            #expect(again?["priced_at"]?.text?.count == 10)
            #expect(try await program.run(Self.run + ["-n"]).output.contains("$0.0250 an image"))

            let shown = try await program.run("show", "@last", "--json").objects().first
            #expect(shown?["billing"]?["units"] == .integer(2) && shown?["billing"]?["cost_usd"] == .number(0.05))
            #expect(try await program.run("show", "@last").output.contains("billed: $0.0500, 2.00 images"))
        }
    }

    @Test func `cost shows estimate, bill and drift side by side, by image too`() async throws {
        try await Self.with(["--fault", "output:short:1"]) { program, _ in
            let edit = ["edit", "mug", "--ref", "a.jpg", "--size", "square_hd", "--images", "2", "--seed", "1"]
            #expect(try await program.run(edit).status == 0)
            let total = try #require(try await program.run("cost", "--json").objects().last)
            #expect(total["estimated_price_usd"] == .number(0.083886) && total["actual_price_usd"] == .number(0.041943))
            #expect(total["drift_usd"] == .number(-0.041943) && total["billed_runs"] == .integer(1))
            #expect(total["pictures"] == .integer(1) && total["price_per_picture_usd"] == .number(0.041943))
            #expect(total["unestimated_runs"] == .integer(0))
            let text = try await program.run("cost").output
            #expect(text.contains("$0.0839 estimated, $0.0419 billed (-$0.0419)"), "\(text)")
            #expect(text.contains("1 image at $0.0419 each"), "\(text)")
            // Free runs of a sandbox of their own do not count.
            _ = try await program.run("edit", "cup", "--ref", "a.jpg", "--seed", "2", "--sandbox")
            #expect(try await program.run("cost", "--json").objects().last?["runs"] == .integer(1))
        }
    }

    @Test func `prices shows what is on record without asking, and reads it with --update`() async throws {
        try await Self.with { program, folder in
            let known = try await program.run("prices", "--json").objects()
            #expect(known.count == 4 && known.allSatisfy { $0["priced_at"] == .string("2026-09") })
            #expect(try await program.run("prices", "fal-ai/other").output.contains("no price on record"))
            #expect(try RequestLog(folder + "/log.jsonl").lines.isEmpty)
            let read = try await program.run("prices", "fal-ai/other", "--update", "--json")
            #expect(read.status == 0, "\(read.errors)")
            #expect(try read.objects().first?["unit_price"] == .number(0.025))
            #expect(try await program.run("prices", "--update", "--json").objects().count == 4)
            #expect(try await program.run("prices").output.contains("$0.0050 a megapixel  (fal's price list, 20"))
            #expect(try await program.run("prices", "no endpoint", "--update").status == 64)
        }
    }

    @Test func `a key that may not read prices is refused by prices, and by nothing else`() async throws {
        try await Self.with(["--fault", "pricing:403"]) { program, _ in
            let refused = try await program.run("prices", "--update")
            #expect(refused.status == 20 && refused.errors.contains("prices"), "\(refused.errors)")
            let run = try await program.run(Self.run)
            #expect(run.status == 0 && run.errors.contains("no price on record"), "\(run.errors)")
            let text = try await program.run("cost").output
            #expect(text.contains("no estimate, billed not known"), "\(text)")
        }
    }

    @Test func `a budget goes by today's price`() async throws {
        try await Self.with { program, folder in
            let sweep = try await program.run("sweep", "mug", "--seeds", "1..2", "--budget", "1", "--json")
            #expect(sweep.status == 0, "\(sweep.errors)")
            let log = try RequestLog(folder + "/log.jsonl")
            let paths = log.lines.compactMap { $0["path"]?.text }
            #expect(paths.first == "/v1/models/pricing" && paths.count { $0 == "/v1/models/pricing" } == 1)
        }
    }
}
