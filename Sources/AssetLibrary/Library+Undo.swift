import AssetCatalog
public import AssetModel

extension Library {
    /// Undoes one action by its name or a unique prefix of it, or with nil the newest of this copy of the library that is neither
    /// undone nor an undo itself. With `dryRun` it only says what it would do.
    ///
    /// New lines are written, none is removed. A value that was changed since is left alone and counted. An undo can be undone.
    /// Errors: nothing to undo, no such action, already undone, and a run or an image, which were not made by a person's word.
    @discardableResult
    public func undo(_ action: String? = nil, dryRun: Bool = false) async throws(LibraryError) -> UndoOutcome {
        try await inLibraryWords {
            if let action, !ActionID.looksLikePrefix(action.lowercased()) { try await refuse(action) }
            return try await undoer.undo(action, dryRun: dryRun)
        }
    }

    /// Does again what the newest undo of this copy of the library took back that still stands, or what one undo, or the undo of one
    /// action, took back.
    @discardableResult
    public func redo(_ action: String? = nil, dryRun: Bool = false) async throws(LibraryError) -> UndoOutcome {
        try await inLibraryWords { try await undoer.redo(action, dryRun: dryRun) }
    }

    /// What can be undone or is undone: the actions of every copy of the library, newest first, at most `limit`. For more hand back the
    /// last one's id as `before`. Cost: the lines of these actions.
    public func actions(limit: Int = 20, before: ActionID? = nil) async throws(LibraryError) -> [CuratingAction] {
        try await inLibraryWords { try await undoer.actions(before: before, limit: limit) }
    }

    /// Says of a run or an image why it cannot be undone.
    private func refuse(_ word: String) async throws {
        guard let designation = try? await resolver.designation(word) else { return }
        switch designation {
        case .run(let id):
            let isOpen = try await run(id).map { !$0.state.isFinal } ?? false
            throw LibraryError(
                .invalidInput, code: "cannot_undo",
                isOpen
                    ? "\(id): a run cannot be undone"
                    : "\(id): a run cannot be undone: what it made stays in the library",
                remedy: isOpen ? .cancel(id) : .trash(id.text), run: id)
        case .asset(let digest):
            throw LibraryError(
                .invalidInput, code: "cannot_undo",
                "\(digest.short): an import cannot be undone: the image stays in the library",
                remedy: .trash(digest.short))
        }
    }

    var undoer: Undoer { Undoer(history: history) }
}
