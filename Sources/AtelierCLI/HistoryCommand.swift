import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what happened to an image, a run or a set.",
        discussion: """
            Oldest first: where an image came from, the runs that made or used it, uploads, tags and sets, with the id of each change, which `atelier undo` takes.

            Examples:
              atelier history ab12
              atelier history @mugs --json
            """)

    @Argument(help: "An id, the unique prefix of one, or @set; also a deleted set.")
    var id: String

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await libraryOptions.withLibrary { library in
            let life = try await library.life(of: id)
            for event in life.events { try outputs.output.item(event.json(in: life), Self.line(event, life)) }
        }
    }

    private static func line(_ event: LifeEvent, _ life: Life) -> String {
        var text = "\(Phrase.time(event.at))  \(Phrase.oneLine(words(event, life.subject), 200))"
        if event.undoes != nil, !event.verb.isEmpty { text += ", \(event.verb)" }
        if let action = event.action { text += "  \(action.short)" }
        if life.isElsewhere(event) { text += "  (another machine, \(event.replica?.suffix(8) ?? ""))" }
        return text
    }

    private static func mark(_ field: MarkField, _ value: String?, _ set: String?) -> String {
        switch field {
        case .rating: value.map { "rated \($0)" } ?? "rating removed"
        case .favourite: value == nil ? "no longer a favourite" : "made a favourite"
        case .trashed: value == nil ? "taken out of the trash" : "put in the trash"
        case .title, .note: value.map { "\(field.rawValue) “\($0)”" } ?? "\(field.rawValue) removed"
        case .query: value.map { "@\(set ?? "") is what “\($0)” finds" } ?? "@\(set ?? "") has no query any more"
        case .cover: value.map { "@\(set ?? "") has \($0.prefix(12)) as its cover" } ?? "@\(set ?? "") has no cover"
        case .role: value.map { "“\($0)” in @\(set ?? "")" } ?? "no role in @\(set ?? "")"
        }
    }

    private static func words(_ event: LifeEvent, _ subject: Life.Subject) -> String {
        func images(_ count: Int) -> String {
            if case .set = subject { Phrase.count(count, "image") + " " } else { "" }
        }
        return switch event.what {
        case .imported(let path): "imported from \(path)"
        case .made(let run, let position): "made by \(run), image \(position + 1)"
        case .referenced(let run, let model): "reference of \(run), \(model)"
        case .uploaded(let url): "uploaded to \(url)"
        case .tagged(let tags): "tagged \(tags.joined(separator: ", "))"
        case .untagged(let tags): "untagged \(tags.joined(separator: ", "))"
        case .joined(let set, let count): "\(images(count))added to @\(set)"
        case .left(let set, let count): "\(images(count))removed from @\(set)"
        case .created(let set): "@\(set) created"
        case .arranged(let set): "@\(set) put in another order"
        // A set that was renamed or merged goes on under another name.
        case .deleted(let set) where event.verb == "set rename": "@\(set) renamed"
        case .deleted(let set): "@\(set) deleted"
        case .marked(let field, let value, let set): mark(field, value, set)
        case .planned(let model): "planned, \(model)"
        case .sent: "sent"
        case .submitted(let request): "submitted, request \(request)"
        case .finished(let count): "finished, \(Phrase.count(count, "image"))"
        case .failed(let reason): "failed: \(reason)"
        case .cancelled: "cancelled"
        }
    }
}
