import AssetLibrary
import AssetModel
import Foundation

/// The classes of queries, ours and those of the peers.
struct SearchClasses {
    let library: Library
    let queries: Int
    let folder: String
    let python: String
    let peers: String?

    /// What one class took.
    struct Times: Codable {
        var milliseconds: [Double] = []
        var answers = 0

        /// `0.08 / 0.90, 9,876 answers`.
        var text: String {
            let sorted = milliseconds.sorted()
            guard let last = sorted.last else { return "none" }
            let (middle, high) = (sorted[sorted.count / 2], sorted[min(sorted.count - 1, sorted.count * 95 / 100)])
            return String(format: "%.3f / %.3f (%.1f), %d", middle, high, last, answers)
        }
    }

    func measure(_ bench: BenchLibrary, _ table: Table) async throws {
        let samples = try await library.search(SearchQuery(parsing: "kind:generated sort:random"), limit: queries)
            .map { SearchQueries.Sample(prompt: $0.prompt ?? "", seed: $0.seed ?? 0) }
        var make = SearchQueries(count: queries)
        let words = make.words()
        let classes: [(name: String, bound: String, queries: [SearchQueries.Query])] = [
            ("words", "1", words), ("phrase", "6", make.phrases(samples)), ("prefix", "5", make.prefixes()),
            ("relevance", "10", make.ranked()), ("substring", "30", make.substrings()),
            ("words and fields", "6", make.filtered()),
            ("seed", "0.1", samples.map { SearchQueries.Query(text: "seed:\($0.seed)") }),
        ]
        print("Milliseconds: median / 95th percentile (largest), answers of all queries together.\n")
        for (name, bound, queries) in classes {
            table.row("\(name): atelier", try await times(queries).text, bound)
        }
        table.row("second page of words: atelier", try await secondPages(words).text, "as the first")
        table.row("count: atelier", try await counts(words).text, "10")
        table.row("facets of words: atelier", try await facets(words).text, "50")
        for order in ["rating", "seed", "size", "random"] {
            let sorted = words.map {
                SearchQueries.Query(text: $0.text + " sort:-\(order)".replacing("-random", with: "random"))
            }
            table.row("words by \(order): atelier", try await times(sorted).text, "")
        }
        try askPlain(bench, classes.map { ($0.name, $0.queries) }, words, table)
        try askOthers(bench, classes.map { ($0.name, $0.queries) }, words, table)
        askRipgrep(bench, words, table)
    }

    private func times(_ queries: [SearchQueries.Query]) async throws -> Times {
        var times = Times()
        for isWarm in [false, true] {
            for query in queries {
                let read = SearchQuery(parsing: query.text)
                var count = 0
                let time = try await milliseconds { count = try await library.search(read, limit: 50).count }
                if isWarm {
                    times.milliseconds.append(time)
                    times.answers += count
                }
            }
        }
        return times
    }

    private func secondPages(_ queries: [SearchQueries.Query]) async throws -> Times {
        var times = Times()
        for query in queries {
            let read = SearchQuery(parsing: query.text)
            guard let last = try await library.search(read, limit: 50).last else { continue }
            let time = try await milliseconds {
                times.answers += try await library.search(read, limit: 50, after: last.cursor).count
            }
            times.milliseconds.append(time)
        }
        return times
    }

    private func counts(_ queries: [SearchQueries.Query]) async throws -> Times {
        var times = Times()
        for query in queries {
            let read = SearchQuery(parsing: query.text)
            times.milliseconds.append(try await milliseconds { times.answers += try await library.count(read) ?? 0 })
        }
        return times
    }

    private func facets(_ queries: [SearchQueries.Query]) async throws -> Times {
        var times = Times()
        for query in queries {
            let read = SearchQuery(parsing: query.text)
            times.milliseconds.append(
                try await milliseconds { times.answers += try await library.facets(of: read).count })
        }
        return times
    }

    /// SQLite's own index over the same prompts, through the C interface.
    private func askPlain(
        _ bench: BenchLibrary, _ classes: [(String, [SearchQueries.Query])], _ words: [SearchQueries.Query],
        _ table: Table
    ) throws {
        let path = folder + "/fts5.sqlite"
        let isNew = !FileManager.default.fileExists(atPath: path)
        let database = try PlainDatabase(path, bulk: true)
        if isNew {
            try database.execute("ATTACH '\(bench.catalog)' AS atelier")
            try database.execute(
                "CREATE VIRTUAL TABLE plain USING fts5 (prompt, content = '', tokenize = 'unicode61 remove_diacritics 2')"
            )
            try database.execute(
                """
                BEGIN; INSERT INTO plain (rowid, prompt) SELECT searchItem.id, prompt FROM atelier.searchItem
                JOIN atelier.generation ON generation.id = searchItem.generation ORDER BY searchItem.id; COMMIT
                """)
        }
        func ask(_ queries: [SearchQueries.Query], _ end: String, counts: Bool = false) throws -> Times {
            var times = Times()
            let (clock, select) = (ContinuousClock(), counts ? "count(*)" : "rowid")
            for query in queries {
                let match =
                    query.words.isEmpty
                    ? query.text.replacing(" sort:relevance", with: "")
                    : query.text.hasPrefix("\"") || query.text.hasSuffix("*")
                        ? query.text : query.words.joined(separator: " ")
                let start = clock.now
                let rows = try database.texts("SELECT \(select) FROM plain WHERE plain MATCH '\(match)' \(end)")
                let time = (clock.now - start).components
                times.milliseconds.append(Double(time.seconds) * 1e3 + Double(time.attoseconds) / 1e15)
                times.answers += counts ? Int(rows.first?.first ?? "") ?? 0 : rows.count
            }
            return times
        }
        for (name, queries) in classes where ["words", "phrase", "prefix", "relevance"].contains(name) {
            let end = name == "relevance" ? "ORDER BY rank LIMIT 50" : "ORDER BY rowid DESC LIMIT 50"
            table.row("\(name): plain FTS5", try ask(queries, end).text, "")
        }
        table.row("count: plain FTS5", try ask(words, "", counts: true).text, "")
    }

    /// Tantivy and PostgreSQL, by a script that reads what they index and what they are asked, and prints times.
    private func askOthers(
        _ bench: BenchLibrary, _ classes: [(String, [SearchQueries.Query])], _ words: [SearchQueries.Query],
        _ table: Table
    ) throws {
        guard let peers else { return table.row("Tantivy, PostgreSQL", "not measured (no --peers)", "") }
        let named = Dictionary(uniqueKeysWithValues: classes + [("count", words)])
        try JSONEncoder().encode(named).write(to: URL(fileURLWithPath: folder + "/queries.json"))
        let data = try Run.output(python, [peers, bench.catalog, folder + "/queries.json", folder])
        let answers = try JSONDecoder().decode([String: [String: Times]].self, from: data)
        for peer in answers.keys.sorted() {
            let times = answers[peer] ?? [:]
            if times.isEmpty { table.row(peer, "not installed", "") }
            for name in times.keys.sorted() { table.row("\(name): \(peer)", times[name]?.text ?? "", "") }
        }
    }

    /// ripgrep over the journal: whole processes, few of them, since each reads everything.
    private func askRipgrep(_ bench: BenchLibrary, _ words: [SearchQueries.Query], _ table: Table) {
        var series = Series()
        for query in words.prefix(5) {
            guard let run = try? Run("rg", ["-w", "-F", "--count", query.words[0], bench.root + "/journal"]) else {
                return table.row("words: ripgrep", "not installed", "")
            }
            series.add(run.seconds * 1000)
        }
        table.row("words: ripgrep, the first word, whole process, ms", series.text(0), "")
    }
}
