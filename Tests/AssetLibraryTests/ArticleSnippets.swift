import AssetLibrary
import AssetModel
import Logging

// The code of the articles, compiled. `ArticleTests` compares it with what stands in them.

func importPhotos(into folder: String, from paths: [String], logger: Logger) async throws -> [SearchHit] {
    try await Library.withLibrary(at: folder, logger: logger) { library in
        try await library.importFiles(paths, set: "mugs")
        return try await library.search(SearchQuery(parsing: "set:mugs"))
    }
}

func edit(_ mug: Asset, in library: Library, on remote: Remote) async throws -> FinishedRun {
    var request = RunRequest(
        model: EditModels.defaultForEdits, prompt: "put the mug on marble", references: [mug])
    request.seed = 7
    let edit = request
    return try await library.withSession(remote) { session in
        let plan = try await session.plan(edit)
        return try await session.run(plan)
    }
}
