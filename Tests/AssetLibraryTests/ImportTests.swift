import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

struct ImportTests {
    @Test func `a folder is taken in with everything below it, and other files are passed over`() async throws {
        try await TemporaryFolder.with { folder in
            try Pictures.copy("images/demo/mug.png", to: folder + "/a/b/mug.png")
            try Pictures.copy("images/demo/cat.jpg", to: folder + "/cat.jpg")
            try Pictures.write("notes", to: folder + "/a/notes.txt")
            try Pictures.write("hidden", to: folder + "/.hidden.png")
            try await TestLibrary.with { library in
                var outcomes: [ImportOutcome] = []
                let summary = try await library.importFiles([folder], set: "all") { outcomes.append($0) }
                #expect(summary.newCount == 2 && summary.skippedCount == 1 && summary.failedCount == 0)
                #expect(outcomes.count == 3)
                #expect(try await library.set(named: "all").members == summary.assets)
                #expect(try await library.search(SearchQuery(parsing: "mug")).count == 1)
            }
        }
    }

    @Test func `the same bytes are one asset, seen under two names`() async throws {
        try await TemporaryFolder.with { folder in
            try Pictures.copy("images/demo/mug.png", to: folder + "/one.png")
            try Pictures.copy("images/demo/mug.png", to: folder + "/two.jpg")
            try await TestLibrary.with { library in
                let first = try await library.importFiles([folder])
                #expect(first.newCount == 1 && first.knownCount == 1 && first.assets.count == 1)
                let again = try await library.importFiles([folder])
                #expect(again.newCount == 0 && again.knownCount == 2)
                let asset = try #require(try await library.asset(first.assets[0]))
                #expect(asset.origins.count == 2)
                #expect(asset.facts.format == .png)
            }
        }
    }

    @Test func `one bad file does not stop the others, and leaves nothing behind`() async throws {
        try await TemporaryFolder.with { folder in
            try Pictures.copy("images/demo/mug.png", to: folder + "/good.png")
            try Pictures.write("I am text", to: folder + "/text.png")
            try Pictures.copy("images/broken/png-cut-in-pixels.png", to: folder + "/cut.png")
            try await TestLibrary.with { library in
                var failures: [String: String] = [:]
                let summary = try await library.importFiles([folder, folder + "/gone.png"]) { outcome in
                    if case .failed(let path, let code, _) = outcome {
                        failures[URL(fileURLWithPath: path).lastPathComponent] = code
                    }
                }
                #expect(summary.newCount == 1)
                #expect(failures == ["text.png": "not_an_image", "cut.png": "truncated", "gone.png": "unreadable"])
                #expect(try FileManager.default.contentsOfDirectory(atPath: library.root + "/staging").isEmpty)
                #expect(try await library.search(SearchQuery()).count == 1)
            }
        }
    }

    @Test func `a picture that is cut behind its header is refused, and its file stays`() async throws {
        try await TemporaryFolder.with { folder in
            let cut = ["large", "progressive", "between-scans", "and-filled", "restarts", "before-second"]
            for name in cut { try Pictures.copy("images/broken/jpeg-cut-\(name).jpg", to: "\(folder)/\(name).jpg") }
            try Pictures.copy("images/broken/jpeg-second-cut.jpg", to: folder + "/second.jpg")
            try Pictures.copy("images/jpeg/pixels-after-end.jpg", to: folder + "/camera.jpg")
            try await TestLibrary.with { library in
                var failures: [String: String] = [:]
                let summary = try await library.importFiles([folder], movingFiles: true) { outcome in
                    if case .failed(let path, let code, _) = outcome {
                        failures[URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent] = code
                    }
                }
                #expect(summary.newCount == 2)
                #expect(failures == Dictionary(uniqueKeysWithValues: cut.map { ($0, "truncated") }))
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == cut.count)
            }
        }
    }

    @Test func `pictures come in the order given, whatever their size`() async throws {
        try await TemporaryFolder.with { folder in
            // Large and small files alternate, so that they finish in another order than they were begun.
            let paths = try (0..<30).map { index in
                let path = folder + "/\(index).png"
                try Pictures.copy("images/demo/mug.png", to: path, appending: (29 - index) * 20_000 + index)
                return path
            }
            try await TestLibrary.with { library in
                let summary = try await library.importFiles(paths, set: "ordered")
                var expected: [ContentDigest] = []
                for path in paths { expected += try await library.pictures(named: [path]).map(\.asset) }
                #expect(summary.assets == expected)
                #expect(try await library.set(named: "ordered").members == expected)
            }
        }
    }

    @Test func `a library inside a folder is passed over`() async throws {
        try await TestLibrary.with { library in
            _ = try await library.importFiles([Fixtures.path("images/demo/mug.png")])
            let parent = URL(fileURLWithPath: library.root).deletingLastPathComponent().path
            let summary = try await library.importFiles([parent])
            #expect(summary.newCount + summary.knownCount == 0)
        }
    }

    @Test func `moving removes a file once it is safe, and keeps one that failed`() async throws {
        try await TemporaryFolder.with { folder in
            try Pictures.copy("images/demo/mug.png", to: folder + "/good.png")
            try Pictures.write("text", to: folder + "/bad.png")
            try await TestLibrary.with { library in
                _ = try await library.importFiles([folder], movingFiles: true)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["bad.png"])
            }
        }
    }

    @Test func `moving never touches a library's own blobs, by whatever path they are reached`() async throws {
        try await TemporaryFolder.with { folder in
            try await TestLibrary.with { library in
                _ = try await library.importFiles([Fixtures.path("images/demo")])
                let link = folder + "/link"
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: library.root)
                let summary = try await library.importFiles([link + "/blobs"], movingFiles: true)
                #expect(summary.notRemovedCount == summary.knownCount && summary.knownCount == 3)
            }
        }
    }

    @Test func `a damaged blob is mended by its file, and a file whose blob is damaged is not moved away`() async throws
    {
        try await TemporaryFolder.with { folder in
            let path = folder + "/mug.png"
            try Pictures.copy("images/demo/mug.png", to: path)
            try await TestLibrary.with { library in
                let asset = try #require(try await library.importFiles([path]).assets.first)
                let blob = library.path(of: asset, .png)
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: blob)

                // Another length is seen at once, and the sound copy takes its place.
                try Data("short".utf8).write(to: URL(fileURLWithPath: blob))
                _ = try await library.importFiles([path])
                #expect(
                    try Data(contentsOf: URL(fileURLWithPath: blob)) == Data(contentsOf: URL(fileURLWithPath: path)))

                // The same length is not, but the only good copy is not given away for it.
                try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: blob)
                var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
                bytes[100] ^= 1
                try bytes.write(to: URL(fileURLWithPath: blob))
                let summary = try await library.importFiles([path], movingFiles: true)
                #expect(summary.notRemovedCount == 1)
                #expect(FileManager.default.fileExists(atPath: path))
                try FileManager.default.removeItem(atPath: blob)
                _ = try await library.importFiles([path])
            }
        }
    }

    @Test func `a reference given as a file brings missing bytes back`() async throws {
        try await TestLibrary.with { library in
            let file = Fixtures.path("images/demo/mug.png")
            let asset = try #require(try await library.importFiles([file]).assets.first)
            try FileManager.default.removeItem(atPath: library.path(of: asset, .png))
            _ = try await library.assets(named: [file])
            #expect(FileManager.default.fileExists(atPath: library.path(of: asset, .png)))
        }
    }

    @Test func `a name that no set can have is refused before anything is written`() async throws {
        try await TestLibrary.with { library in
            for name in ["", "a,b", "-x"] {
                let error = await #expect(throws: LibraryError.self) {
                    try await library.importFiles([Fixtures.path("images/demo")], set: name)
                }
                #expect(error?.category == .invalidInput)
            }
            let counts = try await library.statistics()
            #expect(counts.assetCount == 0)
        }
    }

    @Test func `links in circles do not trap the walk`() async throws {
        try await TemporaryFolder.with { folder in
            try Pictures.copy("images/demo/mug.png", to: folder + "/a/mug.png")
            try FileManager.default.createSymbolicLink(atPath: folder + "/a/up", withDestinationPath: folder)
            try FileManager.default.createSymbolicLink(
                atPath: folder + "/loop.png", withDestinationPath: folder + "/loop.png")
            try await TestLibrary.with { library in
                let summary = try await library.importFiles([folder])
                #expect(summary.newCount == 1 && summary.failedCount == 1)
            }
        }
    }
}

/// Files for tests.
enum Pictures {
    static func copy(_ fixture: String, to path: String, appending count: Int = 0) throws {
        // Bytes behind a PNG's end change its digest and not its facts.
        try write(
            try Fixtures.data(fixture) + Data(repeating: UInt8(truncatingIfNeeded: count), count: count), to: path)
    }

    static func write(_ text: String, to path: String) throws { try write(Data(text.utf8), to: path) }

    private static func write(_ data: Data, to path: String) throws {
        let url = URL(fileURLWithPath: path)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try data.write(to: url)
    }
}
