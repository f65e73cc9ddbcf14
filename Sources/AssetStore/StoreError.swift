package import AssetModel
package import Files

/// What can go wrong in a library's folder: each case names the file and the reason.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no library here.
    case notALibrary(path: String)
    /// There is a library here already.
    case alreadyALibrary(path: String)
    /// A new library needs an empty folder, and this one holds something else.
    case folderNotEmpty(path: String)
    /// The library was made by a newer program, in this version of the format.
    case newerFormat(path: String, version: Int)
    /// `atelier.json` cannot be read as what it should be.
    case damagedHeader(path: String)
    /// The library lies on a network mount of this kind, where SQLite's locks cannot be trusted.
    case networkMount(path: String, kind: String)
    /// The system refused a call on a file or folder.
    case file(FileError)
    /// The library has no blob of this digest.
    case missing(ContentDigest)
    /// A blob's bytes no longer have the digest that is its name.
    case damaged(ContentDigest, found: ContentDigest)
    /// The journal is longer than what its writer has read; it has to read the rest before it may append.
    case journalGrew(path: String)
    /// A segment of the journal that was read before is gone, or shorter than it was.
    case journalLost(path: String)
    /// A complete line of the journal is no entry.
    case journalDamaged(path: String, line: Int)

    /// A stable name for machines.
    package var code: String {
        switch self {
        case .notALibrary: "no_library"
        case .alreadyALibrary: "already_a_library"
        case .folderNotEmpty: "folder_not_empty"
        case .newerFormat: "newer_format"
        case .damagedHeader: "damaged_header"
        case .networkMount: "network_mount"
        case .file(let error): error.code
        case .missing: "missing_blob"
        case .damaged: "damaged_blob"
        case .journalGrew: "journal_grew"
        case .journalLost: "journal_lost"
        case .journalDamaged: "journal_damaged"
        }
    }

    /// One sentence.
    package var description: String {
        switch self {
        case .notALibrary(let path): "\(path): there is no library here; `atelier init` makes one"
        case .alreadyALibrary(let path): "\(path): there is a library here already"
        case .folderNotEmpty(let path): "\(path): a new library needs an empty folder, and this one holds other things"
        case .newerFormat(let path, let version):
            "\(path): made by a newer version of Atelier (format \(version)); this one reads format \(LibraryLayout.format)"
        case .damagedHeader(let path): "\(path): not readable as a library's header; nothing was changed"
        case .networkMount(let path, let kind):
            "\(path): on a network mount (\(kind)), where the catalog's locks cannot be trusted; use a local disk"
        case .file(let error): error.description
        case .missing(let digest): "the library has no blob \(digest.short)"
        case .damaged(let digest, let found): "blob \(digest.short) is damaged: its bytes now hash to \(found.short)"
        case .journalGrew(let path): "\(path): another program appended to the journal without the catalog's lock"
        case .journalLost(let path):
            "\(path): this part of the journal is missing, and the catalog is the only record of it left; bring it back "
                + "from a backup"
        case .journalDamaged(let path, let line):
            "\(path): line \(line) is no journal entry and nothing after it was read; bring it back from a backup, or take "
                + "the line out"
        }
    }
}
