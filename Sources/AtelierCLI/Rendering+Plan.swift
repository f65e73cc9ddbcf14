import AssetLibrary
import AssetModel

/// The objects of plans and uploads.
extension Rendering {
    static func upload(_ upload: Upload) -> [String: JSONValue] {
        [
            "digest": .string(upload.digest.hex), "url": .string(upload.url), "host": .string(upload.host.name),
            "access": .string(upload.access.rawValue), "byte_count": .integer(upload.byteCount),
            "uploaded_at": .string(upload.uploadedAt.description), "lifetime": .string(upload.lifetime.description),
            "expires_at": text(upload.expiresAt?.description), "expiry": .string(upload.expiry.rawValue),
            "checked_at": text(upload.checkedAt?.description), "lost_at": text(upload.lostAt?.description),
            "asset": .string(upload.asset.hex), "copy": text(upload.copy?.description),
            "used": .integer(Int64(upload.useCount)),
        ]
    }

    static func plan(_ plan: EditPlan) -> JSONValue {
        .object([
            "model": .string(plan.request.model), "prompt": .string(plan.request.prompt),
            "rule": .string(plan.size.rule.rawValue), "width": .integer(Int64(plan.size.output.width)),
            "height": .integer(Int64(plan.size.output.height)),
            "reasons": .array(plan.size.reasons.map { .string($0.description) }),
            "references": .array(plan.references.map(reference)),
            "megapixels": .number(plan.megapixels), "estimated_price_usd": .number(plan.estimatedPrice),
            "priced_at": .string(plan.pricedAt), "price_source": .string(plan.priceSource),
            "warnings": .array(plan.warnings.map(JSONValue.string)),
            "seed": seed(plan.request.seed), "input": plan.input, "submit": terms(plan.request.terms),
        ])
    }

    /// The keys of an edit's plan, as far as they can be told of any endpoint; the others are null.
    static func plan(_ plan: RunPlan) -> JSONValue {
        let references = plan.references.map { reference -> JSONValue in
            let facts = reference.picture.facts
            return .object([
                "digest": .string(reference.picture.asset.hex), "path": text(reference.picture.path),
                "places": .array(reference.places.map(JSONValue.string)),
                "width": .integer(Int64(facts.storedSize.width)), "height": .integer(Int64(facts.storedSize.height)),
                "orientation": .integer(Int64(facts.orientation.rawValue)),
                "copy": text(reference.copy?.description),
                "upload": .string(reference.reusedURL == nil ? "send" : "reuse"), "url": text(reference.reusedURL),
                "upload_bytes": .integer(reference.uploadByteCount),
                "upload_bytes_exact": .bool(reference.isByteCountExact),
            ])
        }
        return .object([
            "model": .string(plan.request.endpoint), "prompt": .string(plan.request.prompt), "rule": .null,
            "width": .null, "height": .null, "reasons": .array([]), "references": .array(references),
            "megapixels": .null, "estimated_price_usd": .null, "priced_at": .null, "price_source": .null,
            "warnings": .array(plan.warnings.map(JSONValue.string)), "seed": seed(plan.request.seed),
            "input": plan.input, "submit": terms(plan.request.terms),
        ])
    }

    private static func reference(_ reference: EditPlan.Reference) -> JSONValue {
        let (facts, view) = (reference.picture.facts, reference.view)
        return .object([
            "digest": .string(reference.picture.asset.hex), "path": text(reference.picture.path),
            "width": .integer(Int64(facts.storedSize.width)), "height": .integer(Int64(facts.storedSize.height)),
            "orientation": .integer(Int64(facts.orientation.rawValue)), "upright": .bool(reference.isUpright),
            "copy": text(reference.copy?.description), "sent_width": .integer(Int64(view.stored.width)),
            "sent_height": .integer(Int64(view.stored.height)), "seen_width": .integer(Int64(view.seen.width)),
            "seen_height": .integer(Int64(view.seen.height)), "cropped_share": .number(view.croppedShare),
            "upload": .string(reference.reusedURL == nil ? "send" : "reuse"), "url": text(reference.reusedURL),
            "upload_bytes": .integer(reference.uploadByteCount),
            "upload_bytes_exact": .bool(reference.isByteCountExact),
        ])
    }

    static func candidate(_ candidate: SizeCandidate) -> JSONValue {
        .object([
            "width": .integer(Int64(candidate.size.width)), "height": .integer(Int64(candidate.size.height)),
            "rule": .string(candidate.rule.rawValue), "planned": .bool(candidate.isPlanned),
            "megapixels": .number(candidate.megapixels), "estimated_price_usd": .number(candidate.estimatedPrice),
            "outside_share": .number(candidate.outsideShare),
            "references": .array(
                candidate.references.map { reference in
                    .object([
                        "digest": .string(reference.asset.hex), "outside_share": .number(reference.outsideShare),
                        "cropped_share": .number(reference.croppedShare),
                        "seen_width": .integer(Int64(reference.seen.width)),
                        "seen_height": .integer(Int64(reference.seen.height)),
                    ])
                }),
        ])
    }
}
