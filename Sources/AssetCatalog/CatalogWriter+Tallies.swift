internal import GRDB

/// Counts and sums over everything, which triggers keep while single actions are applied.
extension CatalogWriter {
    /// What a fold in bulk leaves to the end: one pass over the assets and one over the runs.
    func finishTallies() throws {
        try sql.run("DELETE FROM assetTally")
        try sql.run("DELETE FROM runTally")
        try sql.run(
            """
            INSERT INTO assetTally (format, assets, byteCount)
            SELECT coalesce(format, ''), count(*), sum(coalesce(byteCount, 0)) FROM asset WHERE addedAt IS NOT NULL GROUP BY 1
            """)
        try sql.run("INSERT INTO runTally SELECT * FROM currentRunTally")
    }
}
