import Files
import Foundation

/// Where everything of a library lies on disk, and what its header `atelier.json` says.
package struct LibraryLayout: Hashable, Sendable {
    /// The version of the format that this program writes, and the newest that it reads.
    package static let format = 2

    /// The library's folder, absolute.
    package let root: String
    /// The library's own name, a UUID.
    package let library: String

    /// The header's file name: a folder with such a file is a library.
    package static let headerName = "atelier.json"

    /// The SQLite index, derived.
    package var catalog: String { root + "/catalog.sqlite" }
    /// Half-written files.
    package var staging: String { root + "/staging" }
    /// Copies that can be made again at any time.
    package var renditions: String { root + "/renditions" }
    /// What pictures look like: derived, dear to make again.
    package var appearance: String { renditions + "/appearance.sqlite" }
    /// Blobs under their digests.
    package var blobs: String { root + "/blobs" }
    /// One folder of segments for each replica.
    package var journal: String { root + "/journal" }

    /// Whether a folder is a library, without reading it.
    package static func isLibrary(_ path: String) -> Bool { Path.exists(path + "/" + headerName) }

    /// Whether the folder is still this library's: not when it was moved away, or another one stands in its place. Reads the header.
    package var isThere: Bool {
        guard let bytes = try? OpenFile(reading: root + "/" + Self.headerName).bytes() else { return false }
        return (try? JSONDecoder().decode(Header.self, from: Data(bytes)))?.library == library
    }

    /// Makes sure that the library is still there before a folder of it is made: one that was moved away, or whose disk is gone, is not begun
    /// again in its old place, where it would be in the way of the library's return.
    func expectThere() throws(StoreError) {
        guard isThere else { throw .notALibrary(path: root) }
    }

    /// Makes a library in a folder that is empty or not there yet.
    ///
    /// The header comes last and all at once, so a half-made library is not taken for one. The first entry begins a replica.
    package static func create(at root: String, library: String) throws(StoreError) -> LibraryLayout {
        if PathText.percentEncoded(root) != nil { throw .nameNotText(path: root) }
        if isLibrary(root) { throw .alreadyALibrary(path: root) }
        let layout = LibraryLayout(root: root, library: library)
        let present = Path.exists(root) ? try onDisk(Folder.names(in: root)) : []
        guard present.allSatisfy({ ["blobs", "journal", "staging"].contains($0) }) else {
            throw .folderNotEmpty(path: root)
        }
        try refuseNetworkMount(root)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let bytes = try? encoder.encode(Header(format: format, library: library)) else {
            throw .damagedHeader(path: root)
        }
        for folder in [layout.blobs, layout.journal, layout.staging] { try onDisk(Folder.make(folder)) }
        try layout.put(Array(bytes), at: root + "/" + headerName)
        try onDisk { () throws(FileError) in
            try Folder.sync(root)
            if let parent = Path.parent(of: root) { try Folder.sync(parent) }
        }
        return layout
    }

    /// Reads a library's header; refuses what is newer, damaged, or on a network mount.
    package static func open(at root: String) throws(StoreError) -> LibraryLayout {
        if PathText.percentEncoded(root) != nil { throw .nameNotText(path: root) }
        let path = root + "/" + headerName
        let bytes: [UInt8]
        do throws(FileError) { bytes = try OpenFile(reading: path).bytes() } catch {
            if case .noSuchFile = error { throw .notALibrary(path: root) }
            throw .file(error)
        }
        // The version is read on its own first: what else a newer header holds is not for this program to judge.
        guard let version = try? JSONDecoder().decode(Version.self, from: Data(bytes)).format else {
            throw StoreError.damagedHeader(path: path)
        }
        guard version <= format else { throw StoreError.newerFormat(path: root, version: version) }
        guard let header = try? JSONDecoder().decode(Header.self, from: Data(bytes)) else {
            throw StoreError.damagedHeader(path: path)
        }
        try refuseNetworkMount(root)
        return LibraryLayout(root: root, library: header.library)
    }

    /// Puts a small file in place of one of this name, or where there was none: its bytes are on the disk before it has the
    /// name. The caller syncs the folder to make the name durable.
    func put(_ bytes: [UInt8], at path: String, trace: FileTrace? = nil) throws(StoreError) {
        let writer = try BlobWriter(in: staging, trace: trace)
        do throws(StoreError) {
            try bytes.span.bytes.withUnsafeBytes { (bytes) throws(StoreError) in try writer.write(bytes) }
            try writer.moveInPlace(path)
        } catch {
            writer.discard()
            throw error
        }
    }

    private struct Version: Decodable { let format: Int }

    /// Format 1 also named a replica here; that is in `replica.json` now.
    private struct Header: Codable {
        let format: Int
        let library: String
    }

    /// A replica's name becomes a folder's name, so it must not lead elsewhere.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}

extension LibraryLayout {
    /// Finds out whether the library can be written, by writing: the reason why not, or nil.
    package func obstacleToWriting() -> StoreError? {
        do throws(StoreError) {
            let writer = try BlobWriter(in: staging)
            defer { writer.discard() }
            try [UInt8](repeating: 0, count: 65_536).span.bytes.withUnsafeBytes { (bytes) throws(StoreError) in
                try writer.write(bytes)
            }
            _ = try writer.finish()
            return nil
        } catch {
            switch error {
            case .file(.readOnly): return .file(.readOnly(path: root))
            case .file(.noPermission): return .file(.noPermission(path: root))
            case .file(.diskFull): return .file(.diskFull(path: root))
            default: return error
            }
        }
    }

    /// Removes the catalog with its log files; fine when it is not there. It can be made again.
    package func removeCatalog() throws(StoreError) {
        for suffix in ["", "-wal", "-shm"] { try onDisk(Path.remove(catalog + suffix)) }
    }
}
