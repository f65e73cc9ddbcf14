import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// Sets in words for people.
enum SetText {
    /// One line: the name, how many images, and a smart set's query.
    static func line(_ set: NamedSet) -> String {
        var line = "@\(set.name)  \(Phrase.count(set.members.count, "image"))"
        if !set.trashed.isEmpty { line += ", \(set.trashed.count) in the trash" }
        if let query = set.query { line += "  smart: \(Phrase.oneLine(query, 60))" }
        return line
    }

    /// A set in full: its images by number with role, cover and path, then what is not used and why.
    static func lines(_ set: NamedSet, _ library: Library) async throws -> [String] {
        var lines = [line(set)]
        for (index, digest) in set.members.enumerated() {
            guard let asset = try await library.asset(digest) else { continue }
            var line =
                "\(index + 1). \(digest.short)  \(name(of: asset).map { "\($0)  " } ?? "")\(library.path(of: asset))"
            if let role = set.roles[digest] { line += "  [\(role)]" }
            if digest == set.cover { line += "  cover" }
            lines.append(line)
        }
        if !set.trashed.isEmpty { lines.append("in the trash: " + names(set.trashed)) }
        if !set.covered.isEmpty {
            lines.append("added by hand on another machine, used after `atelier set freeze`: " + names(set.covered))
        }
        return lines
    }

    /// A picture's title, else the name of the file it was imported from; nil without either.
    private static func name(of asset: Asset) -> String? {
        if let title = asset.title { return Phrase.oneLine(title, 40) }
        for case .imported(let path, _) in asset.origins {
            return path.split(separator: "/").last.map { Phrase.oneLine(String($0), 40) }
        }
        return nil
    }

    /// A name as it was typed, without the `@` that may stand before it.
    static func bare(_ name: String) -> String { name.first == "@" ? String(name.dropFirst()) : name }

    /// Says on standard error why a smart set does not hold what it could.
    static func note(_ set: NamedSet) {
        if let problem = set.problem { Console.note("note: \(problem)") }
    }

    /// Says on standard error which smart sets still name a set that is gone.
    static func noteUses(of name: String, _ library: Library) async throws {
        let sets = try await library.smartSets(naming: name)
        guard !sets.isEmpty, (try? await library.set(named: name)) == nil else { return }
        let names = sets.map { "@\($0)" }.joined(separator: ", ")
        Console.note(
            "note: \(names) still \(sets.count == 1 ? "looks" : "look") for @\(name); `atelier set edit` changes that")
    }

    private static func names(_ assets: [ContentDigest]) -> String {
        assets.prefix(5).map(\.short).joined(separator: ", ")
            + (assets.count > 5 ? " and \(assets.count - 5) more" : "")
    }
}
