#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The calls on folders.
package enum Folder {
    /// One name in a folder, with what the folder itself says about it: asking the system about every file again costs
    /// as much as reading its header.
    package struct Entry: Hashable, Sendable {
        /// The name, as `PathText` writes it.
        package let name: String
        /// What it is; nil where the folder does not say, and for symbolic links.
        package let kind: FileStatus.Kind?
    }

    /// What a folder holds, in the system's order, names that begin with a dot included. A missing folder is
    /// `noSuchFile`, one that may not be read `noPermission`.
    package static func entries(of path: String) throws(FileError) -> [Entry] {
        guard let stream = PathText.withCString(path, { opendir($0) }) else {
            throw FileError(path: path, errno: errno)
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno == 0 { return entries }
                throw FileError(path: path, errno: errno)
            }
            // By address: the name is declared as 256 characters in a row, which Swift would copy one and all.
            guard let offset = MemoryLayout<dirent>.offset(of: \dirent.d_name) else { return entries }
            let name = PathText.text(
                of: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
            if name == "." || name == ".." { continue }
            let kind: FileStatus.Kind? =
                switch Int32(entry.pointee.d_type) {
                case Int32(DT_REG): .file
                case Int32(DT_DIR): .folder
                case Int32(DT_FIFO), Int32(DT_SOCK), Int32(DT_CHR), Int32(DT_BLK): .other
                default: nil
                }
            entries.append(Entry(name: name, kind: kind))
        }
    }

    /// The names in a folder, sorted, without those that begin with a dot.
    package static func names(in path: String) throws(FileError) -> [String] {
        try entries(of: path).map(\.name).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// Makes a folder and those above it; fine when it is there. A new folder's own name is durable once the folder above it
    /// is synced, which is the caller's business.
    package static func make(_ path: String, trace: FileTrace? = nil) throws(FileError) {
        if PathText.withCString(path, { mkdir($0, 0o755) }) == 0 {
            trace?.note(.makeFolder(path))
            return
        }
        switch errno {
        case EEXIST:
            // A file of this name is in the way.
            guard try FileStatus(ofPath: path)?.kind == .folder else { throw .failed(path: path, errno: ENOTDIR) }
        case ENOENT:
            guard let parent = Path.parent(of: path), parent != path else { throw .noSuchFile(path: path) }
            try make(parent, trace: trace)
            guard PathText.withCString(path, { mkdir($0, 0o755) }) == 0 || errno == EEXIST else {
                throw FileError(path: path, errno: errno)
            }
            trace?.note(.makeFolder(path))
        case let number: throw FileError(path: path, errno: number)
        }
    }

    /// Returns when the folder's names are on the disk: without it a renamed file may be gone after a power cut.
    package static func sync(_ path: String, trace: FileTrace? = nil) throws(FileError) {
        let descriptor = SystemCall.open(path, O_RDONLY | O_DIRECTORY)
        guard descriptor >= 0 else { throw FileError(path: path, errno: errno) }
        defer { close(descriptor) }
        // Some file systems have nothing to sync for a folder, and say so.
        guard SystemCall.repeated({ fsync(descriptor) }) == 0 || errno == EINVAL else {
            throw FileError(path: path, errno: errno)
        }
        trace?.note(.syncFolder(path))
    }

    /// How many bytes this user can still write to the disk that holds a folder.
    package static func availableBytes(at path: String) throws(FileError) -> Int64 {
        var facts = statvfs()
        guard SystemCall.repeated({ PathText.withCString(path) { statvfs($0, &facts) } }) == 0 else {
            throw FileError(path: path, errno: errno)
        }
        let (bytes, overflows) = UInt64(facts.f_bavail).multipliedReportingOverflow(by: UInt64(facts.f_frsize))
        return overflows ? .max : Int64(min(bytes, UInt64(Int64.max)))
    }
}
