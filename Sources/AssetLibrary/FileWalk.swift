import Files
import Foundation

/// Walks paths and the folders among them, one file at a time: files in the order given, a folder's content by name.
///
/// Passed over without a word: names that begin with a dot, libraries (their blobs are in a library already), and links
/// to folders, which could lead in circles. Memory: the names of the folders on the way down.
struct FileWalk: Sequence, IteratorProtocol {
    /// One thing found.
    enum Found: Sendable {
        /// A file; explicit when it was named itself, not found in a folder.
        case file(String, isExplicit: Bool)
        /// A folder that could not be listed, and why.
        case unreadableFolder(String, String)
    }

    /// What is still to be looked at, next one last. Paths of a folder's content are put together when they are due.
    private var pending: [Pending]

    private struct Pending {
        /// Nil for what was named itself, which may be a link to a folder.
        let folder: String?
        let name: String
        /// Nil when it must be asked for.
        let kind: FileStatus.Kind?

        var path: String {
            guard let folder else { return name }
            return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
        }
    }

    init(_ paths: [String]) {
        pending = paths.reversed().map { Pending(folder: nil, name: FileWalk.absolute($0), kind: nil) }
    }

    mutating func next() -> Found? {
        while let item = pending.popLast() {
            let (path, isExplicit) = (item.path, item.folder == nil)
            switch item.kind ?? Self.kind(of: path) {
            case .link where !isExplicit && Path.isFolder(path): continue
            case .link where Path.isFolder(path), .folder:
                if Library.enclosing(path) == path { continue }
                do throws(FileError) {
                    for entry in try Folder.entries(of: path).sorted(by: { $0.name > $1.name })
                    where !entry.name.hasPrefix(".") {
                        pending.append(Pending(folder: path, name: entry.name, kind: entry.kind))
                    }
                } catch {
                    return .unreadableFolder(path, error.reason)
                }
            case .file, .link, .other: return .file(path, isExplicit: isExplicit)
            }
        }
        return nil
    }

    /// What stands under a path; whatever cannot be looked at is left to be opened as a file, which says why not.
    private static func kind(of path: String) -> FileStatus.Kind {
        ((try? FileStatus(ofPath: path, followingLinks: false))?.kind) ?? .file
    }

    /// The path from the root by the rule of `Path.absolute`, `~` standing for the user's folder.
    static func absolute(_ path: String) -> String {
        let expanded = NSString(string: path).expandingTildeInPath
        // Only a working folder that is gone has no path.
        return (try? Path.absolute(expanded)) ?? expanded
    }

    /// Whether a name claims to be a picture: then a person wants to hear when it is none.
    static func looksLikePicture(_ path: String) -> Bool {
        let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path.utf8[$0...].dropFirst() } ?? path.utf8[...]
        guard let dot = name.lastIndex(of: UInt8(ascii: ".")) else { return false }
        return pictureExtensions.contains(Substring(name[dot...].dropFirst()).lowercased())
    }

    private static let pictureExtensions: Set = [
        "png", "apng", "jpg", "jpeg", "jpe", "jfif", "webp", "gif", "avif", "heic", "heif", "tif", "tiff", "bmp", "jxl",
    ]

    /// A path and a reason as one sentence, without saying the path twice.
    static func sentence(_ path: String, _ reason: String) -> String {
        reason.hasPrefix(path) || reason.hasPrefix(absolute(path)) ? reason : "\(path): \(reason)"
    }
}
