import AssetCatalog
import AssetModel
import FalAPI

/// fal's price list for one account: read when needed, and written down with its date.
struct PriceList: Sendable {
    let history: History
    let platform: FalPlatform
    let host: RemoteHost
    let environment: Library.Environment
    /// Endpoints that were asked about in vain, for this session.
    let failures: PriceFailures

    /// How long a price counts as today's.
    private static let freshSeconds: Int64 = 86_400
    /// How long is waited for a price that a run can do without.
    private static let patience = Duration.seconds(5)

    /// The price of an endpoint as read within a day; reads it if need be. Nil when it cannot be had: nothing is worth failing or
    /// waiting for it, for longer than five seconds. A sandbox that lives as long as one command has no prices to keep.
    func today(_ endpoint: String) async -> UnitPrice? {
        guard !host.isEphemeral else { return nil }
        if let price = await fresh(endpoint) { return price }
        guard await failures.mayAsk(endpoint, now: environment.now()) else { return nil }
        let found = await withTaskGroup(of: [SeenPrice].self) { group in
            group.addTask { (try? await ask([endpoint], once: true)) ?? [] }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return []
            }
            let first = await group.next() ?? []
            group.cancelAll()
            return first
        }
        if found.isEmpty { await failures.note(endpoint, at: environment.now()) }
        return found.first?.price
    }

    /// Reads the prices of some endpoints, whatever is on record, and writes them down. One that fal has no price of is left out.
    func update(_ endpoints: [String]) async throws -> [SeenPrice] { try await ask(endpoints, once: false) }

    private func fresh(_ endpoint: String) async -> UnitPrice? {
        let since = environment.now().adding(seconds: -Self.freshSeconds)
        let prices = (try? await history.catalog.prices(of: endpoint)) ?? []
        return prices.last { $0.host == host && $0.seenAt > since }?.price
    }

    private func ask(_ endpoints: [String], once: Bool) async throws -> [SeenPrice] {
        let found = try await platform.prices(of: endpoints, once: once)
        guard !found.isEmpty else { return [] }
        let facts = found.map {
            JournalEntry.PricesSeen.Price(
                endpoint: $0.endpoint, unitPrice: $0.unitPrice, unit: $0.unit, currency: $0.currency)
        }
        let (host, since) = (host, environment.now().adding(seconds: -Self.freshSeconds))
        try await history.record("prices") { writer in
            // Several runs that end together ask together; one of them writes.
            let news =
                once ? try facts.filter { try !writer.knowsPrice(of: $0.endpoint, on: host, since: since) } : facts
            return (news.isEmpty ? [] : [.pricesSeen(.init(host: host, prices: news))], ())
        }
        let now = environment.now()
        return facts.map {
            SeenPrice(
                endpoint: $0.endpoint, host: host, seenAt: now, amount: $0.unitPrice, unit: $0.unit,
                currency: $0.currency)
        }
    }
}

/// Which endpoints were asked about in vain, so that not every run of a long session asks again.
actor PriceFailures {
    private var failedAt: [String: Timestamp] = [:]
    /// How long is waited before asking again.
    private static let pauseSeconds: Int64 = 600

    /// Whether it is time to ask.
    func mayAsk(_ endpoint: String, now: Timestamp) -> Bool {
        failedAt[endpoint].map { $0.adding(seconds: Self.pauseSeconds) <= now } ?? true
    }

    /// Asking gave nothing.
    func note(_ endpoint: String, at time: Timestamp) { failedAt[endpoint] = time }
}
