package import AssetLibrary
package import AssetModel

extension CuratingAction {
    /// `id verb details at image_count run_count set_count undone here replica`.
    package var json: JSONObject {
        [
            "id": JSONValue(id.text), "verb": JSONValue(verb), "details": JSONValue(details), "at": JSONValue(at),
            "image_count": JSONValue(imageCount), "run_count": JSONValue(runCount), "set_count": JSONValue(setCount),
            "undone": JSONValue(isUndone), "here": JSONValue(isHere), "replica": JSONValue(replica),
        ]
    }
}

extension UndoOutcome {
    /// `action redo undo image_count run_count set_count changed_since gone`: `undo` is the id of the action that was written.
    package var json: JSONObject {
        [
            "action": .object(action.json), "redo": JSONValue(isRedo), "undo": JSONValue(undo?.text),
            "image_count": JSONValue(imageCount), "run_count": JSONValue(runCount), "set_count": JSONValue(setCount),
            "changed_since": JSONValue(changedCount), "gone": JSONValue(goneCount),
        ]
    }
}

extension LifeEvent {
    /// `event at action verb undoes replica here path run position model url tags set count field value request_id reason`: null
    /// where it does not concern the event.
    package func json(in life: Life) -> JSONObject {
        var object: JSONObject = [
            "at": JSONValue(at), "action": JSONValue(action?.text), "verb": JSONValue(verb.isEmpty ? nil : verb),
            "undoes": JSONValue(undoes?.text), "replica": JSONValue(replica),
            "here": JSONValue(!life.isElsewhere(self)),
        ]
        for key in [
            "path", "run", "position", "model", "url", "tags", "set", "count", "field", "value", "request_id", "reason",
        ] {
            object[key] = .null
        }
        func tell(_ event: String, _ more: JSONObject = [:]) {
            object["event"] = .string(event)
            object = object.adding(more)
        }
        switch what {
        case .imported(let path): tell("imported", .path(path))
        case .made(let run, let position): tell("made", ["run": JSONValue(run), "position": JSONValue(position)])
        case .referenced(let run, let model): tell("referenced", ["run": JSONValue(run), "model": JSONValue(model)])
        case .uploaded(let url): tell("uploaded", ["url": JSONValue(url)])
        case .tagged(let tags): tell("tagged", ["tags": JSONValue(tags)])
        case .untagged(let tags): tell("untagged", ["tags": JSONValue(tags)])
        case .joined(let set, let count): tell("joined", ["set": JSONValue(set), "count": JSONValue(count)])
        case .left(let set, let count): tell("left", ["set": JSONValue(set), "count": JSONValue(count)])
        case .created(let set): tell("set_created", ["set": JSONValue(set)])
        case .arranged(let set): tell("set_arranged", ["set": JSONValue(set)])
        case .deleted(let set): tell("set_deleted", ["set": JSONValue(set)])
        case .marked(let field, let value, let set):
            tell(
                "marked",
                ["field": JSONValue(field.rawValue), "value": JSONValue(value), "set": JSONValue(set)])
        case .planned(let model): tell("planned", ["model": JSONValue(model)])
        case .sent: tell("sent")
        case .submitted(let request): tell("submitted", ["request_id": JSONValue(request)])
        case .finished(let count): tell("finished", ["count": JSONValue(count)])
        case .failed(let reason): tell("failed", ["reason": JSONValue(reason)])
        case .cancelled: tell("cancelled")
        }
        return object
    }
}
