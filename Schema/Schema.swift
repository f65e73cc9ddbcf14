/// The SQL of a library's three SQLite files, embedded in the binary.
package enum Schema {
    /// Counts up whenever the same journal must fold into other rows although the tables stay as they are.
    package static let foldVersion = 1

    /// The catalog, as `schema.sql` has it.
    package static let catalog = String(decoding: PackageResources.schema_sql, as: UTF8.self)

    /// Uploads and requests on their way, as `leases.sql` has it.
    package static let leases = String(decoding: PackageResources.leases_sql, as: UTF8.self)

    /// What pictures look like, as `appearance.sql` has it.
    package static let appearance = String(decoding: PackageResources.appearance_sql, as: UTF8.self)

    /// The catalog's statements, those that make the indexes of large tables, and triggers, apart: a fold in bulk makes them at the end.
    /// What belongs to sets and tags is looked up while it is folded.
    package static func statements() -> (tables: [String], indexes: [String]) {
        let text = catalog.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
        var statements: [String] = []
        for piece in text.split(separator: ";").map({ String($0.drop(while: { $0.isWhitespace })) })
        where !piece.isEmpty {
            // A trigger has statements within, and is over with its END.
            if let last = statements.last, last.hasPrefix("CREATE TRIGGER"), !last.hasSuffix("END") {
                statements[statements.count - 1] = last + ";\n" + piece
            } else {
                statements.append(piece)
            }
        }
        func isLate(_ statement: String) -> Bool {
            statement.hasPrefix("CREATE TRIGGER")
                || statement.hasPrefix("CREATE INDEX") && !statement.hasPrefix("CREATE INDEX set")
                    && !statement.hasPrefix("CREATE INDEX assetTag")
        }
        return (statements.filter { !isLate($0) }, statements.filter(isLate))
    }
}
