internal import GRDB

/// Counts and sums over everything, which triggers keep while single actions are applied.
extension CatalogWriter {
    /// What a fold in bulk leaves to the end: one pass each over assets, runs, tags and items.
    func finishTallies() throws {
        try sql.run("DELETE FROM assetTally")
        try sql.run("DELETE FROM runTally")
        try sql.run(
            """
            INSERT INTO assetTally (format, assets, byteCount)
            SELECT coalesce(format, ''), count(*), sum(coalesce(byteCount, 0)) FROM asset WHERE addedAt IS NOT NULL GROUP BY 1
            """)
        try sql.run("INSERT INTO runTally SELECT * FROM currentRunTally")
        try sql.run("DELETE FROM tagTally")
        try sql.run(
            "INSERT INTO tagTally (tag, assets) SELECT lower(tag), count(*) FROM assetTag WHERE isPresent = 1 GROUP BY 1"
        )
        try sql.run("DELETE FROM itemTally")
        try sql.run(
            """
            INSERT INTO itemTally (isImported, isFavourite, isTrashed, items)
            SELECT generation IS NULL, isFavourite, isTrashed, count(*) FROM searchItem GROUP BY 1, 2, 3
            """)
    }
}
