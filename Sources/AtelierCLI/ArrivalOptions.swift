import ArgumentParser
import AssetLibrary
import AssetModel

/// Where what a run returns goes, as the verbs that run models take it.
struct ArrivalOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Add the images that come back to this set.", valueName: "name"))
    var intoSet: String?

    @Option(
        name: .customLong("tag"), help: ArgumentHelp("Tag the images that come back; repeatable.", valueName: "tag"))
    var tags: [String] = []

    /// The names as they will be kept; one that cannot be a name is refused before anything is sent.
    func filing() throws(LibraryError) -> Run.Filing {
        var labels: [String] = []
        for tag in tags { labels.append(try Library.label(tag)) }
        guard let intoSet else { return Run.Filing(tags: labels) }
        return Run.Filing(set: try Library.setName(intoSet), tags: labels)
    }
}

extension Run.Filing {
    /// Runs `body`, which hands on each run that has ended, and returns when all of their images are in place.
    func placing<R: Sendable>(
        _ library: Library, _ body: (@escaping @Sendable (Run) -> Void) async throws -> R
    ) async throws -> R {
        if let set { try await library.checkTakesMembers(set) }
        let (runs, ended) = AsyncStream.makeStream(of: Run.self)
        // A task of its own, since an interrupted sweep still places what it has.
        let placing = Task { for await run in runs { try await place(run, library) } }
        do {
            let result = try await body { ended.yield($0) }
            ended.finish()
            try await placing.value
            return result
        } catch {
            ended.finish()
            _ = await placing.result
            throw error
        }
    }

    /// Puts the images of a run of earlier where those of this one would go; what this one makes is put there as it arrives.
    func place(_ run: Run, _ library: Library) async throws {
        let assets = run.outputs.map(\.asset)
        guard !isEmpty, !assets.isEmpty else { return }
        // An interrupted command still does this for what it has.
        let placing = Task {
            if let set { try await library.addToSet(set, assets) }
            if !tags.isEmpty { try await library.tag(assets, with: tags) }
        }
        try await placing.value
    }
}
