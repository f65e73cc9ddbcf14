import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

/// What the verbs take that say something of pictures.
struct MarkOptions: ParsableArguments {
    @Argument(help: "Files, ids or @sets; a run's id means its images; - reads them from standard input.")
    var assets: [String] = []
    @OptionGroup var selection: SelectionOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    /// Changes the selected pictures: says how many before, and what changed afterwards. `importing` is false for what no file
    /// outside the library should be taken in for; `ofTrash` means a set's images that are in the trash.
    func run(
        _ plan: (String) -> String, _ done: (String) -> String, importing: Bool = true, ofTrash: Bool = false,
        _ change: (Library, [ContentDigest]) async throws -> Int
    ) async throws {
        try await libraryOptions.withLibrary { library in
            var words = try SelectionOptions.expand(assets, areNullTerminated: selection.list.null)
            if ofTrash { words = try await Self.trashed(words, library) }
            let chosen = try await selection.assets(words, library, importingFiles: importing)
            try await report(
                library, chosen, [], plan, done
            ) { try await change(library, chosen) }
        }
    }

    /// `@set` by the ids of its images that are in the trash, which a set otherwise leaves out.
    private static func trashed(_ words: [String], _ library: Library) async throws -> [String] {
        var named: [String] = []
        for word in words {
            guard word.first == "@", word != "@last", !word.hasPrefix("@last/") else {
                named.append(word)
                continue
            }
            let set = try await library.set(named: word)
            guard !set.trashed.isEmpty else {
                throw LibraryError(.notFound, code: "nothing_trashed", "\(word): none of its images is in the trash")
            }
            named += set.trashed.map(\.hex)
        }
        return named
    }

    /// The same for what can be said of runs too: a run's id means the run.
    func runWithRuns(
        _ plan: (String) -> String, _ done: (String) -> String,
        _ change: (Library, [ContentDigest], [Run.ID]) async throws -> Int
    ) async throws {
        try await libraryOptions.withLibrary { library in
            var (words, runs): ([String], [Run.ID]) = ([], [])
            for word in try SelectionOptions.expand(assets, areNullTerminated: selection.list.null) {
                let mayBeRun = word == "@last" || Run.ID.looksLikePrefix(word.lowercased())
                if mayBeRun, case .run(let id)? = try? await library.designation(word) {
                    runs.append(id)
                } else {
                    words.append(word)
                }
            }
            var chosen: [ContentDigest] = []
            if !words.isEmpty || selection.query != nil || runs.isEmpty {
                chosen = try await selection.assets(words, library)
            }
            try await report(library, chosen, runs, plan, done) {
                try await change(library, chosen, runs)
            }
        }
    }

    private func report(
        _ library: Library, _ chosen: [ContentDigest], _ runs: [Run.ID], _ plan: (String) -> String,
        _ done: (String) -> String, _ change: () async throws -> Int
    ) async throws {
        let images = chosen.isEmpty ? nil : Phrase.count(chosen.count, "image")
        let count = [images, runs.isEmpty ? nil : Phrase.count(runs.count, "run")].compactMap(\.self)
            .joined(separator: " and ")
        if selection.dryRun { return Console.note(plan(count)) }
        // What a query finds is counted before anything happens to it.
        if selection.query != nil { Console.note("selected \(count)") }
        let changed = try await change()
        Console.note(done(changed == chosen.count + runs.count ? count : "\(changed) of \(count)"))
        guard outputs.output.isJSON else { return }
        for digest in chosen {
            guard let asset = try await library.asset(digest) else { continue }
            try outputs.output.item(asset.json(in: library), "")
        }
        for id in runs {
            guard let run = try await library.run(id) else { continue }
            try outputs.output.item(run.json(in: library), "")
        }
    }
}
