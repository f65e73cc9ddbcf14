import AssetModel
import Foundation

/// A file that the sandbox keeps in its private folder for as long as it runs.
struct StoredFile: Sendable, Hashable {
    /// Where its bytes are on disk: one path, or one for each part of a multipart upload, in order. Parts are never
    /// joined, so that completing an upload costs nothing whatever its size.
    var paths: [String]
    /// Its type, as announced or as drawn.
    var contentType: String
    /// Its length in bytes.
    var byteCount: Int
    /// Changes with every new content.
    var entityTag: String
    /// The account that owns it.
    var account: String
    /// Who may read it.
    var access = AccessRules()
    /// When it expires; nil when never.
    var expires: Timestamp?
    /// Removed as soon as it was probed or used once: a fault.
    var goesAfterUse = false

    /// All bytes, or nil when they cannot be read. For small files only.
    func bytes() -> Data? {
        var bytes = Data()
        for path in paths {
            guard let part = FileManager.default.contents(atPath: path) else { return nil }
            bytes += part
        }
        return bytes
    }
}

/// Reads a file a chunk at a time.
struct FileChunks {
    private static let length = 256 << 10
    private let file: FileHandle

    init(path: String) throws {
        file = try FileHandle(forReadingFrom: URL(filePath: path))
    }

    /// The next bytes; nil at the end.
    func next(atMost count: Int) throws -> Data? {
        guard let data = try file.read(upToCount: min(count, Self.length)), !data.isEmpty else { return nil }
        return data
    }
}
