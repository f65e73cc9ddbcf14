import AssetModel
import Foundation
internal import GRDB

/// What was made from what, as conditions. An id is that of a picture, of a run (all its pictures) or `RUN/3`, or the beginning of one.
///
/// Each walk collects runs or pictures with `UNION`, which keeps every one once: cycles end, and no depth has to be limited. It stops at
/// `most`, so that no library can make a search endless.
extension SearchSQL {
    private static let most = 1_000_000

    /// Made by a run that used this as a reference.
    mutating func made(with id: String) -> String {
        let pictures = pictures(id)
        return "searchItem.generation IN (SELECT generation FROM generationInput WHERE asset IN (\(pictures)))"
    }

    /// A reference of the run that made this.
    mutating func reference(of id: String) -> String {
        let runs = makers(of: id)
        return "searchItem.asset IN (SELECT asset FROM generationInput WHERE generation IN (\(runs)))"
    }

    /// Made from this, by one run or by one after another.
    mutating func descended(from id: String) -> String {
        let pictures = pictures(id)
        return """
            searchItem.generation IN (
                WITH RECURSIVE later (run) AS (
                    SELECT generation FROM generationInput WHERE asset IN (\(pictures))
                    UNION
                    SELECT input.generation FROM later JOIN generationOutput AS made ON made.generation = later.run
                    JOIN generationInput AS input ON input.asset = made.asset
                    LIMIT \(Self.most))
                SELECT run FROM later)
            """
    }

    /// What this was made from, by one run or by one after another.
    mutating func origin(of id: String) -> String {
        let runs = makers(of: id)
        return """
            searchItem.asset IN (
                WITH RECURSIVE earlier (asset) AS (
                    SELECT asset FROM generationInput WHERE generation IN (\(runs)) AND asset IS NOT NULL
                    UNION
                    SELECT input.asset FROM earlier JOIN generationOutput AS made ON made.asset = earlier.asset
                    JOIN generationInput AS input ON input.generation = made.generation WHERE input.asset IS NOT NULL
                    LIMIT \(Self.most))
                SELECT asset FROM earlier)
            """
    }

    /// The pictures that an id names.
    private mutating func pictures(_ id: String) -> String {
        if let (run, number) = Run.ID.splitPicture(id) {
            arguments += [run, run + "\u{7F}", number - 1]
            return """
                SELECT asset FROM generation JOIN generationOutput ON generationOutput.generation = generation.id
                WHERE name BETWEEN ? AND ? AND position = ?
                """
        }
        if Run.ID.looksLikePrefix(id) {
            arguments += [id, id + "\u{7F}"]
            return """
                SELECT asset FROM generation JOIN generationOutput ON generationOutput.generation = generation.id
                WHERE name BETWEEN ? AND ?
                """
        }
        let digits = id.lowercased()
        arguments += [Self.digest(digits, filledWith: "0"), Self.digest(digits, filledWith: "f")]
        return "SELECT id FROM blob WHERE digest BETWEEN ? AND ?"
    }

    /// The runs that made what an id names; of a run, itself, whether it has pictures yet or not.
    private mutating func makers(of id: String) -> String {
        if Run.ID.looksLikePrefix(id) {
            arguments += [id, id + "\u{7F}"]
            return "SELECT id FROM generation WHERE name BETWEEN ? AND ?"
        }
        let pictures = pictures(id)
        return "SELECT generation FROM generationOutput WHERE asset IN (\(pictures))"
    }
}
