import Foundation
import Testing

/// A query of the documentation: what is typed, what it means, and what is said about it.
struct SearchExample: Sendable, CustomTestStringConvertible {
    let typed: String
    let meaning: String
    let remark: String?

    var testDescription: String { typed }
}

/// The table of examples in the article *Search*: the article is the test.
enum SearchExamples {
    static let all: [SearchExample] = {
        let article = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/AssetLibrary/AssetLibrary.docc/Search.md")
        let lines = ((try? String(contentsOf: article, encoding: .utf8)) ?? "").split(separator: "\n")
        return lines.compactMap { line in
            // | `typed` | `meaning` | remark |
            guard line.hasPrefix("| `") else { return nil }
            let cells = line.dropFirst(2).dropLast(2).split(separator: " | ", omittingEmptySubsequences: false)
            guard cells.count == 3 else { return nil }
            let code = cells[..<2].map { $0.trimmingCharacters(in: ["`"]) }
            let remark = cells[2].trimmingCharacters(in: .whitespaces)
            return SearchExample(typed: code[0], meaning: code[1], remark: remark.isEmpty ? nil : remark)
        }
    }()
}
