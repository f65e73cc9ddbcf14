#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An open file that closes itself: the few calls of the system that the store is made of.
struct OpenFile: ~Copyable {
    private let descriptor: Int32
    let path: String

    /// Opens a regular file for reading. Never blocks on a pipe or a device: those are refused.
    init(reading path: String) throws(StoreError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        self.path = path
        guard descriptor >= 0 else { throw StoreError.last(path) }
        guard try status().st_mode & S_IFMT == S_IFREG else { throw StoreError.notAFile(path: path) }
    }

    /// Makes a new file for writing; an error when there is one.
    init(creating path: String) throws(StoreError) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        self.path = path
        guard descriptor >= 0 else { throw StoreError.last(path) }
    }

    /// Opens a file for appending (and reading), makes it if need be, and holds its lock until it is closed.
    init(appendingTo path: String) throws(StoreError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        self.path = path
        guard descriptor >= 0 else { throw StoreError.last(path) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw StoreError.last(path) }
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// The length of a file; nil when there is none.
    static func byteCount(_ path: String) throws(StoreError) -> Int64? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            if errno == ENOENT { return nil }
            throw StoreError.last(path)
        }
        return Int64(status.st_size)
    }

    func byteCount() throws(StoreError) -> Int64 { Int64(try status().st_size) }

    /// Fills the buffer as far as the file goes; 0 at its end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(StoreError) -> Int {
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
            #endif
            if count >= 0 { return count }
            guard errno == EINTR else { throw StoreError.last(path) }
        }
    }

    /// Reads everything from an offset to the end.
    func bytes(from offset: Int64) throws(StoreError) -> [UInt8] {
        guard lseek(descriptor, off_t(offset), SEEK_SET) >= 0 else { throw StoreError.last(path) }
        let expected = max(0, Int(try byteCount() - offset))
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expected)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try read(into: chunk)
            if count == 0 { return bytes }
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
    }

    /// Writes all of it.
    func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
        var rest = bytes
        while !rest.isEmpty {
            #if canImport(Glibc)
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            #else
            let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
            #endif
            if count >= 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno != EINTR {
                throw StoreError.last(path)
            }
        }
    }

    /// Writes all of it.
    func write(_ bytes: [UInt8]) throws(StoreError) {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(StoreError) in try write(bytes) }
    }

    /// Cuts the file to this length.
    func truncate(to byteCount: Int64) throws(StoreError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else { throw StoreError.last(path) }
    }

    /// Goes back to the beginning.
    func rewind() throws(StoreError) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw StoreError.last(path) }
    }

    /// Returns when the bytes are on the disk itself.
    func sync() throws(StoreError) {
        #if canImport(Darwin)
        // fsync on macOS stops at the drive's cache; this does not. Some file systems know only fsync.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
        #endif
        guard fsync(descriptor) == 0 else { throw StoreError.last(path) }
    }

    /// Allows no more writing to the file, by anyone, whatever it is called later.
    func makeReadOnly() throws(StoreError) {
        guard fchmod(descriptor, 0o444) == 0 else { throw StoreError.last(path) }
    }

    private func status() throws(StoreError) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StoreError.last(path) }
        return status
    }
}

/// The calls on folders.
enum Folder {
    /// Makes a folder and those above it; fine when it is there.
    static func make(_ path: String) throws(StoreError) {
        if mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
            throw StoreError.last(path)
        }
        try make(String(path[..<slash]))
        if mkdir(path, 0o755) != 0, errno != EEXIST { throw StoreError.last(path) }
    }

    /// Returns when the folder's names are on the disk: without it a renamed file may be gone after a power cut.
    static func sync(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StoreError.last(path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw StoreError.last(path) }
    }

    /// The folders in a folder, sorted; stray files are left out.
    static func folders(in path: String) throws(StoreError) -> [String] {
        try names(in: path).filter { isFolder("\(path)/\($0)") }
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, sorted, without those that begin with a dot; none when there is no such folder.
    static func names(in path: String) throws(StoreError) -> [String] {
        guard let folder = opendir(path) else {
            if errno == ENOENT { return [] }
            throw StoreError.last(path)
        }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func rename(_ source: String, to target: String) throws(StoreError) {
        #if canImport(Glibc)
        let result = Glibc.rename(source, target)
        #else
        let result = Darwin.rename(source, target)
        #endif
        guard result == 0 else { throw StoreError.last(target) }
    }

    static func remove(_ path: String) { unlink(path) }
}
