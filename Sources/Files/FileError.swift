#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What the system said about a file or a folder: the path, and the reason as far as someone can act on it.
package enum FileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no file or folder of this name, or something above it is no folder.
    case noSuchFile(path: String)
    /// It is a folder, where a file is needed.
    case isFolder(path: String)
    /// It is a pipe, a socket or a device, where a file is needed. It was not read from.
    case notAFile(path: String)
    /// This user may not read or write it.
    case noPermission(path: String)
    /// It lies on a disk that is mounted read-only.
    case readOnly(path: String)
    /// The disk is full, or the user's quota is used up.
    case diskFull(path: String)
    /// Any other answer, with the system's number for it.
    case failed(path: String, errno: Int32)

    /// Reads the system's answer to a call on `path`.
    package init(path: String, errno number: Int32) {
        self =
            switch number {
            case ENOENT, ENOTDIR: .noSuchFile(path: path)
            case EISDIR: .isFolder(path: path)
            // What opening a socket gives: there is no device behind it.
            case ENXIO: .notAFile(path: path)
            case EACCES, EPERM: .noPermission(path: path)
            case EROFS: .readOnly(path: path)
            case ENOSPC, EDQUOT: .diskFull(path: path)
            default: .failed(path: path, errno: number)
            }
    }

    /// The file or folder concerned.
    package var path: String {
        switch self {
        case .noSuchFile(let path), .isFolder(let path), .notAFile(let path), .noPermission(let path),
            .readOnly(let path), .diskFull(let path), .failed(let path, _):
            path
        }
    }

    /// The system's number that stands for this reason.
    package var errno: Int32 {
        switch self {
        case .noSuchFile: ENOENT
        case .isFolder: EISDIR
        case .notAFile: ENXIO
        case .noPermission: EACCES
        case .readOnly: EROFS
        case .diskFull: ENOSPC
        case .failed(_, let number): number
        }
    }

    /// A stable name for machines.
    package var code: String {
        switch self {
        case .noSuchFile: "no_such_file"
        case .isFolder, .notAFile: "not_a_file"
        case .noPermission: "no_permission"
        case .readOnly: "read_only"
        case .diskFull: "disk_full"
        case .failed: "io_failed"
        }
    }

    /// The reason alone, for a sentence that names the file itself.
    package var reason: String {
        switch self {
        case .noSuchFile: "no such file or folder"
        case .isFolder: "is a folder, not a file"
        case .notAFile: "not a regular file"
        case .noPermission: "permission denied"
        case .readOnly: "the disk is mounted read-only"
        case .diskFull: "no space left on the disk"
        case .failed(_, let number): String(cString: strerror(number))
        }
    }

    /// The path and the reason.
    package var description: String { "\(path): \(reason)" }
}
