import CFileBirth

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the system knows about a file or a folder without reading it.
package struct FileStatus: Hashable, Sendable {
    /// What stands under a name.
    package enum Kind: Hashable, Sendable {
        /// A regular file.
        case file
        /// A folder.
        case folder
        /// A symbolic link that was not followed.
        case link
        /// A pipe, a socket or a device.
        case other
    }

    /// What makes two paths the same file: equal on one machine as long as the file exists.
    package struct Identity: Hashable, Sendable {
        /// The disk.
        package let device: UInt64
        /// The file's number on it.
        package let inode: UInt64

        /// An identity that was written down earlier.
        package init(device: UInt64, inode: UInt64) {
            self.device = device
            self.inode = inode
        }
    }

    /// What it is.
    package let kind: Kind
    /// Its length in bytes; says nothing for a folder.
    package let byteCount: Int64
    /// Which file it is.
    package let identity: Identity
    /// When its bytes were last written: seconds since 1970.
    package let modifiedSeconds: Int64
    /// The nanoseconds to add to them.
    package let modifiedNanoseconds: Int64

    /// Looks at a path; nil when nothing is there. A path through something that is no folder leads nowhere, too.
    package init?(ofPath path: String, followingLinks: Bool = true) throws(FileError) {
        var facts = stat()
        while PathText.withCString(path, { followingLinks ? stat($0, &facts) : lstat($0, &facts) }) != 0 {
            switch errno {
            case EINTR: continue
            case ENOENT, ENOTDIR: return nil
            case let number: throw FileError(path: path, errno: number)
            }
        }
        self.init(facts)
    }

    /// Looks at an open file; `path` is its name in an error.
    package init(ofDescriptor descriptor: Int32, path: String) throws(FileError) {
        var facts = stat()
        while fstat(descriptor, &facts) != 0 {
            guard errno == EINTR else { throw FileError(path: path, errno: errno) }
        }
        self.init(facts)
    }

    private init(_ facts: stat) {
        kind =
            switch facts.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        byteCount = Int64(facts.st_size)
        identity = Identity(
            device: UInt64(truncatingIfNeeded: facts.st_dev), inode: UInt64(truncatingIfNeeded: facts.st_ino))
        #if canImport(Darwin)
        let modified = facts.st_mtimespec
        #else
        let modified = facts.st_mtim
        #endif
        modifiedSeconds = Int64(modified.tv_sec)
        modifiedNanoseconds = Int64(modified.tv_nsec)
    }

    /// When the file or folder at a path was made, in nanoseconds since 1970: no copy of it has the same time, whatever the copying
    /// program keeps. Nil where the file system does not say.
    package static func birth(ofPath path: String) -> Int64? {
        let birth = PathText.withCString(path) { file_birth($0) }
        return birth < 0 ? nil : birth
    }

    /// Throws what is wrong with it as a file to read, if anything is.
    package func requireFile(path: String) throws(FileError) {
        switch kind {
        case .file: return
        case .folder: throw .isFolder(path: path)
        case .link, .other: throw .notAFile(path: path)
        }
    }
}
