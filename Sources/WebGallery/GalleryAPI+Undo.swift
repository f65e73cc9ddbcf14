import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// What was changed, and taking it back.
extension GalleryAPI {
    static let undoRoutes: [Route] = [
        Route(.get, "actions") { api, request throws(LibraryError) in
            let limit = try request.number("limit", in: 1...200, default: 20)
            return .json(["actions": JSONValue(try await api.library.actions(limit: limit).map(\.json))])
        },
        Route(.post, "undo") { api, request throws(LibraryError) in
            let body = try await request.json("action")
            let action = try body.optionalText("action")
            return try await api.undoing { () throws(LibraryError) in try await api.library.undo(action) }
        },
        Route(.post, "redo") { api, request throws(LibraryError) in
            let body = try await request.json("action")
            let action = try body.optionalText("action")
            return try await api.undoing { () throws(LibraryError) in try await api.library.redo(action) }
        },
    ]

    /// That nothing is left is no error to a person who presses a key.
    private func undoing(
        _ undo: () async throws(LibraryError) -> UndoOutcome
    ) async throws(LibraryError) -> GalleryAnswer {
        do { return undone(try await undo()) } catch  where ["nothing_to_undo", "nothing_to_redo"].contains(error.code)
        {
            let sentence = error.code == "nothing_to_undo" ? "Nothing to undo" : "Nothing to redo"
            return .json([
                "action": .null, "message": JSONValue(sentence), "changed": JSONValue(0), "outcome": .null,
            ])
        }
    }

    private func undone(_ outcome: UndoOutcome) -> GalleryAnswer {
        let count = outcome.imageCount + outcome.runCount + outcome.setCount
        let things = outcome.imageCount + outcome.runCount
        let counts = [
            Words.counted(outcome.imageCount, "picture"), Words.counted(outcome.runCount, "run"),
            // The set of pictures that were put in or taken out is named.
            things > 0 ? nil : Words.counted(outcome.setCount, "set"),
        ].compactMap(\.self).joined(separator: ", ")
        var message = (outcome.isRedo ? "Redid " : "Undid ") + Words.shortened(Words.deed(outcome.action))
        if !counts.isEmpty { message += ": \(counts)" }
        if outcome.changedCount > 0 { message += "; \(Words.grouped(outcome.changedCount)) changed since, left alone" }
        return .json([
            // What the toast's Undo takes back: this undo.
            "action": JSONValue(outcome.undo?.text), "message": JSONValue(message), "changed": JSONValue(count),
            "outcome": .object(outcome.json),
        ])
    }
}
