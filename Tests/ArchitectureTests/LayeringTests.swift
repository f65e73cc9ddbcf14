import Foundation
import Testing

/// The table of nevers: who may import whom. An arrow that points up fails here.
///
/// SwiftPM builds a sibling's or a dependency's import without complaint, so this reads the sources.
struct LayeringTests {
    /// Target → what its files may import besides what every file may. A target that is not listed here is an error.
    static let allowed: [String: Set<String>] = [
        "Schema": [],
        // The system's calls and nothing else: every room may stand on it, and it knows none.
        // One call that glibc hides from Swift.
        "Files": ["CFileBirth"],
        "AssetModel": [],
        "CImageCodec": [],
        "AssetStore": ["AssetModel", "Files", "Crypto"],
        "ImageInspection": ["AssetModel", "Files", "CZlib"],
        "ImageRendering": ["AssetModel", "Files", "CImageCodec"],
        "SizePlanning": ["AssetModel"],
        // Crypto: the catalog names a run's recipe by the digest of its canonical form, and no row of it is written but here.
        "AssetCatalog": ["AssetModel", "Files", "Schema", "GRDB", "GRDBSQLite", "Crypto"],
        // Crypto verifies what fal signed (webhooks); NIOSSL adds a certificate to the system's, and nothing else.
        "FalAPI": ["Files", "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOSSL", "Crypto", "Logging"],
        "AssetLibrary": [
            "AssetModel", "Files", "AssetStore", "ImageInspection", "ImageRendering", "SizePlanning", "AssetCatalog",
            "FalAPI", "Logging",
        ],
        // What the doors publish, in one place; it knows the library's values and nothing of any door.
        "LibraryJSON": ["AssetModel", "AssetLibrary"],
        // The page's files and nothing else; zlib packs them.
        "GalleryPage": ["CGalleryPage", "CZlib"],
        // A door: it serves what the library gives, and has no other way to files, SQLite or fal.
        "WebGallery": [
            "AssetModel", "AssetLibrary", "LibraryJSON", "GalleryPage", "Hummingbird", "HTTPTypes", "NIOCore",
            "CZlib", "NIOHTTPTypes", "NIOHTTP1",
            "ServiceLifecycle", "Logging",
        ],
        "AtelierCLI": [
            "AssetModel", "AssetLibrary", "LibraryJSON", "WebGallery", "FalSandbox", "DemoPictures", "ArgumentParser",
            "Logging", "UnixSignals",
        ],
        // CSQLite: the fold is measured beside SQLite without a wrapper; GRDB is what it is compared with.
        // The library: searches are measured inside one process. Rendering, beside libjpeg-turbo alone: so are thumbnails.
        "Benchmarks": [
            "AssetLibrary", "AssetModel", "CHeaderLoop", "CSQLite", "CTurboJPEG", "DemoPictures", "ImageInspection",
            "ImageRendering", "ArgumentParser", "Logging",
        ],
        "FalSandbox": [
            "AssetModel", "SizePlanning", "ImageInspection", "ImageRendering", "Hummingbird", "HTTPTypes", "NIOCore",
            "ServiceLifecycle", "Logging", "Crypto",
            // TLS with a certificate made at the start.
            "HummingbirdTLS", "NIOSSL",
            // Webhooks are really delivered, so the server is a client here.
            "AsyncHTTPClient", "NIOHTTP1",
        ],
    ]

    /// The system and its standard library: open to all, except where a target is pure.
    static let system: Set<String> = ["Foundation", "Glibc", "Musl", "Darwin", "Synchronization"]

    /// Targets that touch nothing: no file, clock, network or randomness.
    static let pure = ["AssetModel", "SizePlanning", "Schema"]

    @Test func `every import in Sources and Schema is allowed`() throws {
        for (target, file, text) in try Self.sources() {
            let permitted = try #require(Self.allowed[target], "\(target) is not in the table")
            for module in Self.imports(text) {
                let isFine = permitted.contains(module) || (Self.system.contains(module) && !Self.pure.contains(target))
                #expect(isFine, "\(file) imports \(module)")
            }
        }
    }

    @Test func `every target of the table has sources`() throws {
        let found = Set(try Self.sources().map(\.target))
        #expect(Set(Self.allowed.keys).subtracting(found) == ["CImageCodec"])
    }

    @Test func `the rooms behind the library stay out of its public signatures`() throws {
        // The compiler refuses a leak as long as the import is not public; this keeps it so.
        let rooms = ["AssetStore", "ImageInspection", "ImageRendering", "SizePlanning", "AssetCatalog", "FalAPI"]
        for (target, file, text) in try Self.sources() where target == "AssetLibrary" {
            for room in rooms { #expect(!text.contains("public import \(room)"), "\(file)") }
        }
        for (_, file, text) in try Self.sources() {
            for secret in ["GRDB", "Crypto", "AsyncHTTPClient", "CImageCodec", "CZlib", "NIOSSL"] {
                #expect(!text.contains("public import \(secret)"), "\(file)")
            }
        }
    }

    @Test func `planning and words touch nothing`() throws {
        let words = [
            "FileManager", "Date()", "URLSession", "open(", "fopen", ".random", "Task.sleep", "ContinuousClock",
        ]
        for (target, file, text) in try Self.sources() where Self.pure.contains(target) {
            for word in words { #expect(!text.contains(word), "\(file) mentions \(word)") }
        }
    }

    @Test func `only the doors print or read the environment`() throws {
        for (target, file, text) in try Self.sources() where !["AtelierCLI", "Benchmarks"].contains(target) {
            #expect(text.firstMatch(of: /\bprint\(|ProcessInfo\.processInfo\.environment|\bgetenv\(/) == nil, "\(file)")
        }
    }

    @Test func `only the library's environment asks for the time or a random number`() throws {
        for (target, file, text) in try Self.sources()
        where target == "AssetLibrary" && !file.hasSuffix("Library+Environment.swift") {
            #expect(text.firstMatch(of: /\bDate\(\)|[A-Z][A-Za-z0-9]+\.random\(|\bUUID\(\)/) == nil, "\(file)")
        }
    }

    // MARK: - Reading the sources

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func sources() throws -> [(target: String, file: String, text: String)] {
        var sources: [(String, String, String)] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: root.path + "/Sources").sorted()
        for (target, folder) in names.map({ ($0, "Sources/\($0)") }) + [("Schema", "Schema")] {
            let files = FileManager.default.enumerator(atPath: root.path + "/" + folder)
            while let name = files?.nextObject() as? String {
                guard name.hasSuffix(".swift") else { continue }
                let path = "\(folder)/\(name)"
                sources.append((target, path, try String(contentsOf: root.appending(path: path), encoding: .utf8)))
            }
        }
        #expect(sources.count > 40, "the sources were not found")
        return sources
    }

    private static func imports(_ text: String) -> [String] {
        text.split(separator: "\n").compactMap { (line) -> String? in
            // An import stands at the beginning of its line; what is indented is another language in a text.
            if line.first?.isWhitespace == true { return nil }
            let words = line.split(separator: " ")
            guard let index = words.firstIndex(of: "import"), index + 1 < words.count,
                words[..<index].allSatisfy({
                    $0.hasPrefix("@") || ["public", "internal", "package", "private"].contains($0)
                })
            else { return nil }
            // `import struct Foundation.Data` names the module in its last word.
            let name = words[words.count - 1].split(separator: ".")[0]
            return String(name)
        }
    }
}
