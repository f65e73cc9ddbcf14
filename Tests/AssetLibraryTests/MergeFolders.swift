import AssetCatalog
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Library folders beside each other, as one person's machines would have them.
struct MergeFolders: Sendable {
    /// The folder around them.
    let folder: String

    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// Copies a whole library, as a backup or a sync does.
    func copy(_ name: String, to copy: String) async throws {
        let outcome = try await Program(in: folder).shell("cp -R '\(path(name))' '\(path(copy))'")
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    /// Brings what one library has and another lacks into the other: journals and blobs, and of two states of a segment the longer.
    func bring(_ name: String, to other: String) throws {
        let files = FileManager.default
        for part in ["journal", "blobs"] {
            let root = "\(path(name))/\(part)"
            for file in try files.subpathsOfDirectory(atPath: root) {
                let (source, target) = ("\(root)/\(file)", "\(path(other))/\(part)/\(file)")
                var isFolder: ObjCBool = false
                if files.fileExists(atPath: source, isDirectory: &isFolder), isFolder.boolValue {
                    try files.createDirectory(atPath: target, withIntermediateDirectories: true)
                } else if Self.length(target) ?? -1 < Self.length(source) ?? 0 {
                    if files.fileExists(atPath: target) { try files.removeItem(atPath: target) }
                    try files.copyItem(atPath: source, toPath: target)
                }
            }
        }
    }

    /// A folder that is a library of the same name as another, without anything in it.
    func makeEmpty(_ name: String, like other: String) throws {
        for part in ["journal", "blobs", "staging"] {
            try FileManager.default.createDirectory(atPath: "\(path(name))/\(part)", withIntermediateDirectories: true)
        }
        try FileManager.default.copyItem(atPath: "\(path(other))/atelier.json", toPath: "\(path(name))/atelier.json")
    }

    func with<R: Sendable>(
        _ name: String, environment: Library.Environment = .live, _ body: (Library) async throws -> R
    ) async throws -> R {
        try await Library.withLibrary(
            at: path(name), environment: environment, logger: TestLibrary.logger, body)
    }

    func with<R: Sendable>(
        _ name: String, remote: Remote, _ body: (Library, FalSession) async throws -> R
    ) async throws -> R {
        try await TestLibrary.withSession(at: path(name), remote, body)
    }

    /// Every table of a library's catalog.
    func tables(_ name: String) async throws -> [String: [String]] {
        try await with(name) { try await $0.history.catalog.contents().tables }
    }

    /// The problems that verify finds, in its own words.
    func problems(_ name: String) async throws -> [String] {
        try await with(name) { library in
            var problems: [String] = []
            _ = try await library.verify(onProblem: { problems.append($0.description) })
            return problems
        }
    }

    /// The lines of every segment, by its path within the journal.
    func lines(_ name: String) throws -> [String: [Substring]] {
        let root = path(name) + "/journal"
        var lines: [String: [Substring]] = [:]
        for file in try FileManager.default.subpathsOfDirectory(atPath: root) where file.hasSuffix(".jsonl") {
            lines[file] = try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8).split(separator: "\n")
        }
        return lines
    }

    /// The replicas that have written to a library.
    func replicas(_ name: String) throws -> Set<String> {
        Set(try lines(name).keys.map { String($0.prefix { $0 != "/" }) })
    }

    /// Adds text at the end of a segment, as it is.
    func append(_ text: String, to segment: String, of name: String) throws {
        let url = URL(fileURLWithPath: "\(path(name))/journal/\(segment)")
        try (try Data(contentsOf: url) + Data(text.utf8)).write(to: url)
    }

    /// A picture that nobody else has: bytes behind a PNG's end change its digest and nothing else.
    func picture(_ name: String, _ number: Int, of fixture: String = "images/demo/mug.png") throws -> String {
        let path = "\(folder)/\(name).png"
        try (try Fixtures.data(fixture) + Data("\(number)".utf8)).write(to: URL(fileURLWithPath: path))
        return path
    }

    private static func length(_ path: String) -> Int? {
        (try? FileManager.default.attributesOfItem(atPath: path)[.size]) as? Int
    }
}

extension [String: [String]] {
    /// The rows in which two catalogs differ, for a failed expectation.
    func differences(from other: [String: [String]]) -> [String] {
        Set(keys).union(other.keys).sorted().flatMap { table in
            let (mine, theirs) = (self[table] ?? [], other[table] ?? [])
            return mine.filter { !theirs.contains($0) }.map { "- \(table) \($0)" }
                + theirs.filter { !mine.contains($0) }.map { "+ \(table) \($0)" }
        }
    }
}
