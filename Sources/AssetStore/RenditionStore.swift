package import AssetModel
import Files

/// Copies of pictures that can be made again at any time: whoever finds the folder gone goes on as before.
///
/// A rendition is named by its asset and by what was done to it. Nothing here is synced or checked; who uses one looks at it first.
package struct RenditionStore: Sendable {
    private let layout: LibraryLayout

    /// The renditions of one library.
    package init(_ layout: LibraryLayout) {
        self.layout = layout
    }

    /// Where a rendition lies, whether it is there or not. `name` holds no slash.
    package func path(of asset: ContentDigest, _ name: String, fileExtension: String) -> String {
        "\(folder(of: asset))/\(asset.hex)-\(name).\(fileExtension)"
    }

    /// How many bytes a rendition has; nil when it is not there. Nothing is read.
    package func byteCount(of asset: ContentDigest, _ name: String, fileExtension: String) -> Int64? {
        (try? Path.byteCount(path(of: asset, name, fileExtension: fileExtension))) ?? nil
    }

    /// Keeps a rendition, in place of one of the same name. Others see the whole of it or nothing.
    package func put(
        _ bytes: [UInt8], of asset: ContentDigest, _ name: String, fileExtension: String
    ) throws(StoreError) {
        let writer = try BlobWriter(in: layout.staging)
        do throws(StoreError) {
            try bytes.span.bytes.withUnsafeBytes { (bytes) throws(StoreError) in try writer.write(bytes) }
            let staged = try writer.finish()
            try onDisk { () throws(FileError) in
                try Folder.make(folder(of: asset))
                try Path.rename(staged.path, to: path(of: asset, name, fileExtension: fileExtension))
            }
        } catch {
            writer.discard()
            throw error
        }
    }

    private func folder(of asset: ContentDigest) -> String { "\(layout.renditions)/\(asset.hex.prefix(2))" }
}
