package import AssetLibrary
import AssetModel

extension RunPlan {
    /// `model prompt rule width height reasons references megapixels estimated_price_usd unit_price unit currency priced_at price_source
    /// warnings seed input submit`; null is what is not known: a size where the endpoint is not described, a price that is not on record. `input` is fal's own, to the letter.
    package var json: JSONObject {
        let size = estimate?.size
        return [
            "model": JSONValue(request.model), "prompt": JSONValue(request.prompt),
            "rule": JSONValue(size?.rule.rawValue), "width": JSONValue(size?.output.width),
            "height": JSONValue(size?.output.height), "reasons": JSONValue(size?.reasons.map(\.description) ?? []),
            "references": JSONValue(references.map(\.json)), "megapixels": JSONValue(estimate?.megapixels),
            "estimated_price_usd": JSONValue(cost), "warnings": JSONValue(warnings.map(\.description)),
            "seed": JSONValue(seed: request.seed), "input": input, "submit": .object(request.terms.json),
        ].adding(UnitPrice.json(price))
    }
}

extension RunPlan.Reference {
    /// `digest path places width height orientation upright copy changes alpha background sent_width sent_height seen_width seen_height cropped_share upload
    /// url upload_bytes upload_bytes_exact`; `changes` says what is done to it, for people, `alpha` is `none`, `sent` or `flattened`, then on
    /// `background` (`#rrggbb`, else null); null is what is not known about an endpoint that is not described.
    package var json: JSONObject {
        [
            "digest": JSONValue(picture.asset), "path": JSONValue(picture.path), "places": JSONValue(places),
            "width": JSONValue(picture.facts.storedSize.width), "height": JSONValue(picture.facts.storedSize.height),
            "orientation": JSONValue(picture.facts.orientation.rawValue), "upright": JSONValue(isUpright),
            "copy": JSONValue(copy?.description), "changes": JSONValue(changes),
            "alpha": JSONValue(!picture.facts.hasAlpha ? "none" : sendsAlpha ? "sent" : "flattened"),
            "background": JSONValue(copy?.background.map { "#\($0.hex)" }), "sent_width": JSONValue(view?.stored.width),
            "sent_height": JSONValue(view?.stored.height), "seen_width": JSONValue(view?.seen.width),
            "seen_height": JSONValue(view?.seen.height), "cropped_share": JSONValue(view?.croppedShare),
            "upload": JSONValue(reusedURL == nil ? "send" : "reuse"), "url": JSONValue(reusedURL),
            "upload_bytes": .integer(uploadByteCount), "upload_bytes_exact": JSONValue(isByteCountExact),
        ]
    }
}

extension SizeCandidate {
    /// `width height rule planned megapixels estimated_price_usd outside_share references`.
    package var json: JSONObject {
        [
            "width": JSONValue(size.width), "height": JSONValue(size.height), "rule": JSONValue(rule.rawValue),
            "planned": JSONValue(isPlanned), "megapixels": JSONValue(megapixels),
            "estimated_price_usd": JSONValue(estimatedPrice), "outside_share": JSONValue(outsideShare),
            "references": JSONValue(
                references.map { reference in
                    [
                        "digest": JSONValue(reference.asset), "outside_share": JSONValue(reference.outsideShare),
                        "cropped_share": JSONValue(reference.croppedShare),
                        "seen_width": JSONValue(reference.seen.width), "seen_height": JSONValue(reference.seen.height),
                    ] as JSONObject
                }),
        ]
    }
}

extension SweepPlan.Item {
    /// `kind step id prompt seed estimated_price_usd`; `kind` is `run`, `step` one of `send collect unknown
    /// already_in_library`.
    package var json: JSONObject {
        let (step, id, prompt, seed): (String, Run.ID?, String, UInt64?) =
            switch self {
            case .send(let plan): ("send", nil, plan.request.prompt, plan.request.seed)
            case .sendPlanned(let run, _): ("send", run.id, run.prompt, run.seed)
            case .collect(let run): ("collect", run.id, run.prompt, run.seed)
            case .unknown(let run): ("unknown", run.id, run.prompt, run.seed)
            case .finished(let run): ("already_in_library", run.id, run.prompt, run.seed)
            }
        return [
            "kind": JSONValue("run"), "step": JSONValue(step), "id": JSONValue(id), "prompt": JSONValue(prompt),
            "seed": JSONValue(seed: seed), "estimated_price_usd": JSONValue(estimatedPrice),
        ]
    }
}

extension SweepPlan {
    /// `kind count to_send estimated_price_usd priced_at within_budget`; `kind` is `sweep`.
    package func json(within budget: Double?) -> JSONObject {
        [
            "kind": JSONValue("sweep"), "count": JSONValue(items.count),
            "to_send": JSONValue(items.count(where: \.isToBeSent)),
            "estimated_price_usd": JSONValue(estimatedPrice), "priced_at": JSONValue(pricedAt),
            "within_budget": JSONValue(affordableCount(within: budget)),
        ]
    }
}
