import AssetModel
import Files
import Fixtures
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import AssetLibrary

/// The order of the calls that the promise about a power cut rests on, from the file to the catalog.
struct PowerCutTests {
    @Test func `survives a power cut: bytes, then the journal's line, and only then the catalog`() async throws {
        try await TemporaryFolder.with { folder in
            let root = folder + "/library"
            try Library.create(at: root)
            let calls = Mutex<[(call: FileTrace.Call, catalog: Int64?)]>([])
            // A transaction reaches the log beside the catalog when it is committed.
            let log = root + "/catalog.sqlite-wal"
            var environment = Library.Environment.live
            environment.fileTrace = FileTrace { call in
                calls.withLock { $0.append((call, (try? Path.byteCount(log)) ?? nil)) }
            }
            try await Library.withLibrary(at: root, environment: environment, logger: TestLibrary.logger) { library in
                let before = try Path.byteCount(log)
                _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
                let heard = calls.withLock { $0 }
                #expect(heard.allSatisfy { $0.catalog == before }, "the catalog knew before the journal did")
                #expect(try Path.byteCount(log) ?? 0 > before ?? 0)

                let names = try Folder.names(in: root + "/journal")
                let segment = "\(root)/journal/\(try #require(names.first))/00000001.jsonl"
                let places = Places(heard.map(\.call), root)
                let line = try #require(places.first { $0 == .write(segment) })
                for earlier in [places.blobSynced, places.blobNamed, places.blobFolderSynced] {
                    #expect(try #require(earlier) < line)
                }
                #expect(try #require(places.blobSynced) < #require(places.blobNamed))
                #expect(try #require(places.blobNamed) < #require(places.blobFolderSynced))
                #expect(line < (try #require(places.first { $0 == .sync(segment) })))
                #expect(heard.last?.call == .syncFolder(root + "/journal"))
            }
            try await TestLibrary.expectSound(root)
        }
    }

    /// Where in the order of calls what happened.
    private struct Places {
        let calls: [FileTrace.Call]
        let root: String

        init(_ calls: [FileTrace.Call], _ root: String) {
            (self.calls, self.root) = (calls, root)
        }

        func first(_ isWanted: (FileTrace.Call) -> Bool) -> Int? { calls.firstIndex(where: isWanted) }

        /// The rename that gives the blob its name.
        private var name: (staged: String, place: Int)? {
            for (place, call) in calls.enumerated() {
                if case .rename(let staged, to: let target) = call, target.hasPrefix(root + "/blobs/") {
                    return (staged, place)
                }
            }
            return nil
        }

        var blobNamed: Int? { name?.place }
        var blobSynced: Int? { name.flatMap { name in first { $0 == .sync(name.staged) } } }
        var blobFolderSynced: Int? {
            first { if case .syncFolder(let path) = $0 { path.hasPrefix(root + "/blobs/") } else { false } }
        }
    }
}
