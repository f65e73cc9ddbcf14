package import AssetModel
internal import GRDB

extension Catalog {
    /// What led to a picture or run and what came of it; nil when the catalog does not know it.
    ///
    /// Cost: a few looks at an index for each thing shown, and for a picture that many runs used a look at each of them: about 10 ms for
    /// 10,000. Cycles end, since everything is looked at once in each direction.
    package func lineage(of root: Lineage.Subject, _ extent: Lineage.Extent) async throws(CatalogError) -> Lineage? {
        try await read { db in
            var walk = LineageWalk(SQL(db: db))
            return try walk.lineage(of: root, extent)
        }
    }
}

/// Collects a lineage, level by level, so that what is near is never left out for what is far.
private struct LineageWalk {
    private enum Node: Hashable {
        case asset(Int64)
        case run(Int64)
    }

    private enum Direction { case up, down }

    private let sql: SQL
    private var pictures: [Int64: Lineage.Picture] = [:]
    private var steps: [Int64: Lineage.Step] = [:]

    init(_ sql: SQL) { self.sql = sql }

    mutating func lineage(of root: Lineage.Subject, _ extent: Lineage.Extent) throws -> Lineage? {
        let row: Int64?
        switch root {
        case .asset(let digest):
            row = try sql.integer(
                "SELECT asset.id FROM asset JOIN blob ON blob.id = asset.id WHERE digest = ? AND addedAt IS NOT NULL",
                digest)
        case .run(let id):
            row = try sql.integer("SELECT id FROM generation WHERE name = ? AND plannedBy IS NOT NULL", id.text)
        }
        guard let row else { return nil }
        let start: Node
        if case .asset = root { start = .asset(row) } else { start = .run(row) }
        _ = try subject(start)
        let up = extent.up ? try branches(from: start, .up, extent) : [:]
        let down = extent.down ? try branches(from: start, .down, extent) : [:]
        return Lineage(
            root: root,
            pictures: Dictionary(pictures.values.map { ($0.id, $0) }) { first, _ in first },
            steps: Dictionary(steps.values.map { ($0.id, $0) }) { first, _ in first }, up: up, down: down)
    }

    private mutating func branches(
        from start: Node, _ direction: Direction, _ extent: Lineage.Extent
    ) throws -> [Lineage.Subject: Lineage.Branches] {
        var branches: [Lineage.Subject: Lineage.Branches] = [:]
        var seen: Set<Node> = [start]
        var level = [start]
        // A run is half of the way from one picture to the next.
        var runsPassed = if case .run = start { 1 } else { 0 }
        while !level.isEmpty {
            var next: [Node] = []
            for node in level {
                guard let subject = try subject(node) else { continue }
                let entersRun = if case .asset = node { true } else { false }
                let isTooDeep = entersRun && runsPassed >= extent.depth || seen.count > Lineage.Extent.maximumCount
                let (found, count) = try neighbours(of: node, direction, limit: isTooDeep ? 0 : extent.width)
                var links: [Lineage.Link] = []
                for (neighbour, position) in found {
                    guard let link = try link(node, neighbour, position, direction) else { continue }
                    links.append(link)
                    if seen.insert(neighbour).inserted { next.append(neighbour) }
                }
                if count > 0 { branches[subject] = Lineage.Branches(links: links, omitted: count - found.count) }
            }
            if case .asset? = level.first { runsPassed += 1 }
            level = next
        }
        return branches
    }

    /// The nearest things in one direction, at most `limit`, and how many there are.
    private func neighbours(
        of node: Node, _ direction: Direction, limit: Int
    ) throws -> (found: [(Node, Int)], count: Int) {
        func pair(_ row: SQLRow, _ make: (Int64) -> Node) -> (Node, Int) {
            (make(row.integer(0) ?? 0), Int(row.integer(1) ?? 0))
        }
        switch (node, direction) {
        case (.run(let id), .up):
            let found = try sql.rows(
                """
                SELECT asset, position FROM generationInput WHERE generation = ? AND asset IS NOT NULL
                ORDER BY position LIMIT ?
                """, id, limit
            ) { pair($0, Node.asset) }
            return (
                found,
                try count(
                    found, limit, "SELECT count(*) FROM generationInput WHERE generation = ? AND asset IS NOT NULL", id)
            )
        case (.run(let id), .down):
            let found = try sql.rows(
                "SELECT asset, position FROM generationOutput WHERE generation = ? ORDER BY position LIMIT ?", id, limit
            ) { pair($0, Node.asset) }
            return (
                found, try count(found, limit, "SELECT count(*) FROM generationOutput WHERE generation = ?", id)
            )
        case (.asset(let id), .up):
            let found = try sql.rows(
                """
                SELECT generation.id, position FROM generationOutput
                JOIN generation ON generation.id = generationOutput.generation
                WHERE asset = ? AND plannedBy IS NOT NULL ORDER BY plannedBy, position LIMIT ?
                """, id, limit
            ) { pair($0, Node.run) }
            return (
                found,
                try count(
                    found, limit,
                    """
                    SELECT count(*) FROM generationOutput JOIN generation ON generation.id = generationOutput.generation
                    WHERE asset = ? AND plannedBy IS NOT NULL
                    """, id)
            )
        case (.asset(let id), .down):
            let found = try sql.rows(
                """
                SELECT generation.id, position FROM generationInput
                JOIN generation ON generation.id = generationInput.generation
                WHERE asset = ? AND plannedBy IS NOT NULL ORDER BY plannedBy DESC, position LIMIT ?
                """, id, limit
            ) { pair($0, Node.run) }
            return (
                found,
                try count(
                    found, limit,
                    """
                    SELECT count(*) FROM generationInput JOIN generation ON generation.id = generationInput.generation
                    WHERE asset = ? AND plannedBy IS NOT NULL
                    """, id)
            )
        }
    }

    private func count(_ found: [(Node, Int)], _ limit: Int, _ text: StaticString, _ id: Int64) throws -> Int {
        found.count < limit ? found.count : Int(try sql.integer(text, id) ?? 0)
    }

    private mutating func link(
        _ node: Node, _ neighbour: Node, _ position: Int, _ direction: Direction
    ) throws -> Lineage.Link? {
        guard let first = try subject(node), let second = try subject(neighbour) else { return nil }
        switch (first, second, direction) {
        case (.run(let run), .asset(let asset), .up), (.asset(let asset), .run(let run), .down):
            return Lineage.Link(run: run, asset: asset, role: .reference, position: position)
        case (.run(let run), .asset(let asset), .down), (.asset(let asset), .run(let run), .up):
            return Lineage.Link(run: run, asset: asset, role: .output, position: position)
        default: return nil
        }
    }

    // MARK: - What is shown of each

    private mutating func subject(_ node: Node) throws -> Lineage.Subject? {
        switch node {
        case .asset(let row):
            if pictures[row] == nil { pictures[row] = try picture(row) }
            return pictures[row].map { .asset($0.id) }
        case .run(let row):
            if steps[row] == nil { steps[row] = try step(row) }
            return steps[row].map { .run($0.id) }
        }
    }

    private func picture(_ row: Int64) throws -> Lineage.Picture? {
        try sql.first(
            """
            SELECT digest, storedWidth, storedHeight, orientation, assetText.names, recipe.prompt, recipe.seed,
                   (SELECT value FROM register WHERE field = 'title' AND register.asset = blob.id AND generation = 0
                    AND namedSet = 0),
                   EXISTS (SELECT 1 FROM searchItem WHERE searchItem.asset = blob.id AND isTrashed = 1)
            FROM blob LEFT JOIN asset ON asset.id = blob.id LEFT JOIN assetText ON assetText.asset = blob.id
            LEFT JOIN recipe ON recipe.asset = blob.id WHERE blob.id = ?
            """, row
        ) { row in
            var size: PixelSize?
            if let width = row.integer(1), let height = row.integer(2),
                let stored = PixelSize(width: Int(width), height: Int(height))
            {
                let orientation = row.integer(3).flatMap { Orientation(rawValue: Int($0)) }
                size = orientation?.swapsSides == true ? stored.transposed : stored
            }
            return Lineage.Picture(
                id: try CatalogRows.digest(row, 0), size: size,
                name: row.text(4)?.split(separator: "\n").first.map(String.init), title: row.text(7),
                isTrashed: row.integer(8) == 1, recipePrompt: row.text(5), recipeSeed: CatalogRows.seed(row.integer(6)))
        }
    }

    private func step(_ row: Int64) throws -> Lineage.Step? {
        try sql.first(
            """
            SELECT name, state, word.text, prompt, coalesce(answeredSeed, askedSeed), plannedAt,
                   (SELECT count(*) FROM generationInput WHERE generation = generation.id),
                   (SELECT count(*) FROM generationOutput WHERE generation = generation.id)
            FROM generation JOIN word ON word.id = generation.model WHERE generation.id = ?
            """, row
        ) { row in
            guard let id = row.text(0).flatMap(Run.ID.init(parsing:)),
                let state = row.text(1).flatMap(Run.State.init(rawValue:))
            else { throw CatalogError.damaged("unreadable run") }
            return Lineage.Step(
                id: id, state: state, model: row.text(2) ?? "", prompt: row.text(3) ?? "",
                seed: CatalogRows.seed(row.integer(4)), referenceCount: Int(row.integer(6) ?? 0),
                outputCount: Int(row.integer(7) ?? 0), plannedAt: Timestamp(milliseconds: row.integer(5) ?? 0))
        }
    }
}
