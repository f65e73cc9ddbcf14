import AssetCatalog
import AssetModel
import FalAPI
import FalSandbox
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// What runs cost: as planned, and as fal billed.
struct CostTests {
    private static let other = "fal-ai/other/model"

    private static func described(_ seed: UInt64, images: Int = 1) -> RunRequest {
        var request = RunRequest(model: EditModels.defaultForText, prompt: "a mug")
        request.size = .exactly(width: 1024, height: 1024)
        (request.seed, request.imageCount) = (seed, images)
        return request
    }

    private static func undescribed(_ library: Library, _ seed: Int64, images: Int64 = 1) async throws -> RunRequest {
        try await library.request(
            other,
            input: .object(["prompt": .string("a mug"), "seed": .integer(seed), "num_images": .integer(images)]))
    }

    private static func with(
        _ faults: [String] = [], _ body: @Sendable (Library, FalSession, String) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: faults)
            try await TestLibrary.withSandbox(SandboxConfiguration(log: log, script: script)) { library, session, _ in
                try await body(library, session, log)
            }
        }
    }

    private static func looks(_ log: String) throws -> Int {
        try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count {
            $0.contains("/v1/models/pricing")
        }
    }

    @Test func `a run knows what fal billed, by the price of the day, which is read once`() async throws {
        try await Self.with { library, session, log in
            let finished = try await session.run(try await session.plan(Self.described(1, images: 2)))
            let billing = try #require(finished.run.billing)
            #expect(billing == Run.Billing(units: 2.097152, unitPrice: 0.01, unit: "megapixels", currency: "USD"))
            #expect(abs((billing.cost ?? 0) - 0.02097152) < 1e-12)
            let second = try await session.run(try await session.plan(Self.described(2)))
            #expect(second.run.billing?.unitPrice == 0.01)
            #expect(try Self.looks(log) == 1)
            #expect(try await library.run(finished.run.id)?.billing == billing)
            let plan = try await library.plan(Self.described(3), for: session.remote)
            #expect(plan.price?.source == "fal's price list" && plan.price?.seenOn.count == 10)
            #expect(plan.cost == 1.048576 * 0.01)
        }
    }

    @Test func `an endpoint that is not described has a price once it was read, offline too`() async throws {
        try await Self.with { library, session, _ in
            let request = try await Self.undescribed(library, 7, images: 3)
            let before = try await library.plan(request, for: session.remote)
            #expect(before.price == nil && before.cost == nil)
            let read = try await session.updatePrices(of: [Self.other])
            #expect(read.map(\.price.amount) == [0.025])
            let plan = try await library.plan(request, for: session.remote)
            #expect(plan.price?.unit == "images" && abs((plan.cost ?? 0) - 0.075) < 1e-12)
            // Another account's price at the same server is better than none; another server's is none.
            let neighbour = try Remote.server(at: session.remote.endpoints.queue, key: "another:key")
            #expect(try await library.plan(request, for: neighbour).price?.amount == 0.025)
            #expect(try await library.plan(request, for: Remote.fal(key: "a:b")).price == nil)
            #expect(try await library.plan(request).price == nil)
        }
    }

    @Test func `estimate and actual stand beside each other, and what a picture in the library cost`() async throws {
        try await Self.with(["output:short:1"]) { library, session, _ in
            // Two pictures were planned and one came.
            _ = try await session.run(try await session.plan(Self.described(1, images: 2)))
            _ = try await session.run(try await session.plan(try await Self.undescribed(library, 7, images: 2)))
            let report = try await library.costs()
            let described = try #require(report.models.last { $0.name == EditModels.defaultForText })
            #expect(abs((described.estimatedPrice ?? 0) - 0.02097152) < 1e-12)
            #expect(abs((described.actualPrice ?? 0) - 0.01048576) < 1e-12)
            #expect(abs((described.drift ?? 0) + 0.01048576) < 1e-12)
            #expect(described.pictureCount == 1 && abs((described.pricePerPicture ?? 0) - 0.01048576) < 1e-12)
            #expect(abs(described.megapixels - 1.048576) < 1e-12)
            let total = report.total
            #expect(total.runCount == 2 && total.billedCount == 2 && total.unpricedCount == 0)
            #expect(abs((total.actualPrice ?? 0) - 0.06048576) < 1e-12 && total.pictureCount == 3)
            #expect(abs((total.pricePerPicture ?? 0) - 0.06048576 / 3) < 1e-12)
            #expect(report.sets.map(\.runCount) == [2] && report.sets.first?.actualPrice == total.actualPrice)
        }
    }

    @Test(arguments: ["pricing:403", "pricing:500", "pricing:none"])
    func `a price list that cannot be had is no failure of a run; read later, it tells what the run cost`(
        fault: String
    ) async throws {
        // The list is asked for once by each session and endpoint, and withheld as often as it is asked for here.
        try await Self.with([fault + ":1"]) { library, session, log in
            let finished = try await session.run(try await session.plan(try await Self.undescribed(library, 7)))
            #expect(finished.run.billing == Run.Billing(units: 1, price: nil))
            #expect(finished.run.billing?.cost == nil)
            let again = try await session.run(try await session.plan(try await Self.undescribed(library, 8)))
            #expect(again.run.billing?.unitPrice == nil)
            #expect(try Self.looks(log) == 1)
            let untold = try await library.costs().total
            #expect(untold.actualPrice == nil && untold.estimatedPrice == nil && untold.unpricedCount == 2)
            #expect(untold.pricePerPicture == nil && untold.pictureCount == 2)
            _ = try await session.updatePrices()
            let told = try await library.costs().total
            #expect(told.billedCount == 2 && abs((told.actualPrice ?? 0) - 0.05) < 1e-12)
            #expect(told.unpricedCount == 0 && abs(told.drift ?? 1) < 1e-12)
        }
    }

    @Test func `a result that keeps silent about what was billed has an estimate alone`() async throws {
        try await Self.with(["billing:none"]) { library, session, log in
            let finished = try await session.run(try await session.plan(Self.described(1)))
            #expect(finished.run.billing == nil)
            let total = try await library.costs().total
            #expect(total.billedCount == 0 && total.actualPrice == nil && total.drift == nil)
            #expect(total.pricePerPicture == 1.048576 * 0.01)
        }
    }

    @Test func `what was billed stays known when pictures come later, and when a person closes the run`() async throws {
        try await Self.with(["output:withheld:2"]) { library, session, _ in
            for seed in [UInt64(1), 2] {
                await #expect(throws: LibraryError.self) {
                    try await session.run(try await session.plan(Self.described(seed, images: 2)))
                }
            }
            let open = try await library.unfinishedRuns()
            #expect(open.count == 2 && open.allSatisfy { $0.billing?.units == 2.097152 })
            let (first, second) = (try #require(open.first), try #require(open.last))
            try await session.resumeUnfinished(only: first.id) { _ in }
            try await library.discard(second.id)
            #expect(try await library.runs(limit: 10).allSatisfy { $0.billing?.units == 2.097152 })
            let total = try await library.costs().total
            #expect(total.runCount == 2 && total.billedCount == 2 && total.pictureCount == 3)
        }
    }

    @Test func `an unknown price fits no budget`() async throws {
        try await Self.with { library, session, _ in
            let sweep = try await session.planSweep([try await Self.undescribed(library, 7)])
            #expect(sweep.affordableCount(within: 100) == 0 && sweep.affordableCount(within: nil) == 1)
            #expect(sweep.items.first?.estimatedPrice == .some(nil) && sweep.pricedAt == nil)
            await session.refreshPrices(of: [Self.other])
            let priced = try await session.planSweep([try await Self.undescribed(library, 7)])
            #expect(priced.affordableCount(within: 0.025) == 1 && priced.affordableCount(within: 0.024) == 0)
        }
    }

    @Test func `the price of a day is the last one read until its end, else the first one after`() throws {
        let host = RemoteHost("https://queue.fal.run abc")
        func seen(_ day: Int64, _ amount: Double, _ host: RemoteHost) -> SeenPrice {
            SeenPrice(
                endpoint: "fal-ai/x", host: host, seenAt: Timestamp(milliseconds: day * 86_400_000 + 5), amount: amount,
                unit: "compute seconds", currency: "USD")
        }
        let book = PriceBook([
            seen(10, 1, host), seen(12, 2, host), seen(12, 3, RemoteHost("https://queue.fal.run xyz")),
        ])
        func amount(_ day: Int64?, _ host: RemoteHost?) -> Double? {
            book.price(of: "fal-ai/x", on: host, day: day)?.amount
        }
        #expect([9, 10, 11, 12, 13].map { amount($0, host) } == [1, 1, 1, 2, 2])
        #expect(amount(nil, host) == 2 && amount(nil, nil) == 3)
        #expect(amount(nil, RemoteHost("https://queue.fal.run new")) == 3)
        #expect(amount(nil, RemoteHost("http://127.0.0.1:1 abc")) == nil)
        // Seconds cannot be told before; the price can be shown.
        #expect(book.price(of: "fal-ai/x", on: host)?.cost(PixelSize(width: 9, height: 9), .object([:])) == nil)
    }
}
