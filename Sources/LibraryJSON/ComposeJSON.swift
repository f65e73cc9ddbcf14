package import AssetLibrary
package import AssetModel

extension EditModel {
    /// `id summary takes_references needs_references default_for fields output_formats steps guidance images price`; `default_for` is
    /// `references`, `text` or null: where it is the one to use when none is named.
    package var json: JSONObject {
        [
            "id": JSONValue(id), "summary": JSONValue(summary), "takes_references": JSONValue(true),
            "needs_references": JSONValue(needsReferences), "max_references": .null,
            "default_for": JSONValue(
                id == EditModels.defaultForEdits ? "references" : id == EditModels.defaultForText ? "text" : nil),
            "fields": JSONValue(RunRequest.parameterNames),
            "output_formats": JSONValue(outputFormats.map(\.rawValue)),
            "steps": .array([JSONValue(steps.lowerBound), JSONValue(steps.upperBound)]),
            "guidance": .array([JSONValue(guidance.lowerBound), JSONValue(guidance.upperBound)]),
            "images": .array([JSONValue(imageCount.lowerBound), JSONValue(imageCount.upperBound)]),
            "price": .object(UnitPrice.json(price)),
        ]
    }
}

extension RunRequest {
    /// The request as a form holds it: `model prompt references parameters sending into_set tags`. References are digests; the seed is
    /// text; `sending` has `shrink as_is background expires private`.
    package func composeJSON(_ filing: Run.Filing) -> JSONObject {
        var fields: JSONObject = [:]
        if case .object(let members) = parameters { fields = members }
        if let seed { fields["seed"] = JSONValue(seed: seed) }
        return [
            "model": JSONValue(model), "prompt": JSONValue(prompt),
            "references": JSONValue(references.map(\.asset.hex)), "parameters": .object(fields),
            "sending": .object([
                "shrink": JSONValue(sending.shrink), "as_is": JSONValue(sending.asIs),
                "background": JSONValue(sending.background.map { "#\($0.hex)" }),
                "expires": JSONValue(sending.lifetime == .accountDefault ? nil : sending.lifetime.description),
                "private": JSONValue(sending.access == .privateLink),
            ]),
            "into_set": JSONValue(filing.set), "tags": JSONValue(filing.tags),
        ]
    }
}

extension RunProgress {
    /// `kind`, one of `planned reused uploading waiting uploaded renewed renewing submitted queued running log downloading`, and what belongs to it of
    /// `asset sent of position count text request_id`.
    package var json: JSONObject {
        func object(_ kind: String, _ more: JSONObject = [:]) -> JSONObject {
            ["kind": JSONValue(kind)].adding(more)
        }
        return switch self {
        case .planned: object("planned")
        case .reused(let asset): object("reused", ["asset": JSONValue(asset)])
        case .uploading(let asset, let sent, let total):
            object("uploading", ["asset": JSONValue(asset), "sent": .integer(sent), "of": .integer(total)])
        case .waitingForUpload(let asset): object("waiting", ["asset": JSONValue(asset)])
        case .uploaded(let asset): object("uploaded", ["asset": JSONValue(asset)])
        case .renewed(let asset): object("renewed", ["asset": JSONValue(asset)])
        case .renewing: object("renewing")
        case .submitted(let request): object("submitted", ["request_id": JSONValue(request)])
        case .queued(let position): object("queued", ["position": JSONValue(position)])
        case .running: object("running")
        case .log(let text): object("log", ["text": JSONValue(text)])
        case .downloading(let position, let count):
            object("downloading", ["position": JSONValue(position), "count": JSONValue(count)])
        }
    }
}
