import AssetModel
import AssetStore
import ImageInspection
import ImageRendering

/// Makes the copies that are sent instead of their assets, and keeps them as renditions.
struct CopyMaker {
    let store: BlobStore
    let renditions: RenditionStore
    let inspector: ImageInspector

    /// A copy on disk.
    struct Made: Sendable {
        let path: String
        let digest: ContentDigest
        let facts: ImageFacts
    }

    /// The copy of an asset, made now unless it is there and what it should be. An asset whose bytes are gone is an error, and
    /// so is one that cannot be decoded.
    @concurrent
    func make(_ copy: UploadCopy, of asset: ContentDigest, _ facts: ImageFacts) async throws -> Made {
        let (name, format) = (copy.description, copy.format(of: facts))
        let path = renditions.path(of: asset, name, fileExtension: format.fileExtension)
        if let made = try? inspect(path, copy, facts) { return made }
        try Task.checkCancellation()
        let original = store.path(of: asset, facts.format)
        let bytes: [UInt8]
        do {
            guard store.contains(asset, fileExtension: facts.format.fileExtension) else {
                throw StoreError.missing(asset)
            }
            bytes = try CopyRenderer().render(
                fileAt: original, facts, size: copy.size(of: facts), background: copy.background)
        } catch let error as RenderingError {
            throw LibraryError(
                .invalidInput, "image.\(error.code)",
                "\(asset.short), a \(facts.format.rawValue), cannot be \(copy.changes(of: facts).joined(separator: ", ")): \(error.description)",
                error.code == "too_many_pixels" ? nil : .sendAsIs,
                cause: .rendering(error))
        }
        try renditions.put(bytes, of: asset, name, fileExtension: format.fileExtension)
        return try inspect(path, copy, facts)
    }

    /// How many bytes of it will be sent, and whether that is known: about, while the copy is not there. Reads no file.
    func byteCount(_ copy: UploadCopy, of asset: ContentDigest, _ facts: ImageFacts) -> (bytes: Int64, isExact: Bool) {
        let format = copy.format(of: facts)
        let made = renditions.byteCount(
            of: asset, copy.description, fileExtension: format.fileExtension)
        if let made { return (made, true) }
        // Moving blocks keeps the length; a JPEG at quality 95 has about 0.7 bytes a pixel of a photo, a PNG about 1.8.
        if format == .jpeg, copy.size == nil { return (facts.byteCount, false) }
        return (max(1, Int64(Double(copy.size(of: facts).pixelCount) * (format == .jpeg ? 0.7 : 1.8))), false)
    }

    /// Anything can have happened to a file there, so it is inspected before it is sent.
    private func inspect(_ path: String, _ copy: UploadCopy, _ facts: ImageFacts) throws -> Made {
        let found = try inspector.inspect(fileAt: path)
        guard found.format == copy.format(of: facts), found.storedSize == copy.size(of: facts),
            found.orientation == .upright, found.bitDepth <= 8, copy.background == nil || !found.hasAlpha
        else {
            throw LibraryError(
                .storage, code: "wrong_copy",
                "\(path): the copy came out as a \(found.format.rawValue) of \(found.storedSize)")
        }
        return Made(path: path, digest: try store.digest(ofFileAt: path), facts: found)
    }
}
