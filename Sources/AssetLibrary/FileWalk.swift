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
        let kind: FolderListing.Kind

        var path: String {
            guard let folder else { return name }
            return folder == "/" ? "/\(name)" : "\(folder)/\(name)"
        }
    }

    init(_ paths: [String]) {
        pending = paths.reversed().map { Pending(folder: nil, name: FileWalk.absolute($0), kind: .unknown) }
    }

    mutating func next() -> Found? {
        while let item = pending.popLast() {
            let (path, isExplicit) = (item.path, item.folder == nil)
            switch item.kind == .unknown ? FolderListing.kind(of: path, followingLink: isExplicit) : item.kind {
            case .file, .unknown: return .file(path, isExplicit: isExplicit)
            case .folderLink: continue
            case .folder:
                if Library.enclosing(path) == path { continue }
                guard let entries = FolderListing.entries(of: path) else {
                    return .unreadableFolder(path, "permission denied, or the folder went away")
                }
                for entry in entries.sorted(by: { $0.name > $1.name }) where !entry.name.hasPrefix(".") {
                    pending.append(Pending(folder: path, name: entry.name, kind: entry.kind))
                }
            }
        }
        return nil
    }

    /// The path from the root, without `.` and `..` and a slash at its end; symbolic links stay as they are.
    static func absolute(_ path: String) -> String {
        let expanded = NSString(string: path).expandingTildeInPath
        let full = expanded.hasPrefix("/") ? expanded : FileManager.default.currentDirectoryPath + "/" + expanded
        // Behind a symbolic link `..` is not the folder before it in the text; only the system knows which one it is.
        if full.split(separator: "/").contains(".."), let real = real(full) { return real }
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The path without symbolic links, `.` and `..`; nil when there is no such file.
    static func real(_ path: String) -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
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

    /// Whether the file is gone.
    static func remove(_ path: String) -> Bool { unlink(path) == 0 }

    /// Whether a path only stands for a name that is not UTF-8: a file of that very name is not there.
    static func hasUnreadableName(_ path: String) -> Bool {
        path.unicodeScalars.contains("\u{FFFD}") && !FileManager.default.fileExists(atPath: path)
    }

    /// What to say about such a file.
    static let unreadableName = "its name is not UTF-8; rename it"

    /// Whether a path cannot be reached for want of rights.
    static func isForbidden(_ path: String) -> Bool { access(path, F_OK) != 0 && errno == EACCES }
}
