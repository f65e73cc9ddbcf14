#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What a folder holds, with the kind of each thing as the folder itself tells it: asking the system about every file
/// again costs as much as reading its header.
enum FolderListing {
    /// What a name leads to, as far as a walk cares.
    enum Kind: Sendable {
        /// A file, a pipe, a device: whatever is no folder.
        case file
        case folder
        /// A symbolic link to a folder.
        case folderLink
        /// Nothing is known yet, or there is no such thing.
        case unknown
    }

    /// One name in a folder.
    struct Entry {
        let name: String
        let kind: Kind
    }

    /// The names in a folder, in the system's order, without itself and the one above; nil when it cannot be read.
    static func entries(of folder: String) -> [Entry]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else { return errno == 0 ? entries : nil }
            // By address: the name is declared as 256 characters in a row, which Swift would copy one and all.
            guard let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) else { return nil }
            let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let text = String(cString: name)
            guard text != ".", text != ".." else { continue }
            let kind: Kind =
                switch Int32(entry.pointee.d_type) {
                case Int32(DT_REG), Int32(DT_FIFO), Int32(DT_SOCK), Int32(DT_CHR), Int32(DT_BLK): .file
                case Int32(DT_DIR): .folder
                default: .unknown
                }
            entries.append(Entry(name: text, kind: kind))
        }
    }

    /// What a path leads to; a link to a folder counts as one only when links are followed.
    static func kind(of path: String, followingLink: Bool) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .unknown }
        let isLink = status.st_mode & S_IFMT == S_IFLNK
        if isLink, stat(path, &status) != 0 { return .unknown }
        guard status.st_mode & S_IFMT == S_IFDIR else { return .file }
        return isLink && !followingLink ? .folderLink : .folder
    }
}
