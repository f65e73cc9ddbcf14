import AssetCatalog
import AssetModel
import AssetStore

/// Takes actions back, and does them again. Everything is decided under the lock, so of two programs that undo at once the second
/// sees what the first did.
struct Undoer: Sendable {
    let history: History

    /// Undoes one action, or the newest of this replica that is neither undone nor an undo itself.
    func undo(_ word: String?, dryRun: Bool) async throws -> UndoOutcome {
        try await revert("undo", dryRun, refusingNothing: word != nil) { writer, replica in
            if let word { return try Self.action(named: word, writer) }
            guard let replica,
                let last = try writer.newestAction(of: replica, where: { $0 == 0 && !$1 })
            else { throw LibraryError(.notFound, code: "nothing_to_undo", "there is nothing to undo") }
            return last
        }
    }

    /// Reverts the newest undo of this replica that still stands, or that of one action.
    func redo(_ word: String?, dryRun: Bool) async throws -> UndoOutcome {
        try await revert("redo", dryRun) { writer, replica in
            let found: CurationAction?
            if let word {
                let action = try Self.action(named: word, writer)
                found = action.depth % 2 == 1 ? action : try writer.standingReversal(of: action.id)
            } else {
                // A change made since ends plain redo: what was undone before it may not fit any more.
                found = try replica.flatMap { try writer.newestAction(of: $0) { ($0 % 2 == 1 || $0 == 0) && !$1 } }
                if let found, found.depth == 0 {
                    throw LibraryError(
                        .notFound, code: "nothing_to_redo",
                        "nothing was undone since your last change, so there is nothing to redo", remedy: .listActions)
                }
            }
            guard let found, !found.isUndone else {
                throw LibraryError(.notFound, code: "nothing_to_redo", "there is nothing to redo")
            }
            return found
        }
    }

    /// Actions of every replica, newest first, older than one.
    func actions(before action: ActionID?, limit: Int) async throws -> [CuratingAction] {
        let replica = try history.journal.ownReplica()
        return try await history.catalog.actions(before: action, limit: limit).map {
            CuratingAction($0, here: replica)
        }
    }

    private func revert(
        _ verb: String, _ dryRun: Bool, refusingNothing: Bool = false,
        _ choose: @escaping @Sendable (CatalogWriter, String?) throws -> CurationAction
    ) async throws -> UndoOutcome {
        let history = history
        let (outcome, lines) = try await history.recording(verb) { writer in
            let replica = try history.journal.ownReplica()
            let action = try choose(writer, replica)
            if action.isUndone { throw Self.alreadyUndone(action, replica) }
            let reversal = try Reversal(of: action, writer)
            // Marked as undone, it would never be undone once what came after it is.
            if refusingNothing, reversal.restored.isEmpty, !reversal.changed.isEmpty {
                throw LibraryError(
                    .conflict, code: "changed_since",
                    "\(action.id.short): everything that it changed was changed again since; undo that first")
            }
            // What is told is the person's own word: a redo is told as what it does again.
            var told = action
            while let reverted = told.reverts, let earlier = try writer.action(reverted.op) { told = earlier }
            let outcome = UndoOutcome(
                action: CuratingAction(told, here: replica), isRedo: action.depth % 2 == 1, undo: nil,
                imageCount: reversal.restored.count { if case .asset = $0 { true } else { false } },
                runCount: reversal.restored.count { if case .run = $0 { true } else { false } },
                setCount: reversal.restored.count { if case .set = $0 { true } else { false } },
                changedCount: reversal.changed.count, goneCount: reversal.gone.count)
            return (dryRun ? [] : [.undone(.init(action: action.id.op))] + reversal.facts, outcome)
        }
        return outcome.named(lines.first.map(ActionID.init))
    }

    private static func action(named word: String, _ writer: CatalogWriter) throws -> CurationAction {
        let name = word.lowercased()
        // As the journal has it, for who reads that.
        if let op = EntryID(parsing: name), let action = try writer.action(op) { return action }
        let found = ActionID.looksLikePrefix(name) ? try writer.actions(startingWith: name, limit: 2) : []
        if found.count > 1 {
            throw LibraryError(
                .invalidInput, code: "ambiguous_id", "\(word): several actions start with this; type more of it")
        }
        guard let action = try found.first.flatMap({ try writer.action($0.op) }) else {
            throw LibraryError(
                .notFound, code: "unknown_action", "\(word): no action with this id", remedy: .listActions)
        }
        return action
    }

    private static func alreadyUndone(_ action: CurationAction, _ replica: String?) -> LibraryError {
        let told = CuratingAction(action, here: replica)
        return LibraryError(
            .conflict, code: "already_undone", "\(action.id.short) (\(told.words)) is already undone",
            remedy: .redo(action.id))
    }
}

extension UndoOutcome {
    fileprivate func named(_ undo: ActionID?) -> UndoOutcome {
        UndoOutcome(
            action: action, isRedo: isRedo, undo: undo, imageCount: imageCount, runCount: runCount, setCount: setCount,
            changedCount: changedCount, goneCount: goneCount)
    }
}
