import AssetCatalog
public import AssetModel

extension Library {
    /// Endpoints and their prices for an account, as far as they are on record: those that were read from fal's list, else those that
    /// described models came with. Reads only, needs no network.
    ///
    /// An empty list stands for the models of all runs, and those that are described; sorted then. Nil prices are not on record.
    public func prices(
        of endpoints: [String] = [], for remote: Remote? = nil
    ) async throws(LibraryError) -> [(endpoint: String, price: UnitPrice?)] {
        try await inLibraryWords {
            let names =
                endpoints.isEmpty
                ? Set(try await history.catalog.models() + EditModels.all.map(\.id)).sorted() : endpoints
            let book = PriceBook(try await history.catalog.prices())
            return names.map { ($0, book.price(of: $0, on: remote?.host)) }
        }
    }
}

extension FalSession {
    /// Reads the prices of endpoints from fal's list and writes them down with today's date; an empty list stands for the models of all
    /// runs, and those that are described. The prices that fal told; an endpoint that it has none of is not among them.
    ///
    /// Errors: fal's, such as a key that may not read prices.
    public func updatePrices(of endpoints: [String] = []) async throws(LibraryError) -> [SeenPrice] {
        try await inLibraryWords {
            let names =
                endpoints.isEmpty
                ? Set(try await history.catalog.models() + EditModels.all.map(\.id)).sorted() : endpoints
            return try await prices.update(names)
        }
    }

    /// Reads the prices of endpoints that were not read within a day, before money is spent on them. What cannot be had, within
    /// five seconds each, stays as it is on record.
    public func refreshPrices(of endpoints: Set<String>) async {
        for endpoint in endpoints.sorted() { _ = await prices.today(endpoint) }
    }
}
