import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct PricesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prices", abstract: "Show what endpoints cost, or read their prices from fal.",
        discussion: """
            Shows the prices on record and when they were read; `plan` and `cost` use these, without the network. --update reads them from fal and records them. A run also reads the price of its endpoint, once a day.

            Without endpoints: those that you have run, and those that Atelier knows.

            Examples:
              atelier prices --update
              atelier prices fal-ai/flux/dev --update
            """)

    @Argument(help: "Endpoint ids, such as fal-ai/flux/dev.")
    var endpoints: [String] = []

    @Flag(help: "Read the prices from fal and record them.")
    var update = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let output = outputs.output
        try await RemoteOptions.withLibraryAndEnvironment(libraryOptions) { library, remote in
            if update {
                let read = try await library.withSession(remote) { try await $0.updatePrices(of: endpoints) }
                let known = Set(read.map(\.endpoint))
                for endpoint in endpoints where !known.contains(endpoint) {
                    Console.note("\(endpoint): fal has no price of it")
                }
                output.remark("\(Phrase.count(read.count, "price")) read")
            }
            for (endpoint, price) in try await library.prices(of: endpoints, for: remote) {
                try output.item(
                    ["endpoint": JSONValue(endpoint)].adding(UnitPrice.json(price)),
                    "\(Phrase.padded(endpoint, 36)) "
                        + (price.map { "\(PriceText.line($0))  (\($0.source), \($0.seenOn))" } ?? "no price on record"))
            }
        }
    }
}
