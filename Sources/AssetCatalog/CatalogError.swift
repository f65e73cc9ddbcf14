import Files
import GRDB

/// What can go wrong between the catalog and SQLite.
package enum CatalogError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no catalog, or a program of another version folded it: it is to be folded again.
    case outdated
    /// Another process holds the write lock for longer than we wait.
    case busy
    /// The folder or file cannot be written.
    case readOnly
    /// The disk is full.
    case full
    /// SQLite says that the file is no sound database; deleting it and rebuilding loses nothing.
    case damaged(String)
    /// The task that asked was cancelled; nothing was done.
    case cancelled
    /// Any other answer of SQLite: its extended result code and message.
    case sqlite(code: Int32, message: String)

    /// A stable name for machines.
    package var code: String {
        switch self {
        case .outdated: "outdated_catalog"
        case .busy: "busy"
        case .readOnly: "read_only"
        case .full: "disk_full"
        case .damaged: "catalog_damaged"
        case .cancelled: "cancelled"
        case .sqlite: "catalog_failed"
        }
    }

    /// One sentence.
    package var description: String {
        switch self {
        case .outdated: "the catalog was made by another version of Atelier and must be rebuilt"
        case .busy: "another program is writing to the library and did not finish in time"
        case .readOnly: "the catalog cannot be written, its disk or folder is read-only"
        case .full: "the disk that holds the catalog is full"
        case .damaged(let message):
            "the catalog is damaged (\(message)); rebuilding it loses nothing"
        case .cancelled: "interrupted"
        case .sqlite(let code, let message): "the catalog answered with SQLite error \(code): \(message)"
        }
    }

    /// Any error of GRDB in the room's own words. SQLite's own vocabulary is kept where we have no better one.
    init(_ error: any Error) {
        if let error = error as? CatalogError {
            self = error
            return
        }
        if error is CancellationError {
            self = .cancelled
            return
        }
        if let error = error as? FileError {
            switch error {
            case .diskFull: self = .full
            case .readOnly, .noPermission, .noSuchFile: self = .readOnly
            default: self = .sqlite(code: error.errno, message: error.reason)
            }
            return
        }
        guard let error = error as? DatabaseError else {
            self = .sqlite(code: -1, message: String(describing: error))
            return
        }
        let message = error.message ?? "no message"
        // The log's index is mapped memory: a full disk shows as a failure to make it longer.
        if [.SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_WRITE].contains(error.extendedResultCode) {
            self = .full
            return
        }
        switch error.resultCode {
        case .SQLITE_INTERRUPT, .SQLITE_ABORT: self = .cancelled
        case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: self = .readOnly
        case .SQLITE_FULL: self = .full
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(message)
        default: self = .sqlite(code: error.extendedResultCode.rawValue, message: message)
        }
    }
}
