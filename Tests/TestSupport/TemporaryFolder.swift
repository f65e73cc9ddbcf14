import Foundation

/// A folder for the length of a closure, empty at its start and gone at its end.
package enum TemporaryFolder {
    /// Runs `body` with the absolute path of a new folder; removes it on every path, read-only files included.
    package static func with<R>(_ body: (String) async throws -> R) async throws -> R {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "atelier-test-\(UUID().uuidString.lowercased())").resolvingSymlinksInPath()
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        do {
            let result = try await body(url.path)
            try? FileManager.default.removeItem(at: url)
            return result
        } catch {
            try? FileManager.default.removeItem(at: url)
            throw error
        }
    }
}
