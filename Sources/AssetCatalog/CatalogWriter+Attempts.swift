import AssetModel
internal import GRDB

/// Attempts to submit a run: each `sending` line is one, and a `refused` line takes some of them back.
///
/// A run of which fal may have an attempt is `sending`; one whose every attempt was refused is planned again. Nearly every run has one
/// attempt, which stands in the run's own row; only more than one, and refusals, take rows of `generationAttempt`.
extension CatalogWriter {
    /// Notes an attempt; whether it is the newest of its run.
    func noteAttempt(of run: RunRow, _ entry: JournalEntry) throws -> Bool {
        let known = try sql.first("SELECT sentBy, sentAt FROM generation WHERE id = ?", run.id) {
            ($0.entry(0), $0.integer(1))
        }
        guard let newest = known?.0 else {
            try setNewest(of: run, entry)
            return true
        }
        if entry.id == newest { return false }
        guard entry.id > newest else {
            try noteEarlier(of: run, entry.id, at: entry.at.milliseconds)
            return false
        }
        try noteEarlier(of: run, newest, at: known?.1)
        try setNewest(of: run, entry)
        return true
    }

    func applyRefused(_ fact: JournalEntry.Refused, _ entry: JournalEntry) throws {
        let run = try row(ofRun: fact.generation)
        for attempt in fact.attempts {
            try sql.run(
                """
                INSERT INTO generationAttempt (generation, entry, isRefused) VALUES (?, ?, 1)
                ON CONFLICT DO UPDATE SET isRefused = 1
                """, run.id, attempt)
        }
        try deriveAttempts(of: run)
    }

    /// Whether a run that fal has not taken is planned or may have been sent: the newest attempt that was not refused decides.
    func deriveAttempts(of run: RunRow) throws {
        guard run.state == .planned || run.state == .sending else { return }
        let open = try sql.first(
            """
            SELECT entry, at FROM (
                SELECT sentBy AS entry, sentAt AS at FROM generation WHERE id = ?1 AND sentBy IS NOT NULL
                UNION ALL SELECT entry, at FROM generationAttempt WHERE generation = ?1 AND at IS NOT NULL)
            WHERE entry NOT IN (SELECT entry FROM generationAttempt WHERE generation = ?1 AND isRefused = 1)
            ORDER BY entry DESC LIMIT 1
            """, run.id
        ) { ($0.entry(0), $0.integer(1)) }
        if let entry = open?.0 {
            try sql.run(
                "UPDATE generation SET state = 'sending', stateBy = ?, changedAt = ? WHERE id = ?", entry, open?.1,
                run.id)
        } else {
            try sql.run(
                "UPDATE generation SET state = 'planned', stateBy = plannedBy, changedAt = plannedAt WHERE id = ?",
                run.id)
        }
    }

    private func setNewest(of run: RunRow, _ entry: JournalEntry) throws {
        try sql.run(
            "UPDATE generation SET sentBy = ?, sentAt = ? WHERE id = ?", entry.id, entry.at.milliseconds, run.id)
    }

    private func noteEarlier(of run: RunRow, _ entry: EntryID, at: Int64?) throws {
        try sql.run(
            """
            INSERT INTO generationAttempt (generation, entry, at) VALUES (?, ?, ?)
            ON CONFLICT DO UPDATE SET at = excluded.at
            """, run.id, entry, at)
    }
}
