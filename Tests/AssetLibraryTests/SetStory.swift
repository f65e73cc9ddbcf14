import AssetModel
import AssetStore
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Libraries with pictures for tests of sets; each must be sound afterwards, and fold again to the same rows.
enum SetStory {
    /// A library with some pictures `p1.png`, `p2.png`… in a set.
    static func with(
        _ count: Int, in set: String? = "mugs", environment: Library.Environment = .live,
        _ body: (Library, [ContentDigest]) async throws -> Void
    ) async throws {
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"), environment: environment)
            let paths = try (0..<count).map { try folders.picture("p\($0 + 1)", $0 + 1) }
            try await folders.with("desk", environment: environment) { library in
                let assets = try await library.importFiles(paths, set: set).assets
                try await body(library, assets)
            }
            try await expectSame(folders, "desk")
        }
    }

    /// The promise of every test here: the journal alone gives the same rows.
    static func expectSame(_ folders: MergeFolders, _ name: String) async throws {
        let before = try await folders.tables(name)
        try await folders.with(name) { _ = try await $0.rebuild() }
        let after = try await folders.tables(name)
        #expect(after == before, "\(after.differences(from: before))")
        try await TestLibrary.expectSound(folders.path(name))
    }

    /// How many lines the journal has.
    static func lineCount(_ library: Library) throws -> Int {
        var count = 0
        try library.history.journal.read(after: []) { entries, _ in count += entries.count }
        return count
    }
}
