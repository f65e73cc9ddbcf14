import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// A file that fal's storage serves.
package struct RemoteFile: Sendable, Hashable {
    /// Where it is served, exactly as fal gave it. Opaque: hosts and paths vary.
    package let url: String
    /// How many bytes are stored.
    package let byteCount: Int64

    /// A file that is known to be served.
    package init(url: String, byteCount: Int64) {
        self.url = url
        self.byteCount = byteCount
    }
}

/// Puts files where a model can fetch them: announce, send, check.
///
/// The REST-initiated upload of the protocol facts, sections 2.1 and 2.4 (recorded): the key goes with the announcement
/// only, never to the URL that takes the bytes. When the API host is down, files of up to 100 MiB go to the CDN with a
/// token of its own; a third way, which would send the key to the storage host, is not offered.
package struct FalStorage: Sendable {
    let transport: FalTransport
    let multipart: MultipartRule
    private let slots: TransferSlots
    /// A place that was announced longer ago than this, while the file waited for a slot, is announced again: how long the
    /// storage holds one open is not documented.
    private static let freshness = Duration.seconds(60)

    /// Uses the transport's hosts, key and client. Files take a slot for as long as their bytes are on their way; several
    /// storages may share `slots`.
    package init(_ transport: FalTransport, slots: TransferSlots = TransferSlots(Int.max)) {
        self.init(transport, multipart: MultipartRule(), slots: slots)
    }

    init(_ transport: FalTransport, multipart: MultipartRule, slots: TransferSlots = TransferSlots(Int.max)) {
        self.transport = transport
        self.multipart = multipart
        self.slots = slots
    }

    /// Sends the whole file and checks what arrived before returning its URL.
    ///
    /// - `byteCount` is the size the caller measured; a file of another size, or one that changes before its last byte
    ///   was read, is `fileChanged` and never arrives whole.
    /// - `fileName` may be in any script: it travels in JSON. Empty means `upload.bin`.
    /// - Files above 90 MiB go in parts of 10 MiB, four at a time, each repeated on its own. `onPart` gets the state
    ///   after each finished part, one call at a time; hand the last one back as `resuming` and only the rest is sent.
    ///   The bytes must be the same as then, which the caller knows by their digest. When the storage has forgotten the
    ///   upload (403, 404, 410), or the value does not fit the file, it starts over.
    /// - `onProgress` gets the number of bytes that the network has taken, and starts again from below when sending is
    ///   repeated. Memory: a few chunks of 256 KiB for each connection, whatever the file's size.
    /// - A refused announcement is final; only an API host in trouble of its own (no connection, no answer, 5xx after all
    ///   retries) is bypassed by the fallback, if it still gives out tokens.
    /// - The stored size is asked with HEAD afterwards (`sizeMismatch`, or `gone` when the file is not served). Files that
    ///   are not public cannot be checked this way, and are returned as sent.
    package func upload(
        fileAt path: String, byteCount: Int64, mediaType: String, fileName: String,
        options: UploadOptions = UploadOptions(), resuming: MultipartProgress? = nil,
        onPart: @escaping @Sendable (MultipartProgress) async -> Void = { _ in },
        onProgress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws(FalError) -> RemoteFile {
        // A type that cannot stand in a header is dropped.
        let isHeaderSafe = !mediaType.isEmpty && mediaType.utf8.allSatisfy { 0x20...0x7E ~= $0 }
        let job = Job(
            file: try SourceFile(path: path, byteCount: byteCount), name: fileName.isEmpty ? "upload.bin" : fileName,
            type: isHeaderSafe ? mediaType : "application/octet-stream", options: options, onProgress: onProgress)
        let url =
            if multipart.needsParts(byteCount) {
                try await slots.within { _ throws(FalError) in
                    try await uploadInParts(job, resuming: resuming, onPart: onPart)
                }
            } else {
                try await uploadInOne(job)
            }
        try await checkStored(url, byteCount: byteCount, access: options.access)
        return RemoteFile(url: url, byteCount: byteCount)
    }

    /// Whether a file of this size goes in parts, so that remembering its progress pays.
    package func sendsInParts(_ byteCount: Int64) -> Bool { multipart.needsParts(byteCount) }

    private func uploadInOne(_ job: Job) async throws(FalError) -> String {
        let way = try await way(for: job)
        let known = ContinuousClock.now
        return try await slots.within { slot throws(FalError) in
            let isFresh = known.duration(to: .now) < Self.freshness
            return switch isFresh ? way : try await self.way(for: job) {
            case .announced(let place): try await put(job, at: place, slot)
            case .directly(let error): try await uploadDirectly(job, insteadOf: error)
            }
        }
    }

    /// How a file goes in one piece.
    private enum Way {
        case announced(Place)
        /// To the CDN, since the announcement met an outage.
        case directly(insteadOf: FalError)
    }

    /// Announces a file. Throws what the fallback cannot help with, before waiting for a slot.
    private func way(for job: Job) async throws(FalError) -> Way {
        do throws(FalError) {
            return .announced(try await initiate(job, "initiate"))
        } catch {
            guard mayGoDirectly(job, insteadOf: error) else { throw error }
            return .directly(insteadOf: error)
        }
    }

    private func put(_ job: Job, at place: Place, _ slot: TransferSlots.Slot) async throws(FalError) -> String {
        var put = FalTransport.Call(method: .PUT, url: place.uploadURL)
        put.headers = ["Content-Type": job.type]
        put.isTransfer = true
        put.body = { job.body($0, transport.lane, onEnd: slot.giveBack) }
        try await transport.perform(put) { response in
            // What the storage host says to a success does not matter, but its connection can be used again.
            _ = try? await response.body.collect(upTo: 64 * 1024)
        }
        return place.fileURL
    }

    /// Where the storage wants the bytes, and where it will serve them.
    struct Place {
        let uploadURL: String
        let fileURL: String
    }

    /// Announces a file; `verb` is the last segment of the path.
    func initiate(_ job: Job, _ verb: String) async throws(FalError) -> Place {
        let announcement = ["content_type": job.type, "file_name": job.name]
        var call = FalTransport.Call(
            method: .POST, url: transport.endpoints.rest + "/storage/upload/\(verb)?storage_type=fal-cdn-v3")
        call.headers = FalTransport.jsonHeaders
        call.authority = .key
        call.add(job.options)
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
        // An account's files may be private by default: then 401 and 403 say nothing about the size.
        let unknowable: Set<Int> = access == nil ? [401, 403, 405, 501] : [405, 501]
        // A file may be served a moment after it was taken.
        let stored = try await transport.performOnFile(.HEAD, url, accepts: unknowable, alsoRepeats: [404]) {
            response in
            response.status.code < 300 ? response.headers.contentLength : nil
        }
        if let stored, stored != byteCount { throw .sizeMismatch(expected: byteCount, actual: stored) }
    }
}
