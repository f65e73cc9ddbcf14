import AssetCatalog
public import AssetModel
import AssetStore
import Foundation
import ImageRendering

extension Library {
    /// A grid of pictures with captions as the bytes of a PNG: under each its seed and size, and the first words of its prompt or its name.
    ///
    /// A picture that is missing or cannot be decoded is an empty frame with its caption. Cost: decoding each, several at a time. Errors:
    /// none found, and more than `mostOnSheet`.
    public func contactSheet(
        of hits: [SearchHit], title: String, width: Int = 1600, rowHeight: Int = 240,
        onProgress: @escaping @Sendable (WorkProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> [UInt8] {
        guard !hits.isEmpty else {
            throw LibraryError(.notFound, code: "nothing_found", "there is no picture to put on a sheet")
        }
        guard hits.count <= Self.mostOnSheet else {
            throw LibraryError(
                .invalidInput, code: "too_many_pictures",
                "a sheet holds at most \(Self.mostOnSheet) pictures, not \(hits.count)")
        }
        let sheet = ContactSheet(width: width, rowHeight: rowHeight)
        return try await inLibraryWords {
            var cells: [Int: ContactSheet.Cell] = [:]
            try await inParallel(
                Array(hits.enumerated()), width: ProcessInfo.processInfo.activeProcessorCount
            ) { index, hit in
                try Task.checkCancellation()
                return (index, await cell(hit, rowHeight))
            } onResult: { index, cell in
                cells[index] = cell
                onProgress(WorkProgress(done: cells.count, total: hits.count, current: hits[index].asset.short))
                return true
            }
            let bitmap = try sheet.draw(hits.indices.compactMap { cells[$0] }, title: title)
            return try ImageEncoder(.png(level: 6)).encode(bitmap, isOpaque: true)
        }
    }

    /// How many pictures a sheet holds at most: more make a picture that few programs open.
    public static let mostOnSheet = 1000

    /// How a terminal takes pictures.
    public enum TerminalForm: Hashable, Sendable {
        /// A PNG, for terminals that take files.
        case png
        /// Sixels, the whole escape sequence.
        case sixel
    }

    /// One picture made to fit a terminal, nothing enlarged. Nil for one that is missing or cannot be decoded.
    public func terminalPicture(
        of asset: ContentDigest, _ form: TerminalForm, maximumWidth: Int, maximumHeight: Int
    ) async throws(LibraryError) -> [UInt8]? {
        try await inLibraryWords {
            guard let asset = try await history.catalog.assets([asset])[asset] else { return nil }
            let size = asset.facts.displaySize
            let scale = min(
                1, Double(maximumWidth) / Double(size.width), Double(maximumHeight) / Double(size.height))
            let side = max(1, Int(Double(max(size.width, size.height)) * scale))
            guard let bitmap = await decoded(asset, side: side) else { return nil }
            switch form {
            case .png: return try ImageEncoder(.png(level: 2)).encode(bitmap)
            case .sixel: return SixelEncoder().encode(bitmap)
            }
        }
    }

    @concurrent
    private func cell(_ hit: SearchHit, _ rowHeight: Int) async -> ContactSheet.Cell {
        let size = hit.facts.displaySize
        let ratio = Double(size.width) / Double(size.height)
        // A row can be up to half as high again as it is meant to be.
        let side = Int(Double(rowHeight) * 1.5 * max(1, min(4, ratio)))
        let asset = try? await history.catalog.assets([hit.asset])[hit.asset]
        let facts = (hit.seed.map { "seed \($0) · " } ?? "") + "\(size)"
        var picture: Bitmap?
        if let asset { picture = await decoded(asset, side: side) }
        return ContactSheet.Cell(
            picture: picture, ratio: ratio,
            caption: (
                picture == nil ? "cannot be shown · \(size)" : facts,
                hit.title ?? hit.prompt ?? hit.name ?? hit.asset.short
            ))
    }

    /// A picture as it is seen, in sRGB; nil for one that is missing or cannot be decoded.
    @concurrent
    private func decoded(_ asset: Asset, side: Int) async -> Bitmap? {
        guard store.contains(asset.id, fileExtension: asset.facts.format.fileExtension) else { return nil }
        return try? ImageDecoder(heldLimit: 1 << 26, colour: .sRGB, acceptsPartial: true).decode(
            fileAt: store.path(of: asset.id, asset.facts.format), maximumSide: side,
            orientation: asset.facts.orientation)
    }
}
