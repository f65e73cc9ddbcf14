package import AssetModel
internal import GRDB

/// What one run was or may be paid for: enough for an estimate.
package struct BilledRun: Hashable, Sendable {
    /// The remote model.
    package let model: String
    /// Where it went.
    package let host: RemoteHost
    /// How far it has come.
    package let state: Run.State
    /// When it was written down.
    package let plannedAt: Timestamp
    /// The pixels that came, or those planned while nothing has come; 0 when no size was planned.
    package let pixelCount: Int64
    /// The sets that hold one of its references today, sorted.
    package let sets: [String]
}

extension Catalog {
    /// Every run that was sent, or may have been, and has not failed or been stopped, oldest first. Cost: all runs' rows.
    package func billedRuns() async throws(CatalogError) -> [BilledRun] {
        try await read { db in
            var sets: [Int64: [String]] = [:]
            let memberships = try Row.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT generationInput.generation AS run, namedSet.name AS name
                    FROM namedSet JOIN setMember ON setMember.namedSet = namedSet.id
                    JOIN generationInput ON generationInput.asset = setMember.asset
                    WHERE namedSet.name IS NOT NULL ORDER BY namedSet.name
                    """)
            for row in memberships { sets[row["run"], default: []].append(row["name"]) }
            return try Row.fetchAll(
                db,
                sql: """
                    SELECT generation.id, model.text AS model, host.text AS host, state, plannedAt,
                           coalesce(
                               (SELECT sum(asset.storedWidth * asset.storedHeight) FROM generationOutput
                                JOIN asset ON asset.id = generationOutput.asset
                                WHERE generationOutput.generation = generation.id AND generation.state = 'finished'),
                               plannedWidth * plannedHeight * coalesce(parameters ->> '$.num_images', 1), 0) AS pixels
                    FROM generation JOIN word AS model ON model.id = generation.model
                    JOIN word AS host ON host.id = generation.host
                    WHERE state IN ('sending', 'submitted', 'finished') AND plannedBy IS NOT NULL ORDER BY plannedBy
                    """
            ).map { row in
                guard let state = Run.State(rawValue: row["state"]) else {
                    throw CatalogError.damaged("unreadable run")
                }
                return BilledRun(
                    model: row["model"], host: RemoteHost(row["host"]), state: state,
                    plannedAt: Timestamp(milliseconds: row["plannedAt"]), pixelCount: row["pixels"],
                    sets: sets[row["id"]] ?? [])
            }
        }
    }
}
