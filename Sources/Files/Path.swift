#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The calls on names, and the one rule for what an absolute path is.
package enum Path {
    /// The path from the root, without `.`, `..`, double slashes and a slash at its end. Touches no file.
    ///
    /// `..` takes away the name before it in the text, as in most programs; a symbolic link there is not followed. A relative
    /// path starts at the working folder, whose own path the system gives without links.
    package static func absolute(_ path: String) throws(FileError) -> String {
        let full = path.hasPrefix("/") ? path : try workingFolder() + "/" + path
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }

    /// The path without symbolic links, `.` and `..`, of a file that exists.
    package static func real(_ path: String) throws(FileError) -> String {
        guard let resolved = PathText.withCString(path, { realpath($0, nil) }) else {
            throw FileError(path: path, errno: errno)
        }
        defer { free(resolved) }
        return PathText.text(of: resolved)
    }

    /// The folder that relative paths start at.
    package static func workingFolder() throws(FileError) -> String {
        guard let path = getcwd(nil, 0) else { throw FileError(path: ".", errno: errno) }
        defer { free(path) }
        return PathText.text(of: path)
    }

    /// The path without its last name; nil for the root and for a bare name.
    package static func parent(of path: String) -> String? {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), path != "/" else { return nil }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// Whether something is there that can be reached. A link that leads nowhere is nothing.
    package static func exists(_ path: String) -> Bool { PathText.withCString(path) { access($0, F_OK) } == 0 }

    /// Whether a folder is there.
    package static func isFolder(_ path: String) -> Bool { (try? FileStatus(ofPath: path))?.kind == .folder }

    /// Whether a path cannot be reached for want of rights, so that nothing is known about what is there.
    package static func isForbidden(_ path: String) -> Bool {
        PathText.withCString(path) { access($0, F_OK) } != 0 && errno == EACCES
    }

    /// The length of a file; nil when there is none.
    package static func byteCount(_ path: String) throws(FileError) -> Int64? {
        try FileStatus(ofPath: path)?.byteCount
    }

    /// Gives a file its new name, in place of one that has it already: others see the old one or the new one, whole.
    package static func rename(_ source: String, to target: String, trace: FileTrace? = nil) throws(FileError) {
        guard SystemCall.rename(source, target) == 0 else { throw FileError(path: target, errno: errno) }
        trace?.note(.rename(source, to: target))
    }

    /// Removes a file; fine when there is none.
    package static func remove(_ path: String, trace: FileTrace? = nil) throws(FileError) {
        guard PathText.withCString(path, { unlink($0) }) == 0 else {
            if errno == ENOENT { return }
            throw FileError(path: path, errno: errno)
        }
        trace?.note(.remove(path))
    }
}
