import AssetCatalog
import AssetModel
import AssetStore

/// What a library offers to a shell that completes a word: read from the catalog as it lies on the disk.
///
/// Nothing is folded, waited for or written, and nothing fails: where the catalog is missing, older than the program or locked, there
/// is nothing to offer. What other programs wrote since the catalog was last opened may be missing.
public struct LibraryGlimpse {
    /// Something that can be typed, and what it is.
    public struct Offer: Hashable, Sendable {
        /// What can be typed.
        public let text: String
        /// What it is, such as the beginning of a prompt; may be empty.
        public let words: String

        /// An offer.
        public init(_ text: String, _ words: String = "") {
            self.text = text
            self.words = words
        }
    }

    private let catalog: CatalogGlimpse

    /// Nil when there is nothing that can be read at once.
    public init?(at root: String) {
        guard let layout = try? LibraryLayout.open(at: root), let catalog = CatalogGlimpse(at: layout.catalog) else {
            return nil
        }
        self.catalog = catalog
    }

    /// Ids of runs and pictures that begin with a text, recent ones first, at most `limit` of each; behind `RUN/` the numbers of its
    /// pictures. Digests are shortened to 12 digits, or as long as what was typed.
    public func ids(startingWith prefix: String, limit: Int = 20) -> [Offer] {
        if let slash = prefix.firstIndex(of: "/") {
            let run = String(prefix[..<slash])
            guard Run.ID(parsing: run) != nil else { return [] }
            return (0..<catalog.outputCount(of: run)).map { Offer("\(run)/\($0 + 1)", "image \($0 + 1)") }
        }
        var offers: [Offer] = []
        if prefix.isEmpty || Run.ID.looksLikePrefix(prefix) {
            offers += catalog.runs(startingWith: prefix, limit: limit).map { Offer($0.id, Self.words($0.words)) }
        }
        if prefix.count <= 64, prefix.allSatisfy(\.isHexDigit), prefix.lowercased() == prefix {
            offers += catalog.assets(startingWith: prefix, limit: limit).map {
                Offer(String($0.id.prefix(prefix.count > 12 ? 64 : 12)), Self.words($0.words))
            }
        }
        return offers
    }

    /// Every set, without the `@`.
    public var sets: [String] { catalog.sets() }
    /// Every tag in use.
    public var tags: [String] { catalog.tags() }
    /// Models that were used recently.
    public var models: [String] { catalog.models() }
    /// Programs whose recipes were imported recently.
    public var generators: [String] { catalog.generators() }

    private static func words(_ text: String) -> String {
        String(text.split(whereSeparator: \.isNewline).first.map { $0.prefix(60) } ?? "")
    }
}
