import AssetLibrary
import AssetModel
import Foundation
import HTTPTypes
import Hummingbird
import LibraryJSON
import NIOCore

/// Files that are dropped on the page.
extension GalleryAPI {
    static let importRoutes: [Route] = [
        Route(.put, "imports") { api, request throws(LibraryError) in try await api.importFile(request) }
    ]

    /// The longest file that is taken, 512 MB.
    static let longestFile = 512 << 20

    private func importFile(_ request: APIRequest) async throws(LibraryError) -> GalleryAnswer {
        let name = try Self.fileName(try request.required("name"))
        let tooLarge = LibraryError(
            .invalidInput, code: "body_too_large", "\(name): is larger than 512 MB; use `atelier import` for it")
        if let length = request.request.headers[.contentLength].flatMap({ Int($0) }), length > Self.longestFile {
            throw tooLarge
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("atelier-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            try await Self.receive(request, file)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        } catch let error as LibraryError {
            throw error
        } catch {
            throw LibraryError(.storage, code: "staging", "\(name): could not be received: \(error)")
        }
        return try await importFile(file.path, named: name, request)
    }

    private func importFile(
        _ path: String, named name: String, _ request: APIRequest
    ) async throws(LibraryError) -> GalleryAnswer {
        var outcome: ImportOutcome?
        let tag = request.query("tag")
        let (_, actions) = try await library.noting { () throws(LibraryError) in
            try await library.importFiles(
                [path], set: request.query("set"), tags: tag.map { [$0] } ?? [], named: name,
                onOutcome: { outcome = $0 })
        }
        let shown: JSONObject = ["path": JSONValue(name), "name": JSONValue(name)]
        func word(_ isNew: Bool) -> JSONValue { JSONValue(isNew ? "imported" : "already_here") }
        switch outcome {
        case .imported(_, _, _, let isNew):
            return .json(
                (outcome?.json ?? [:]).adding(shown).adding([
                    "outcome": word(isNew), "action": JSONValue(actions.last?.text),
                    "changed": JSONValue(isNew ? 1 : 0),
                    "message": JSONValue(isNew ? "Imported \(name)" : "\(name) is in the library already"),
                ]), status: isNew ? 201 : 200)
        case .failed(_, let code, let message):
            return refused(name, "image.\(code)", message)
        case .skipped, .notRemoved, nil:
            return refused(name, "image.unknown_format", "is not a picture that Atelier reads")
        }
    }

    /// A file that is no picture is an ordinary answer: of a folder that is dropped, some are none, and a browser logs a status as an error.
    private func refused(_ name: String, _ code: String, _ message: String) -> GalleryAnswer {
        .json([
            "outcome": JSONValue("refused"), "name": JSONValue(name), "code": JSONValue(code),
            "message": JSONValue("\(name): \(message)"),
        ])
    }

    /// Writes the body to a file as it comes.
    private static func receive(_ request: APIRequest, _ file: URL) async throws {
        guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
            throw CocoaError(.fileWriteUnknown)
        }
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        var count = 0
        var parts = request.request.body.makeAsyncIterator()
        while true {
            let next: ByteBuffer?
            do {
                next = try await parts.next()
            } catch {
                throw LibraryError(.invalidInput, code: "body_cut_off", "the body ended too early")
            }
            guard let part = next else { break }
            count += part.readableBytes
            guard count <= longestFile else { throw NIOTooManyBytesError(maxBytes: longestFile) }
            try handle.write(contentsOf: part.readableBytesView)
        }
        if let length = request.request.headers[.contentLength].flatMap({ Int($0) }), length != count {
            throw LibraryError(.invalidInput, code: "body_cut_off", "the body ended too early")
        }
    }

    /// The name without the folders that a page may put before it. Errors: one that cannot be a file's.
    private static func fileName(_ text: String) throws(LibraryError) -> String {
        let last = text.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? ""
        let isControlled = last.unicodeScalars.contains { $0.properties.generalCategory == .control }
        guard !last.isEmpty, last != ".", last != "..", !isControlled, last.utf8.count <= 200 else {
            throw LibraryError(.invalidInput, code: "bad_name", "name must be a file name of at most 200 bytes")
        }
        return last
    }
}
