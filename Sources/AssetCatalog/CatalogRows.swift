import AssetModel
import Foundation
internal import GRDB

/// Rows to values and values to columns, in one place.
///
/// A row that breaks its table's checks cannot exist; one that cannot be read back all the same is reported as damage.
enum CatalogRows {
    /// The columns of an asset's facts, for tables called `asset` and `blob`.
    static let factColumns = """
        blob.digest, asset.format, asset.storedWidth, asset.storedHeight, asset.orientation, asset.hasAlpha,
        asset.bitDepth, asset.channels, asset.colorProfile, asset.frameCount, asset.byteCount
        """

    static func digest(_ row: Row, _ column: String = "digest") throws -> ContentDigest {
        let data: Data = row[column]
        do { return try ContentDigest(bytes: data) } catch {
            throw CatalogError.damaged("a digest of \(data.count) bytes")
        }
    }

    static func digest(_ row: SQLRow, _ column: Int32) throws -> ContentDigest {
        guard let bytes = row.bytes(column), let digest = try? ContentDigest(bytes: bytes) else {
            throw CatalogError.damaged("a digest that is none")
        }
        return digest
    }

    static func facts(_ row: Row) throws -> ImageFacts {
        guard let format = ImageFormat(rawValue: row["format"]),
            let size = PixelSize(width: row["storedWidth"], height: row["storedHeight"]),
            let orientation = Orientation(rawValue: row["orientation"])
        else { throw CatalogError.damaged("unreadable facts of an asset") }
        return ImageFacts(
            format: format, storedSize: size, orientation: orientation, hasAlpha: row["hasAlpha"],
            bitDepth: row["bitDepth"], channels: row["channels"], colorProfile: row["colorProfile"],
            frameCount: row["frameCount"], byteCount: row["byteCount"])
    }

    /// The same of a row whose columns from this one on are those of `factColumns` behind the digest.
    static func facts(_ row: SQLRow, from column: Int32) throws -> ImageFacts {
        func number(_ offset: Int32) -> Int { Int(row.integer(column + offset) ?? 0) }
        guard let format = ImageFormat(rawValue: row.text(column) ?? ""),
            let size = PixelSize(width: number(1), height: number(2)),
            let orientation = Orientation(rawValue: number(3))
        else { throw CatalogError.damaged("unreadable facts of an asset") }
        return ImageFacts(
            format: format, storedSize: size, orientation: orientation, hasAlpha: number(4) == 1, bitDepth: number(5),
            channels: row.integer(column + 6).map { Int($0) }, colorProfile: row.text(column + 7),
            frameCount: number(8),
            byteCount: row.integer(column + 9) ?? 0)
    }

    /// The text of a list that may be empty, which is then nil.
    static func list(_ elements: [some Encodable]) throws -> String? {
        elements.isEmpty ? nil : try json(elements)
    }

    private static func elements<Element: Decodable>(_ type: Element.Type, _ text: String?) throws -> [Element] {
        guard let text else { return [] }
        do { return try JSONDecoder().decode([Element].self, from: Data(text.utf8)) } catch {
            throw CatalogError.damaged("a list in a recipe that is none")
        }
    }

    static func recipe(_ row: Row, otherSeeds: [UInt64]) throws -> Recipe {
        guard let certainty = Recipe.Certainty(rawValue: row["certainty"]) else {
            throw CatalogError.damaged("a recipe of unknown certainty")
        }
        var size: PixelSize?
        if let width: Int = row["width"], let height: Int = row["height"] {
            size = PixelSize(width: width, height: height)
        }
        return Recipe(
            generator: row["generator"], certainty: certainty, prompt: row["prompt"],
            negativePrompt: row["negativePrompt"], seed: seed(row["seed"]), steps: row["steps"],
            guidance: row["guidance"], sampler: row["sampler"], model: row["model"], size: size,
            otherSeeds: otherSeeds, otherPrompts: try elements(String.self, row["otherPrompts"]),
            settings: try elements(Recipe.Setting.self, row["settings"]))
    }

    static func upload(_ row: Row) throws -> Upload {
        guard let access = UploadAccess(rawValue: row["access"]),
            let expiry = ExpiryBasis(rawValue: row["expiryBasis"]),
            let lifetime = UploadLifetime(parsing: row["lifetime"] as String)
        else { throw CatalogError.damaged("an upload with unknown access or lifetime") }
        let source: Data? = row["source"]
        return Upload(
            digest: try digest(row), host: RemoteHost(row["host"]), access: access, url: row["url"],
            byteCount: row["byteCount"], uploadedAt: Timestamp(milliseconds: row["uploadedAt"]), lifetime: lifetime,
            expiresAt: timestamp(row["expiresAt"]), expiry: expiry, checkedAt: timestamp(row["checkedAt"]),
            lostAt: timestamp(row["lostAt"]), source: source == nil ? nil : try digest(row, "source"),
            copy: (row["copy"] as String?).flatMap(UploadCopy.init(parsing:)), useCount: row["useCount"] ?? 0)
    }

    /// A run's columns, for `runs`.
    static let runs = """
        SELECT generation.*, model.text AS modelText, host.text AS hostText,
               coalesce(answeredSeed, askedSeed) AS seed, unit.text AS unitText, currency.text AS currencyText
        FROM generation JOIN word AS model ON model.id = generation.model JOIN word AS host ON host.id = generation.host
        LEFT JOIN word AS unit ON unit.id = billedUnit LEFT JOIN word AS currency ON currency.id = billedCurrency
        """

    static func run(_ row: Row, in db: Database) throws -> Run {
        guard let id = Run.ID(parsing: row["name"]), let state = Run.State(rawValue: row["state"])
        else { throw CatalogError.damaged("unreadable run") }
        let rowID: Int64 = row["id"]
        let references = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT blob.digest FROM generationInput JOIN blob ON blob.id = generationInput.asset
                    WHERE generation = ? ORDER BY position
                    """),
            arguments: [rowID]
        ).map { try digest($0) }
        let outputs = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT generationOutput.isFlagged, generationOutput.url, \(factColumns)
                    FROM generationOutput JOIN asset ON asset.id = generationOutput.asset
                    JOIN blob ON blob.id = asset.id
                    WHERE generation = ? ORDER BY position
                    """), arguments: [rowID]
        ).map { output in
            Run.Output(
                asset: try digest(output), facts: try facts(output), isFlagged: output["isFlagged"], url: output["url"])
        }
        let files = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT blob.digest, file.* FROM generationFile AS file JOIN blob ON blob.id = file.blob
                    WHERE generation = ? ORDER BY position
                    """),
            arguments: [rowID]
        ).map { file in
            Run.KeptFile(
                digest: try digest(file), fileExtension: file["fileExtension"], mediaType: file["mediaType"],
                byteCount: file["byteCount"], url: file["url"])
        }
        let drift = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT drift.*, blob.digest FROM generationDrift AS drift LEFT JOIN blob ON blob.id = drift.kept
                    WHERE generation = ? ORDER BY number
                    """),
            arguments: [rowID]
        ).compactMap { try Self.drift($0) }
        var request: RemoteRequest?
        if let requestID: String = row["requestID"] {
            request = RemoteRequest(
                id: requestID, statusURL: row["statusURL"], responseURL: row["responseURL"], cancelURL: row["cancelURL"]
            )
        }
        return Run(
            id: id, model: row["modelText"], prompt: row["prompt"], parameters: try value(row["parameters"]),
            references: try referenceSet(references), plannedSize: plannedSize(row),
            sending: references.isEmpty ? ReferenceSending() : try sending(rowID, in: db),
            terms: try (row["terms"] as String?).map(terms) ?? SubmitTerms(), state: state, request: request,
            host: RemoteHost(row["hostText"]), seed: seed(row["seed"]), reason: row["reason"],
            outputs: outputs, files: files, drift: drift, billing: billing(row),
            plannedAt: Timestamp(milliseconds: row["plannedAt"]),
            changedAt: timestamp(row["requestedAt"]) ?? Timestamp(milliseconds: row["changedAt"]),
            isBroughtHome: row["requestedAt"] != nil, marks: try Marks.read(generation: rowID, db),
            filing: try (row["filing"] as String?).map(filing) ?? Run.Filing())
    }

    private static func billing(_ row: Row) -> Run.Billing? {
        (row["billedUnits"] as Double?).map { units in
            Run.Billing(
                units: units, unitPrice: row["billedPrice"], unit: row["unitText"], currency: row["currencyText"])
        }
    }

    /// How a run's references are sent; nothing is written down when that is as usual.
    private static func sending(_ rowID: Int64, in db: Database) throws -> ReferenceSending {
        var sending = ReferenceSending()
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT copy, access, lifetime FROM plannedUpload WHERE generation = ? ORDER BY position"),
            arguments: [rowID])
        for row in rows {
            guard let access = UploadAccess(rawValue: row["access"]),
                let lifetime = UploadLifetime(parsing: row["lifetime"] as String)
            else { throw CatalogError.damaged("a planned upload with unknown access or lifetime") }
            (sending.access, sending.lifetime) = (access, lifetime)
            sending.copies.append((row["copy"] as String?).flatMap(UploadCopy.init(parsing:)))
        }
        return sending
    }

    /// The size that a run's plan expects; nil when it expects none.
    static func plannedSize(_ row: Row) -> PixelSize? {
        guard let width: Int = row["plannedWidth"], let height: Int = row["plannedHeight"] else { return nil }
        return PixelSize(width: width, height: height)
    }

    /// Nil for a kind that only a newer program knows.
    private static func drift(_ row: Row) throws -> Drift? {
        guard let kind = Drift.Kind(rawValue: row["kind"]) else { return nil }
        let kept: Int64? = row["kept"]
        return Drift(
            kind, position: row["position"], asked: row["asked"], got: row["got"],
            kept: try kept.map { _ in try digest(row) })
    }

    /// A seed as its column holds it: the same 64 bits, signed.
    static func column(_ seed: UInt64) -> Int64 { Int64(bitPattern: seed) }

    static func seed(_ column: Int64?) -> UInt64? { column.map(UInt64.init(bitPattern:)) }

    static func timestamp(_ column: Int64?) -> Timestamp? { column.map(Timestamp.init(milliseconds:)) }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func terms(_ json: String) throws -> SubmitTerms {
        do {
            return try JSONDecoder().decode(SubmitTerms.self, from: Data(json.utf8))
        } catch {
            throw CatalogError.damaged("unreadable terms of a run")
        }
    }

    private static func filing(_ json: String) throws -> Run.Filing {
        do { return try JSONDecoder().decode(Run.Filing.self, from: Data(json.utf8)) } catch {
            throw CatalogError.damaged("unreadable filing of a run")
        }
    }

    static func value(_ json: String) throws -> JSONValue {
        do {
            return try JSONValue(parsing: json)
        } catch {
            throw CatalogError.damaged("unreadable JSON of a run")
        }
    }

    static func arrival(_ json: String) throws -> JournalEntry.Arrived {
        do {
            return try JSONDecoder().decode(JournalEntry.Arrived.self, from: Data(json.utf8))
        } catch {
            throw CatalogError.damaged("unreadable arrival of a run")
        }
    }

    private static func referenceSet(_ members: [ContentDigest]) throws -> ReferenceSet {
        do { return try ReferenceSet(members) } catch { throw CatalogError.damaged("a reference stands twice") }
    }
}
