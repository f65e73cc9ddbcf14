import AssetLibrary
import AssetModel
import HTTPTypes
import LibraryJSON

/// One picture: what it is, what made it, what came of it.
extension GalleryAPI {
    static let pictureRoutes: [Route] = [
        Route(.get, "pictures/{id}") { api, request throws(LibraryError) in try await api.picture(request) },
        Route(.get, "lineage/{id}") { api, request throws(LibraryError) in try await api.lineage(request) },
        Route(.get, "history/{id}") { api, request throws(LibraryError) in try await api.history(request) },
        Route(.get, "similar/{id}") { api, request throws(LibraryError) in try await api.similar(request) },
        Route(.get, "diff") { api, request throws(LibraryError) in
            let (left, right) = (try request.required("a"), try request.required("b"))
            return .json(
                try await api.library.difference(Self.word(left), Self.word(right)).json)
        },
    ]

    /// The id of a picture or run as it stands in a path or a query: `RUN~3` for `RUN/3`.
    static func word(_ text: String) -> String {
        // A `~` in a name stays one: sets may be called `a~b`.
        guard !text.contains("/") else { return text }
        let slashed = text.replacing("~", with: "/")
        let isPicture = slashed.hasPrefix("@last/") || Run.ID.splitPicture(slashed.lowercased()) != nil
        return isPicture ? slashed : text
    }

    /// What an id means: a picture, and the run that it was named by or that made it.
    func subject(_ word: String) async throws(LibraryError) -> (asset: Asset?, run: Run?, position: Int?) {
        switch try await library.designation(word) {
        case .run(let id):
            let run = try await library.run(id)
            let asset = run?.outputs.first?.asset
            return (try await asset.asyncMap(library.asset) ?? nil, run, asset == nil ? nil : 0)
        case .asset(let digest):
            guard let asset = try await library.asset(digest) else { return (nil, nil, nil) }
            if let (named, number) = Run.ID.splitPicture(word.lowercased()),
                case .run(let id) = try await library.designation(named)
            {
                return (asset, try await library.run(id), number - 1)
            }
            for case .generated(let id, let position, _) in asset.origins {
                if let run = try await library.run(id) { return (asset, run, position) }
            }
            return (asset, nil, nil)
        }
    }

    private func picture(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let (asset, run, position) = try await subject(request.id)
        guard let asset else {
            throw LibraryError(.notFound, code: "no_picture", "\(request.id): this run has no images yet")
        }
        let uploads = try await library.uploads(UploadFilter(words: [asset.id.hex]))
        let siblings = run.map { run in
            run.outputs.enumerated().map { "\(run.id)/\($0.offset + 1)" }
        }
        return .json([
            "asset": .object(asset.json(in: library)),
            "run": try await run.asyncMap { (run) throws(LibraryError) in .object(try await json(run)) } ?? .null,
            "image": JSONValue(position.map { $0 + 1 }), "uploads": JSONValue(uploads.map(\.json)),
            "position_in_run": JSONValue(position), "siblings": JSONValue(siblings ?? []),
        ])
    }

    private func lineage(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        var extent = Lineage.Extent()
        extent.depth = try request.number("depth", in: 1...20, default: 4)
        extent.width = try request.number("width", in: 1...100, default: 12)
        let subject = try await library.designation(request.id)
        guard let lineage = try await library.lineage(of: subject, extent) else {
            throw LibraryError(.notFound, code: "unknown_id", "\(request.id): no image or run with this id")
        }
        return .json(lineage.json)
    }

    private func history(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let life = try await library.life(of: request.id)
        return .json(["events": JSONValue(life.events.map { $0.json(in: life) })])
    }

    private func similar(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let limit = try request.number("limit", in: 1...200, default: 40)
        guard let asset = try await subject(request.id).asset else {
            throw LibraryError(.notFound, code: "unknown_id", "\(request.id): no image with this id")
        }
        let found = try await library.lookalikes(of: asset.id, limit: limit)
        var items: [JSONObject] = []
        for lookalike in found {
            guard let other = try await library.asset(lookalike.asset) else { continue }
            items.append(
                other.json(in: library).adding([
                    "distance": JSONValue(lookalike.distance), "turned": JSONValue(lookalike.isTurned),
                ]))
        }
        return .json(["items": JSONValue(items)])
    }
}

extension Optional {
    /// What a closure makes of the value, if there is one.
    func asyncMap<R>(_ transform: (Wrapped) async throws(LibraryError) -> R) async throws(LibraryError) -> R? {
        guard let self else { return nil }
        return try await transform(self)
    }
}
