import AssetCatalog
import AssetModel
import AssetStore
import Files
import Foundation
import ImageRendering

/// Draws pictures small, out of their bytes, and keeps what came of it beside the catalog.
struct PictureDrawer: Sendable {
    let history: History
    let store: BlobStore
    let renditions: RenditionStore
    let appearance: AppearanceStore
    let desk: DrawingDesk

    /// How many assets are read from the catalog at once.
    private static let chunkCount = 256

    // MARK: - One that is asked for

    func thumbnail(of asset: ContentDigest, side: Int) async throws -> Thumbnail {
        guard side <= Thumbnailer.side else { return try await preview(of: asset) }
        let size: AppearanceStore.Size = side <= Thumbnailer.smallSide ? .small : .large
        if let kept = try appearance.thumbnail(of: asset, size) { return Thumbnail(kept) }
        let problem = try appearance.drawings(of: [asset])[asset]?.problem
        // Bytes that were missing may have come back; all else stays as it was.
        if let problem, problem != Appearance.Problem.missingBlob.rawValue { throw Self.error(problem, asset) }
        let found = try await self.asset(asset)
        let drawn = try await desk.draw(.init(asset: asset, isPreview: false), .request) { try draw(found) }
        if let problem = drawn.problem { throw Self.error(problem, asset) }
        guard let thumbnail = drawn.thumbnails[size.rawValue] ?? drawn.thumbnails[Thumbnailer.side] else {
            throw Self.error("damaged", asset)
        }
        return thumbnail
    }

    private func preview(of digest: ContentDigest) async throws -> Thumbnail {
        let asset = try await asset(digest)
        let drawn = try await desk.draw(.init(asset: digest, isPreview: true), .request) { try drawPreview(of: asset) }
        if let problem = drawn.problem { throw Self.error(problem, digest) }
        guard let thumbnail = drawn.thumbnails[Thumbnailer.previewSide] else { throw Self.error("damaged", digest) }
        return thumbnail
    }

    private func asset(_ digest: ContentDigest) async throws -> Asset {
        guard let asset = try await history.catalog.asset(digest) else { throw LibraryError.unknownAsset(digest) }
        return asset
    }

    // MARK: - Many

    /// Assets of the library that were not drawn yet, oldest first. Cost: when there are none, a count of either side.
    func undrawn() async throws -> [ContentDigest] {
        guard try await history.catalog.pictureCount() != appearance.drawnCount() else { return [] }
        return try appearance.undrawn(of: try await history.catalog.pictures())
    }

    /// Draws what was not drawn yet, in the order given.
    func make(
        of assets: [ContentDigest], onProgress: @escaping @Sendable (WorkProgress) -> Void
    ) async throws -> ThumbnailSummary {
        let missing = try appearance.undrawn(of: assets.uniqued())
        var summary = ThumbnailSummary(knownCount: assets.count - missing.count)
        for chunk in missing.chunked(by: Self.chunkCount) {
            try Task.checkCancellation()
            let known = try await history.catalog.assets(chunk)
            // One more than are drawn at once, so that no thread waits for the next.
            try await inParallel(chunk.compactMap { known[$0] }, width: desk.width + 1) { asset in
                let key = DrawingDesk.Key(asset: asset.id, isPreview: false)
                return (asset.id, try await desk.draw(key, .background) { try draw(asset) }.problem)
            } onResult: { digest, problem in
                if let problem {
                    summary.failures[digest] = Appearance.Problem(rawValue: problem) ?? .damaged
                } else {
                    summary.madeCount += 1
                }
                onProgress(
                    WorkProgress(
                        done: summary.madeCount + summary.failures.count, total: missing.count, current: digest.short))
                return true
            }
        }
        return summary
    }

    // MARK: - Drawing

    /// Draws one picture and keeps what came of it. Errors: what may be otherwise the next time, as when memory ran out.
    private func draw(_ asset: Asset) throws -> DrawingDesk.Drawn {
        let needsFingerprint = try appearance.missing(of: [asset.id]).isEmpty == false
        do {
            guard store.contains(asset.id, fileExtension: asset.facts.format.fileExtension) else {
                throw Obstacle(problem: .missingBlob, fingerprint: Appearance.Problem.missingBlob.rawValue)
            }
            let path = store.path(of: asset.id, asset.facts.format)
            let look = try Self.look(ofFileAt: path, asset.facts)
            let drawing = AppearanceStore.Drawing(
                placeholder: look.placeholder.bytes, colours: look.colours, isAnimated: asset.facts.frameCount > 1,
                isPartial: look.isPartial)
            var made: [Int: Thumbnail] = [:]
            for (side, rendition) in [
                (Thumbnailer.side, look.large), (Thumbnailer.smallSide, look.small ?? look.large),
            ] {
                made[side] = Thumbnail(rendition, isPartial: look.isPartial, isAnimated: drawing.isAnimated)
            }
            // One that is no larger than the small size is kept once, as that.
            let kept = made.filter { look.small != nil || $0.key == Thumbnailer.smallSide }.compactMap {
                side, thumbnail in
                AppearanceStore.Size(rawValue: side).map { ($0, thumbnail.mediaType, thumbnail.bytes) }
            }
            let fingerprint: AppearanceStore.Look =
                look.fingerprint.map { .fingerprint($0) } ?? .none(FingerprintSummary.blank)
            keep(drawing, kept, needsFingerprint ? fingerprint : nil, asset.id)
            return DrawingDesk.Drawn(thumbnails: made)
        } catch let obstacle as Obstacle {
            let fingerprint: AppearanceStore.Look? = needsFingerprint ? .none(obstacle.fingerprint) : nil
            keep(.init(problem: obstacle.problem.rawValue), [], fingerprint, asset.id)
            return DrawingDesk.Drawn(problem: obstacle.problem.rawValue)
        }
    }

    /// What keeps a picture from being seen, now and the next time.
    private struct Obstacle: Error {
        let problem: Appearance.Problem
        /// The same as a fingerprint's reason calls it.
        let fingerprint: String
    }

    private static func look(ofFileAt path: String, _ facts: ImageFacts) throws -> Thumbnailer.Look {
        do throws(RenderingError) {
            return try Thumbnailer().look(ofFileAt: path, facts)
        } catch {
            throw lasting(error) ?? error
        }
    }

    private static func lasting(_ error: RenderingError) -> (any Error)? {
        switch error {
        case .unsupported, .sideTooLong, .badSetting: Obstacle(problem: .unsupported, fingerprint: error.code)
        case .damaged: Obstacle(problem: .damaged, fingerprint: error.code)
        case .tooManyPixels, .tooLargeToHold: Obstacle(problem: .tooManyPixels, fingerprint: error.code)
        case .outOfMemory, .unreadable: nil
        }
    }

    /// Keeps it. Where that fails it was drawn all the same, and is drawn again the next time.
    private func keep(
        _ drawing: AppearanceStore.Drawing,
        _ thumbnails: [(size: AppearanceStore.Size, mediaType: String, bytes: [UInt8])],
        _ fingerprint: AppearanceStore.Look?, _ asset: ContentDigest
    ) {
        try? appearance.keep(drawing, thumbnails, fingerprint: fingerprint, of: asset)
    }

    /// The original where it can be shown, else a preview, which is kept as a file of its own.
    private func drawPreview(of asset: Asset) throws -> DrawingDesk.Drawn {
        let facts = asset.facts
        guard store.contains(asset.id, fileExtension: facts.format.fileExtension) else {
            return DrawingDesk.Drawn(problem: Appearance.Problem.missingBlob.rawValue)
        }
        let path = store.path(of: asset.id, facts.format)
        let isAnimated = facts.frameCount > 1
        func drawn(_ mediaType: String, _ bytes: [UInt8], isPartial: Bool = false) -> DrawingDesk.Drawn {
            DrawingDesk.Drawn(
                thumbnails: [
                    Thumbnailer.previewSide: Thumbnail(
                        mediaType: mediaType, bytes: bytes, isPartial: isPartial, isAnimated: isAnimated)
                ])
        }
        if Thumbnail.isOriginal(facts, side: Thumbnailer.previewSide) {
            return drawn(facts.format.mediaType, try Self.bytes(ofFileAt: path))
        }
        let name = "preview-\(Thumbnailer.version)"
        for format in [ImageFormat.jpeg, .webp] {
            let kept = renditions.path(of: asset.id, name, fileExtension: format.fileExtension)
            if Path.exists(kept), let bytes = try? Self.bytes(ofFileAt: kept), !bytes.isEmpty {
                return drawn(format.mediaType, bytes)
            }
        }
        do throws(RenderingError) {
            let (rendition, isPartial) = try Thumbnailer().preview(ofFileAt: path, facts)
            if !isPartial {
                // Where it cannot be kept it was made all the same.
                try? renditions.put(
                    rendition.bytes, of: asset.id, name, fileExtension: rendition.format.fileExtension)
            }
            return drawn(rendition.format.mediaType, rendition.bytes, isPartial: isPartial)
        } catch {
            guard let obstacle = Self.lasting(error) as? Obstacle else { throw error }
            return DrawingDesk.Drawn(problem: obstacle.problem.rawValue)
        }
    }

    private static func bytes(ofFileAt path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe))
    }

    private static func error(_ problem: String, _ asset: ContentDigest) -> LibraryError {
        let (category, reason): (LibraryError.Category, String) =
            switch Appearance.Problem(rawValue: problem) {
            case .missingBlob: (.damaged, "its bytes are missing")
            case .unsupported: (.invalidInput, "it is of a kind that cannot be decoded")
            case .tooManyPixels: (.invalidInput, "it has too many pixels")
            case .damaged, nil: (.damaged, "its bytes are damaged")
            }
        return LibraryError(category, code: problem, "\(asset.short): nothing of it can be shown: \(reason)")
    }
}

extension Thumbnail {
    fileprivate init(_ stored: AppearanceStore.StoredThumbnail) {
        self.init(
            mediaType: stored.mediaType, bytes: stored.bytes, isPartial: stored.isPartial, isAnimated: stored.isAnimated
        )
    }

    fileprivate init(_ rendition: Thumbnailer.Rendition, isPartial: Bool, isAnimated: Bool) {
        self.init(
            mediaType: rendition.format.mediaType, bytes: rendition.bytes, isPartial: isPartial, isAnimated: isAnimated)
    }
}
