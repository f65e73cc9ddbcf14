import AssetModel
import AssetStore
import Files
import Foundation
import Synchronization
import TestSupport
import Testing

/// What *StoreFormat* promises about a power cut is a promise about the order of calls, so the order is recorded and compared.
struct PowerCutTests {
    /// What happened, with the staged files' random names made readable.
    private static func calls(_ trace: Calls, _ root: String) -> [String] {
        var staged: [String] = []
        return trace.all.map { call in
            func name(_ path: String) -> String {
                guard path.hasPrefix(root + "/staging/") else { return String(path.dropFirst(root.count + 1)) }
                if !staged.contains(path) { staged.append(path) }
                return "staged \((staged.firstIndex(of: path) ?? 0) + 1)"
            }
            return switch call {
            case .write(let path): "write \(name(path))"
            case .sync(let path): "sync \(name(path))"
            case .truncate(let path, let length): "truncate \(name(path)) to \(length)"
            case .rename(let path, to: let target): "rename \(name(path)) to \(name(target))"
            case .remove(let path): "remove \(name(path))"
            case .makeFolder(let path): "make \(name(path))"
            case .syncFolder(let path): "sync folder \(name(path))"
            }
        }
    }

    @Test func `an imported picture survives a power cut: bytes, then name, then folder`() async throws {
        try await TemporaryFolder.with { folder in
            let (root, trace) = (folder + "/library", Calls())
            let store = BlobStore(try LibraryLayout.create(at: root, library: "l"), trace: trace.trace)
            let source = folder + "/source"
            try Data("abc".utf8).write(to: URL(fileURLWithPath: source))
            let staged = try store.stage(fileAt: source)
            _ = try store.commit([(staged, "png")])
            let blob = "blobs/ba/\(staged.digest.hex).png"
            let expected = [
                "write staged 1", "sync staged 1", "make blobs/ba", "rename staged 1 to \(blob)", "sync folder blobs",
                "sync folder blobs/ba",
            ]
            #expect(Self.calls(trace, root) == expected)
        }
    }

    @Test func `bytes that another program put there moments ago are durable before an entry speaks of them`()
        async throws
    {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            let layout = try LibraryLayout.create(at: root, library: "l")
            let (source, trace) = (folder + "/source", Calls())
            try Data("abc".utf8).write(to: URL(fileURLWithPath: source))
            let store = BlobStore(layout)
            _ = try store.commit([(try store.stage(fileAt: source), "png")])
            let again = BlobStore(layout, trace: trace.trace)
            _ = try again.commit([(try again.stage(fileAt: source), "png")])
            #expect(
                Self.calls(trace, root) == [
                    "write staged 1", "remove staged 1", "sync folder blobs", "sync folder blobs/ba",
                ])
        }
    }

    @Test func `the first line of a replica survives a power cut: record, line, then both folders`() async throws {
        try await TemporaryFolder.with { folder in
            let (root, trace) = (folder + "/library", Calls())
            let layout = try LibraryLayout.create(at: root, library: "l")
            let journal = Journal(layout, newReplica: { "r" }, trace: trace.trace)
            let first = try journal.append(JournalStage.entries(1), after: [])
            let expected = [
                "make journal/r", "write staged 1", "sync staged 1", "rename staged 1 to journal/r/replica.json",
                "write journal/r/00000001.jsonl", "sync journal/r/00000001.jsonl", "sync folder journal/r",
                "sync folder journal",
            ]
            #expect(Self.calls(trace, root) == expected)

            trace.forget()
            _ = try journal.append(JournalStage.entries(1, from: 1), after: [first])
            #expect(
                Self.calls(trace, root) == ["write journal/r/00000001.jsonl", "sync journal/r/00000001.jsonl"])
        }
    }

    @Test func `a new segment's name survives a power cut`() async throws {
        try await TemporaryFolder.with { folder in
            let (root, trace) = (folder + "/library", Calls())
            let layout = try LibraryLayout.create(at: root, library: "l")
            let journal = Journal(layout, newReplica: { "r" }, segmentLimit: 1, trace: trace.trace)
            let first = try journal.append(JournalStage.entries(1), after: [])
            trace.forget()
            _ = try journal.append(JournalStage.entries(1, from: 1), after: [first])
            let expected = [
                "write journal/r/00000002.jsonl", "sync journal/r/00000002.jsonl", "sync folder journal/r",
                "sync folder journal",
            ]
            #expect(Self.calls(trace, root) == expected)
        }
    }

    @Test func `a line that a power cut tore is cut off before the next one is written`() async throws {
        try await TemporaryFolder.with { folder in
            let (root, trace) = (folder + "/library", Calls())
            let layout = try LibraryLayout.create(at: root, library: "l")
            let journal = Journal(layout, newReplica: { "r" }, trace: trace.trace)
            let first = try journal.append(JournalStage.entries(1), after: [])
            try JournalStage.add("{\"at\":", to: root + "/journal/r/00000001.jsonl")
            trace.forget()
            _ = try journal.append(JournalStage.entries(1, from: 1), after: [first])
            let expected = [
                "truncate journal/r/00000001.jsonl to \(first.byteOffset)", "write journal/r/00000001.jsonl",
                "sync journal/r/00000001.jsonl",
            ]
            #expect(Self.calls(trace, root) == expected)
        }
    }
}

/// Collects what a trace hears.
private final class Calls: Sendable {
    private let calls = Mutex<[FileTrace.Call]>([])

    var all: [FileTrace.Call] { calls.withLock { $0 } }
    var trace: FileTrace { FileTrace { call in self.calls.withLock { $0.append(call) } } }

    func forget() { calls.withLock { $0 = [] } }
}
