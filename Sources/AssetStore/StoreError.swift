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
    /// The library's folder has a name that is not UTF-8, which SQLite cannot open.
    case nameNotText(path: String)
    /// A newer program wrote this, in this version of the format. Nil when the version is known but the kind of fact is not.
    case newerFormat(path: String, version: Int?)
    /// `atelier.json` does not say which library this is.
    case damagedHeader(path: String)
    /// The library lies on a network mount of this kind, where SQLite's locks cannot be trusted.
    case networkMount(path: String, kind: String)
    /// The system refused a call on a file or folder.
    case file(FileError)
    /// The library has no blob of this digest.
    case missing(ContentDigest)
    /// A blob's bytes no longer have the digest that is its name.
    case damaged(ContentDigest, found: ContentDigest)
    /// A file extension that cannot be used. It comes from a journal, and could lead out of the library.
    case badExtension(ContentDigest, String)
    /// The journal is longer than what its writer has read; it has to read the rest before it may append.
    case journalGrew(path: String)
    /// A segment of the journal that was read before is gone, or shorter than it was, as after putting back an older copy.
    /// Trying again does not help.
    case journalLost(path: String)
    /// A complete line of the journal is not an entry.
    case journalDamaged(path: String, line: Int)
    /// A segment's first line says that it belongs to another library.
    case foreignSegment(path: String, library: String)
    /// A segment's first line says that it belongs to another replica than its folder does.
    case misplacedSegment(path: String, replica: String)

    /// Whether a newer program wrote something that this one does not understand.
    package var isNewerFormat: Bool { if case .newerFormat = self { true } else { false } }

    /// Whether a line of the journal cannot be read: what can be is worth showing, and nothing may be written after it.
    package var isUnreadableLine: Bool {
        switch self {
        case .newerFormat, .journalDamaged: true
        default: false
        }
    }

    /// A stable name for machines.
    package var code: String {
        switch self {
        case .notALibrary: "no_library"
        case .alreadyALibrary: "already_a_library"
        case .folderNotEmpty: "folder_not_empty"
        case .nameNotText: "name_not_utf8"
        case .newerFormat: "newer_format"
        case .damagedHeader: "damaged_header"
        case .networkMount: "network_mount"
        case .file(let error): error.code
        case .missing: "missing_blob"
        case .damaged: "damaged_blob"
        case .badExtension: "bad_extension"
        case .journalGrew: "journal_grew"
        case .journalLost: "journal_lost"
        case .journalDamaged: "journal_damaged"
        case .foreignSegment: "foreign_segment"
        case .misplacedSegment: "misplaced_segment"
        }
    }

    /// One sentence.
    package var description: String {
        switch self {
        case .notALibrary(let path): "\(path): not a library (it has no \(LibraryLayout.headerName))"
        case .alreadyALibrary(let path): "\(path): already a library"
        case .nameNotText(let path): "\(path): a library cannot be in a folder whose name is not UTF-8"
        case .folderNotEmpty(let path): "\(path): the folder is not empty, and a new library needs an empty one"
        case .newerFormat(let path, let version?):
            "\(path): made by a newer version of Atelier (format \(version)); this one reads up to format "
                + "\(LibraryLayout.format)"
        case .newerFormat(let path, nil):
            "\(path): a newer version of Atelier recorded something here that this one does not understand"
        case .damagedHeader(let path): "\(path): damaged; it does not say which library this is"
        case .networkMount(let path, let kind):
            "\(path): on a network mount (\(kind)), where the catalog's locks cannot be trusted; use a local disk"
        case .file(let error): error.description
        case .missing(let digest): "the library has no blob \(digest.short)"
        case .damaged(let digest, let found): "blob \(digest.short) is damaged: its bytes now hash to \(found.short)"
        case .badExtension(let digest, let text):
            "blob \(digest.short): the journal gives it the file extension \(String(reflecting: text)), which is not 1 to 16 "
                + "lowercase letters and digits"
        case .journalGrew(let path): "\(path): another program has just appended to the journal"
        case .journalLost(let path):
            "\(path): part of the journal is lost: this file is missing or shorter than when it was last read, as after "
                + "restoring an older copy"
        case .journalDamaged(let path, let line):
            "\(path): line \(line) is not a journal entry; nothing after it was read"
        case .foreignSegment(let path, let library):
            "\(path): belongs to another library (\(library)); nothing in it was read"
        case .misplacedSegment(let path, let replica):
            "\(path): belongs to the replica \(replica), not to the one whose folder it is in; nothing in it was read"
        }
    }
}
