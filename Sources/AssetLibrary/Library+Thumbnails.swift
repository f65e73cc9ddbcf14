import AssetCatalog
public import AssetModel
import AssetStore
import ImageRendering

extension Library {
    /// A picture at most 256, 512 or 2048 pixels long on its longer side, upright; another number is taken for the next of these.
    ///
    /// What is not kept yet is made, 256 and 512 at once, on threads of the library's own, a processor each; two who ask for one picture get it
    /// from one decoding, and what no one waits for any more is not begun. 2048 is not kept in the database; where the original is no larger
    /// and browsers show it, it is the original (`Thumbnail.isOriginal`).
    ///
    /// Errors: no such asset; `missing_blob`, `damaged`, `unsupported` or `too_many_pixels` as the code, when nothing can be shown. Cost: 20 µs when
    /// it is kept; else a decoding.
    @concurrent
    public func thumbnail(of asset: ContentDigest, side: Int) async throws(LibraryError) -> Thumbnail {
        try await inLibraryWords { try await drawer.thumbnail(of: asset, side: side) }
    }

    /// What stands in the place of pictures until they are there: placeholder, colours and problems. Those that were not drawn yet are left out.
    ///
    /// Reads only. Cost: 3 µs each.
    @concurrent
    public func appearances(
        of assets: [ContentDigest]
    ) async throws(LibraryError) -> [ContentDigest: Appearance] {
        try await inLibraryWords {
            try appearance.drawings(of: assets).mapValues { drawing in
                Appearance(
                    placeholder: drawing.placeholder, colours: drawing.colours, isAnimated: drawing.isAnimated,
                    isPartial: drawing.isPartial,
                    problem: drawing.problem.map { Appearance.Problem(rawValue: $0) ?? .damaged })
            }
        }
    }

    /// Makes thumbnails, placeholders, colours and fingerprints of some assets, or of all that have none, the newest first, each from one
    /// decoding.
    ///
    /// Lets everything else go first: it begins nothing while someone waits for a thumbnail, and its threads take what others leave of the
    /// processors. Each picture is kept once it is made, so an interruption loses nothing. Pictures that cannot be decoded are counted with the
    /// reason. Cost: what is known already costs microseconds.
    @concurrent @discardableResult
    public func makeThumbnails(
        of assets: [ContentDigest]? = nil, onProgress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> ThumbnailSummary {
        try await inLibraryWords {
            let wanted: [ContentDigest]
            if let assets { wanted = assets } else { wanted = try await drawer.undrawn() }
            return try await drawer.make(of: wanted.reversed(), onProgress: onProgress)
        }
    }

    var drawer: PictureDrawer {
        PictureDrawer(
            history: history, store: store, renditions: renditions, appearance: appearance, desk: drawing)
    }
}
