import AssetCatalog
import AssetModel

/// Every set's name and, of the smart ones, the query: what it takes to follow a smart set into those that it names.
struct SetDirectory: Sendable {
    /// A set by name.
    struct Entry: Hashable, Sendable {
        let name: String
        let query: String?
    }

    /// How many smart sets can lie in each other.
    static let maximumDepth = 16

    private var entries: [Entry]

    init(_ sets: [(name: String, query: String?)]) { entries = sets.map { Entry(name: $0.name, query: $0.query) } }

    /// A set by its name, case and accents aside; the exact name goes first.
    subscript(name: String) -> Entry? {
        entries.first { $0.name == name } ?? entries.first { $0.name.isSameLabel(as: name) }
    }

    /// The same with another query for one name: what is to be written, before it is.
    func with(_ name: String, _ query: String) -> SetDirectory {
        var copy = self
        copy.entries.removeAll { $0.name == name }
        copy.entries.append(Entry(name: name, query: query))
        return copy
    }

    /// Follows the sets that some names lead to. Throws when one holds itself, and when they lie too deep in each other.
    func check(_ names: [String]) throws(LibraryError) {
        var sound: Set<String> = []
        for name in names { try check(name, [], &sound) }
    }

    /// The sets that a condition names, also as what something looks like.
    static func names(in condition: SearchCondition) -> [String] {
        condition.terms.compactMap { term in
            switch term {
            case .set(let name): name
            case .like(let word, _) where word.first == "@" && word != "@last": String(word.dropFirst())
            default: nil
            }
        }.uniqued()
    }

    /// The smart sets whose queries name a set.
    func smartSets(naming name: String) -> [String] {
        entries.filter { entry in
            guard let query = entry.query else { return false }
            return Self.names(in: SearchQuery(parsing: query).condition).contains { $0.isSameLabel(as: name) }
        }.map(\.name)
    }

    private func check(_ name: String, _ way: [String], _ sound: inout Set<String>) throws(LibraryError) {
        guard let entry = self[name], let query = entry.query, !sound.contains(entry.name) else { return }
        let way = way + [entry.name]
        if let start = way.dropLast().firstIndex(of: entry.name) {
            let circle = way[start...].map { "@\($0)" }.joined(separator: " → ")
            throw LibraryError(
                .invalidInput, code: "set_inside_itself", "@\(entry.name): a smart set inside itself (\(circle))",
                remedy: .editSet(entry.name))
        }
        guard way.count <= Self.maximumDepth else {
            throw LibraryError(
                .invalidInput, code: "sets_too_deep",
                "@\(way[0]): more than \(Self.maximumDepth) smart sets inside each other", remedy: .editSet(way[0]))
        }
        // Which sets a query names does not depend on the day.
        for next in Self.names(in: SearchQuery(parsing: query).condition) { try check(next, way, &sound) }
        sound.insert(entry.name)
    }
}
