import AssetModel
import Crypto
import Files

/// A staged file while it is written: hashes what passes through. Used by one task only.
package final class BlobWriter {
    private let file: OpenFile
    private let path: String
    private let trace: FileTrace?
    private var hasher = SHA256()
    private var byteCount: Int64 = 0

    init(in folder: String, trace: FileTrace? = nil) throws(StoreError) {
        var random = SystemRandomNumberGenerator()
        // The name says whose it is, so that what a killed program leaves can be told from what another one is writing.
        let path = "\(folder)/\(ProcessName.own)#\(String(random.next(), radix: 16))\(String(random.next(), radix: 16))"
        file = try onDisk { () throws(FileError) in
            do throws(FileError) { return try OpenFile(creating: path, trace: trace) } catch .noSuchFile {
                // The folder is safe to delete, so it may be gone; with the whole library it is not made again.
                guard let root = Path.parent(of: folder), LibraryLayout.isLibrary(root) else {
                    throw FileError.noSuchFile(path: folder)
                }
                try Folder.make(folder, trace: trace)
                return try OpenFile(creating: path, trace: trace)
            }
        }
        self.path = path
        self.trace = trace
    }

    /// Writes and hashes some bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        hasher.update(bufferPointer: bytes)
        try onDisk(file.write(bytes))
        byteCount += Int64(bytes.count)
    }

    /// Forgets everything written so far, for a download that begins again.
    package func restart() throws(StoreError) {
        try onDisk { () throws(FileError) in
            try file.truncate(to: 0)
            try file.rewind()
        }
        hasher = SHA256()
        byteCount = 0
    }

    /// Ends the writing. The bytes are complete but not yet durable: that is what a commit is for.
    package func finish() throws(StoreError) -> StagedBlob {
        StagedBlob(path: path, digest: try Self.digest(hasher, path: path), byteCount: byteCount, isSynced: false)
    }

    /// Brings the bytes to the disk and gives the file its name, in place of one that has it.
    func moveInPlace(_ target: String) throws(StoreError) {
        try onDisk { () throws(FileError) in
            try file.sync()
            try Path.rename(path, to: target, trace: trace)
        }
    }

    /// Removes the file.
    package func discard() {
        try? Path.remove(path)
    }

    static func digest(_ hasher: SHA256, path: String) throws(StoreError) -> ContentDigest {
        do {
            return try ContentDigest(bytes: Array(hasher.finalize()))
        } catch {
            // SHA-256 gives 32 bytes by definition; should it ever not, no blob may get a wrong name.
            throw StoreError.file(.failed(path: path, errno: 0))
        }
    }
}
