package import AssetModel
import Crypto
package import Files

/// Bytes under their SHA-256: in by staging and committing, out by digest, never changed.
///
/// Nothing here knows what the bytes are; whoever commits says the file extension, so that any viewer opens a blob.
package struct BlobStore: Sendable {
    private let layout: LibraryLayout
    private let trace: FileTrace?

    /// The store of one library. `trace` hears of every change to the disk.
    package init(_ layout: LibraryLayout, trace: FileTrace? = nil) {
        self.layout = layout
        self.trace = trace
    }

    /// Copies a file into staging and hashes it on the way. Nothing is visible until it is committed.
    ///
    /// Cost: one read of the source and one write, 256 KiB of memory. A file that is being written meanwhile is taken
    /// as it was read: digest and bytes always agree.
    package func stage(fileAt source: String) throws(StoreError) -> StagedBlob {
        let input = try onDisk(OpenFile(reading: source))
        let writer = try beginStaging()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 4096)
        defer { buffer.deallocate() }
        do throws(StoreError) {
            while true {
                let count = try onDisk(input.read(into: buffer))
                if count == 0 { return try writer.finish() }
                try writer.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        } catch {
            writer.discard()
            throw error
        }
    }

    /// Opens a staged file to be written piece by piece, for downloads.
    package func beginStaging() throws(StoreError) -> BlobWriter {
        try BlobWriter(in: layout.staging, trace: trace)
    }

    /// Brings a staged blob's bytes to the disk before its commit, so that many tasks wait for the disk at once; a blob
    /// that the store has already costs nothing.
    package func sync(_ staged: StagedBlob, fileExtension: String) throws(StoreError) -> StagedBlob {
        contains(staged.digest, fileExtension: fileExtension) ? staged : try synced(staged)
    }

    /// Makes staged blobs durable under their digests, each with its file extension. Committing one
    /// twice changes nothing.
    ///
    /// Order: sync the file unless that was done, rename it, sync the folders once for all. When it returns, every blob
    /// survives a power cut. A blob that is there already costs its staged copy only: same name, same bytes. One whose
    /// length shows that it is damaged is replaced by the sound copy.
    package func commit(_ staged: [(blob: StagedBlob, fileExtension: String)]) throws(StoreError) -> [StoredBlob] {
        guard !staged.isEmpty else { return [] }
        var stored: [StoredBlob] = []
        // Also where nothing is new: whoever made a folder or put a blob there may not have come to its own sync yet.
        var folders: Set = [layout.blobs]
        for (blob, fileExtension) in staged {
            let folder = self.folder(of: blob.digest)
            let target = try path(of: blob.digest, fileExtension: fileExtension)
            folders.insert(folder)
            if try onDisk(Path.byteCount(target)) == blob.byteCount {
                discard(blob)
                stored.append(StoredBlob(digest: blob.digest, byteCount: blob.byteCount, isNew: false))
                continue
            }
            if !blob.isSynced { _ = try synced(blob) }
            if !Path.exists(folder) {
                try layout.expectThere()
                try onDisk(Folder.make(folder, trace: trace))
            }
            try onDisk(Path.rename(blob.path, to: target, trace: trace))
            stored.append(StoredBlob(digest: blob.digest, byteCount: blob.byteCount, isNew: true))
        }
        for folder in folders.sorted() { try onDisk(Folder.sync(folder, trace: trace)) }
        return stored
    }

    /// Removes a staged file that will not be committed.
    package func discard(_ staged: StagedBlob) {
        // Whatever stays in staging is harmless, and counted by `leftoverCount`.
        try? Path.remove(staged.path, trace: trace)
    }

    /// Where a blob lies, whether it is there or not. An extension may come from a journal, so one that could lead out of the
    /// folder, or that no file name should end with, is `badExtension`.
    package func path(of digest: ContentDigest, fileExtension: String) throws(StoreError) -> String {
        guard Self.isExtension(fileExtension) else { throw .badExtension(digest, fileExtension) }
        return "\(folder(of: digest))/\(digest.hex).\(fileExtension)"
    }

    /// Where a picture lies, whether it is there or not.
    package func path(of digest: ContentDigest, _ format: ImageFormat) -> String {
        "\(folder(of: digest))/\(digest.hex).\(format.fileExtension)"
    }

    /// 1 to 16 lowercase letters and digits.
    private static func isExtension(_ text: String) -> Bool {
        (1...16).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
    }

    /// Whether a blob is there; its bytes are not read.
    package func contains(_ digest: ContentDigest, fileExtension: String) -> Bool {
        (try? path(of: digest, fileExtension: fileExtension)).map(Path.exists) ?? false
    }

    /// Every blob, ascending, and the files that are not blobs. Cost: a listing of 256 folders.
    package func list() throws(StoreError) -> (digests: [ContentDigest], unexpectedFiles: [String]) {
        var digests: [ContentDigest] = []
        var unexpectedFiles: [String] = []
        guard Path.exists(layout.blobs) else { return ([], []) }
        for prefix in try onDisk(Folder.names(in: layout.blobs)) {
            guard Path.isFolder("\(layout.blobs)/\(prefix)") else {
                unexpectedFiles.append("\(layout.blobs)/\(prefix)")
                continue
            }
            for name in try onDisk(Folder.names(in: "\(layout.blobs)/\(prefix)")) {
                let stem = name.prefix { $0 != "." }
                if stem.hasPrefix(prefix), let digest = try? ContentDigest(parsing: stem) {
                    digests.append(digest)
                } else {
                    unexpectedFiles.append("\(layout.blobs)/\(prefix)/\(name)")
                }
            }
        }
        return (digests, unexpectedFiles)
    }

    /// Reads a blob and hashes it again; throws `damaged` with both digests when they differ, `missing` when it is gone.
    package func verify(_ digest: ContentDigest, fileExtension: String) throws(StoreError) {
        let path = try path(of: digest, fileExtension: fileExtension)
        guard Path.exists(path) else { throw StoreError.missing(digest) }
        let found = try self.digest(ofFileAt: path)
        if found != digest { throw StoreError.damaged(digest, found: found) }
    }

    /// The digest of any file. Cost: one read, 256 KiB of memory.
    package func digest(ofFileAt path: String) throws(StoreError) -> ContentDigest {
        let file = try onDisk(OpenFile(reading: path))
        var hasher = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 4096)
        defer { buffer.deallocate() }
        while true {
            let count = try onDisk(file.read(into: buffer))
            if count == 0 { return try BlobWriter.digest(hasher, path: path) }
            hasher.update(bufferPointer: UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// How many files lie in staging: half-written, or left by an import that was interrupted.
    package func leftoverCount() throws(StoreError) -> Int {
        // The folder is safe to delete.
        Path.exists(layout.staging) ? try onDisk(Folder.names(in: layout.staging).count) : 0
    }

    /// Removes what programs that were killed left in staging; says how many files.
    ///
    /// A file is named after its process. One of another machine, or of a program that gave no such names, is removed when it
    /// was last written before `time`, in seconds since 1970. A file that cannot be removed stays.
    @discardableResult
    package func sweepStaging(before time: Int64) -> Int {
        let names = (try? Folder.names(in: layout.staging)) ?? []
        return names.count { name in
            let path = "\(layout.staging)/\(name)"
            let isOwned = ProcessName.isRunning(name.split(separator: "#").first ?? "")
            if isOwned == true { return false }
            if isOwned == nil {
                guard let status = try? FileStatus(ofPath: path, followingLinks: false), status.kind == .file,
                    status.modifiedSeconds < time
                else { return false }
            }
            return (try? Path.remove(path, trace: trace)) != nil
        }
    }

    private func synced(_ staged: StagedBlob) throws(StoreError) -> StagedBlob {
        try onDisk(OpenFile.sync(staged.path, makingReadOnly: true, trace: trace))
        return StagedBlob(path: staged.path, digest: staged.digest, byteCount: staged.byteCount, isSynced: true)
    }

    private func folder(of digest: ContentDigest) -> String { "\(layout.blobs)/\(digest.hex.prefix(2))" }
}

/// A file in staging whose digest is known.
package struct StagedBlob: Hashable, Sendable {
    /// Where it lies until it is committed or discarded.
    package let path: String
    /// The digest of its bytes.
    package let digest: ContentDigest
    /// How many bytes.
    package let byteCount: Int64
    /// Whether the bytes are on the disk itself.
    let isSynced: Bool
}

/// A blob that is durable under its digest.
package struct StoredBlob: Hashable, Sendable {
    /// Its name.
    package let digest: ContentDigest
    /// How many bytes.
    package let byteCount: Int64
    /// Whether the store did not have it before.
    package let isNew: Bool
}
