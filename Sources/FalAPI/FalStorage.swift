import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A file that fal's storage serves.
public struct RemoteFile: Sendable, Hashable {
    /// Where it is served, exactly as fal gave it. Opaque: hosts and paths vary.
    public let url: String
    /// How many bytes are stored.
    public let byteCount: Int64

    /// A file that is known to be served.
    public init(url: String, byteCount: Int64) {
        self.url = url
        self.byteCount = byteCount
    }
}

/// Puts files where a model can fetch them: announce, send, check.
///
/// The REST-initiated upload of the protocol facts, section 2.1 (recorded): the key goes with the announcement only, never
/// to the URL that takes the bytes. Multipart and the CDN's own token stand beside this one day, not inside it.
public struct FalStorage: Sendable {
    private let transport: FalTransport

    /// Uses the transport's hosts, key and client.
    public init(_ transport: FalTransport) {
        self.transport = transport
    }

    /// Sends the whole file and checks what arrived before returning its URL.
    ///
    /// - `byteCount` is the size the caller measured; a file of another size, or one that changes before its last byte
    ///   was read, is `fileChanged` and never arrives whole.
    /// - `fileName` may be in any script: it travels in JSON. Empty means `upload.bin`.
    /// - `onProgress` gets the number of bytes that the network has taken, and starts again from below when the sending is
    ///   repeated. Memory: a few chunks of 1 MiB, whatever the file's size.
    /// - The stored size is asked with HEAD afterwards (`sizeMismatch`, or `gone` when the file is not served). Files that
    ///   are not for everybody cannot be asked so, and are returned as sent.
    public func upload(
        fileAt path: String, byteCount: Int64, mediaType: String, fileName: String,
        options: UploadOptions = UploadOptions(), onProgress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(FalError) -> RemoteFile {
        let file = try OpenFile(path: path, byteCount: byteCount)
        // A type that cannot stand in a header is no type.
        let isHeaderSafe = !mediaType.isEmpty && mediaType.utf8.allSatisfy { 0x20...0x7E ~= $0 }
        let type = isHeaderSafe ? mediaType : "application/octet-stream"
        let place = try await initiate(
            fileName: fileName.isEmpty ? "upload.bin" : fileName, type: type, options: options)

        var put = FalTransport.Call(method: .PUT, url: place.uploadURL)
        put.headers.add(name: "Content-Type", value: type)
        put.isTransfer = true
        put.body = { mark in
            .stream(FileBody(file: file, mark: mark, onProgress: onProgress), length: .known(byteCount))
        }
        try await transport.perform(put) { response in
            // What the storage host says to a success is nobody's business, but its connection can be used again.
            _ = try? await response.body.collect(upTo: 64 * 1024)
        }
        try await checkStored(place.fileURL, byteCount: byteCount, access: options.access)
        return RemoteFile(url: place.fileURL, byteCount: byteCount)
    }

    private struct Place {
        let uploadURL: String
        let fileURL: String
    }

    private func initiate(fileName: String, type: String, options: UploadOptions) async throws(FalError) -> Place {
        let announcement = ["content_type": type, "file_name": fileName]
        var call = FalTransport.Call(
            method: .POST, url: transport.endpoints.rest + "/storage/upload/initiate?storage_type=fal-cdn-v3")
        call.headers = FalTransport.jsonHeaders
        call.isKeyed = true
        if let lifecycle = options.headerValue {
            for name in UploadOptions.headerNames { call.headers.add(name: name, value: lifecycle) }
        }
        // A repeated announcement leaves an unused place behind, which costs nothing.
        call.body = BytesBody.make(WireJSON.bytes(announcement) ?? [])
        return try await transport.perform(call) { response in
            let answer = try await FalTransport.json(response)
            guard let uploadURL = answer["upload_url"]?.string, let fileURL = answer["file_url"]?.string,
                (try? WebAddress(uploadURL)) != nil, (try? WebAddress(fileURL)) != nil
            else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the storage named no upload_url and file_url",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
            return Place(uploadURL: uploadURL, fileURL: fileURL)
        }
    }

    private func checkStored(_ url: String, byteCount: Int64, access: UploadOptions.Access?) async throws(FalError) {
        guard access == nil || access == .allow else { return }
        // An account may keep its files from strangers by default: then 401 and 403 say nothing about the size.
        let unknowable: Set<Int> = access == nil ? [401, 403, 405, 501] : [405, 501]
        // A file may be served a moment after it was taken.
        let stored = try await transport.performOnFile(.HEAD, url, accepts: unknowable, alsoRepeats: [404]) {
            response in
            response.status.code < 300 ? response.headers.contentLength : nil
        }
        if let stored, stored != byteCount { throw .sizeMismatch(expected: byteCount, actual: stored) }
    }
}
