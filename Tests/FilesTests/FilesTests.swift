import Files
import Foundation
import Synchronization
import TestSupport
import Testing

struct FilesTests {
    @Test func `a folder that cannot be read is told from one that is missing`() async throws {
        try await TemporaryFolder.with { folder in
            let closed = folder + "/closed"
            try Folder.make(closed)
            #expect(chmod(closed, 0) == 0)
            defer { chmod(closed, 0o755) }
            #expect(throws: FileError.noSuchFile(path: folder + "/none")) { try Folder.names(in: folder + "/none") }
            // The superuser may read everything, so there is nothing to see then.
            if getuid() != 0 {
                #expect(throws: FileError.noPermission(path: closed)) { try Folder.names(in: closed) }
            }
        }
    }

    @Test func `a process is known by its number and its start`() throws {
        let own = ProcessName.own
        let machine = own.drop { $0 != "@" }
        #expect(ProcessName.isRunning(own) == true)
        #expect(ProcessName.isRunning("\(getpid())\(machine)") == true)
        // The number of a process that ended was given to this one.
        #expect(ProcessName.isRunning("\(getpid()).1\(machine)") == false)
        #expect(ProcessName.isRunning("\(Int32.max).1\(machine)") == false)
        for unknown in ["\(getpid())@elsewhere", "\(getpid()).1.2\(machine)", "x\(machine)", "0\(machine)", "", "4711"]
        {
            #expect(ProcessName.isRunning(unknown) == nil, "\(unknown)")
        }
    }

    @Test func `names come sorted, without hidden ones`() async throws {
        try await TemporaryFolder.with { folder in
            for name in ["b", "a", ".hidden", "c"] { _ = try OpenFile(creating: folder + "/" + name) }
            #expect(try Folder.names(in: folder) == ["a", "b", "c"])
        }
    }

    @Test func `a pipe, a folder and a missing file are refused without waiting`() async throws {
        try await TemporaryFolder.with { folder in
            let pipe = folder + "/pipe"
            #expect(mkfifo(pipe, 0o644) == 0)
            #expect(throws: FileError.notAFile(path: pipe)) { _ = try OpenFile(reading: pipe) }
            #expect(throws: FileError.isFolder(path: folder)) { _ = try OpenFile(reading: folder) }
            #expect(throws: FileError.noSuchFile(path: folder + "/x")) { _ = try OpenFile(reading: folder + "/x") }
            _ = try OpenFile(creating: folder + "/file")
            #expect(throws: FileError.noSuchFile(path: folder + "/file/x")) {
                _ = try OpenFile(reading: folder + "/file/x")
            }
        }
    }

    @Test(arguments: [
        ("/a/b/../c", "/a/c"), ("/a//b/./", "/a/b"), ("/..", "/"), ("/", "/"), ("/a/../../b", "/b"), ("/é/ü", "/é/ü"),
    ])
    func `dots in a path are taken as text`(path: String, absolute: String) throws {
        #expect(try Path.absolute(path) == absolute)
    }

    @Test func `a relative path starts at the working folder`() throws {
        #expect(try Path.absolute("x/../y") == Path.workingFolder() + "/y")
        #expect(try Path.absolute("") == Path.workingFolder())
    }

    @Test func `the folder above a path`() {
        #expect(Path.parent(of: "/a/b") == "/a")
        #expect(Path.parent(of: "/a") == "/")
        #expect(Path.parent(of: "/") == nil)
        #expect(Path.parent(of: "a") == nil)
    }

    @Test func `two links to one file are the same file, and a copy is another`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder + "/file"
            try OpenFile(creating: path).write([1, 2, 3])
            #expect(link(path, folder + "/link") == 0)
            try FileManager.default.copyItem(atPath: path, toPath: folder + "/copy")
            let identity = try #require(try FileStatus(ofPath: path)).identity
            #expect(try FileStatus(ofPath: folder + "/link")?.identity == identity)
            #expect(try FileStatus(ofPath: folder + "/copy")?.identity != identity)
            #expect(try FileStatus(ofPath: folder + "/none") == nil)
        }
    }

    @Test func `a part of a file is read from where it is asked for`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder + "/file"
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
            try OpenFile(creating: path).write(bytes)
            let file = try OpenFile(reading: path)
            #expect(try file.bytes() == bytes)
            #expect(try file.bytes(from: 99_990) == Array(bytes[99_990...]))
            #expect(try file.bytes(from: 10, limit: 5) == Array(bytes[10..<15]))
            #expect(try file.bytes(from: 200_000).isEmpty)
        }
    }

    @Test func `a trace hears of changes in their order, and of no failures`() async throws {
        try await TemporaryFolder.with { folder in
            let calls = Calls()
            let path = folder + "/new/file"
            try Folder.make(folder + "/new", trace: calls.trace)
            let file = try OpenFile(creating: path, trace: calls.trace)
            try file.write([1])
            try file.sync()
            try Path.rename(path, to: folder + "/new/named", trace: calls.trace)
            try? Path.rename(path, to: folder + "/new/again", trace: calls.trace)
            try Folder.sync(folder + "/new", trace: calls.trace)
            #expect(
                calls.all == [
                    .makeFolder(folder + "/new"), .write(path), .sync(path), .rename(path, to: folder + "/new/named"),
                    .syncFolder(folder + "/new"),
                ])
        }
    }

    @Test func `a disk says how much it still takes`() async throws {
        try await TemporaryFolder.with { folder in
            let bytes = try Folder.availableBytes(at: folder)
            #expect(bytes > 0)
        }
    }

    #if os(Linux)
    @Test func `a disk that is full is told as such`() throws {
        // A device that takes no byte, and is no file to the store.
        #expect(throws: FileError.notAFile(path: "/dev/full")) { _ = try OpenFile(appendingTo: "/dev/full") }
        #expect(FileError(path: "x", errno: ENOSPC) == .diskFull(path: "x"))
        #expect(FileError(path: "x", errno: EDQUOT).code == "disk_full")
    }
    #endif

    @Test func `a file in the way of a folder is told`() async throws {
        try await TemporaryFolder.with { folder in
            _ = try OpenFile(creating: folder + "/x")
            #expect(throws: FileError.failed(path: folder + "/x", errno: ENOTDIR)) { try Folder.make(folder + "/x") }
        }
    }
}

/// Collects what a trace hears.
private final class Calls: Sendable {
    private let calls = Mutex<[FileTrace.Call]>([])

    var all: [FileTrace.Call] { calls.withLock { $0 } }
    var trace: FileTrace { FileTrace { call in self.calls.withLock { $0.append(call) } } }
}
