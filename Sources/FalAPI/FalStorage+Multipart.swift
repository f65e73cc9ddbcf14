import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// Large files, part by part (protocol facts, section 2.4, variant A, recorded): announced with the key, sent without it,
/// put together at the end.
extension FalStorage {
    /// What stays the same through one upload.
    struct Job: Sendable {
        let file: SourceFile
        let name: String
        let type: String
        let options: UploadOptions
        let onProgress: @Sendable (Int64) -> Void
    }

    /// Sends what `earlier` does not hold yet, or everything when there is none or the storage has forgotten it.
    func uploadInParts(
        _ job: Job, resuming earlier: MultipartProgress?, onPart: @Sendable (MultipartProgress) async -> Void
    ) async throws(FalError) -> String {
        let byteCount = job.file.byteCount
        if let earlier, earlier.fits(byteCount: byteCount) {
            do throws(FalError) {
                return try await finish(earlier, job, onPart)
            } catch {
                // The storage does not know that upload any more, or no longer accepts writes: its parts are lost.
                guard case .rejected(let status, _, _, _) = error, [403, 404, 410].contains(status) else { throw error }
            }
        }
        let place: Place
        do throws(FalError) {
            place = try await initiate(job, "initiate-multipart")
        } catch {
            return try await uploadDirectly(job, insteadOf: error)
        }
        return try await finish(
            MultipartProgress(
                uploadURL: place.uploadURL, fileURL: place.fileURL, byteCount: byteCount,
                partByteCount: multipart.partByteCount), job, onPart)
    }

    private func finish(
        _ start: MultipartProgress, _ job: Job, _ onPart: @Sendable (MultipartProgress) async -> Void
    ) async throws(FalError) -> String {
        let address = try WebAddress(start.uploadURL)
        let sent = SentBytes(start.parts.reduce(0) { $0 + Int64(start.range(of: $1.number).count) }, job.onProgress)
        var progress = start
        var waiting = start.missing[...]
        do {
            try await withThrowingTaskGroup(of: MultipartProgress.Part.self) { group in
                func startNext() {
                    guard let number = waiting.popFirst() else { return }
                    let range = start.range(of: number)
                    group.addTask { try await send(number, range, of: job.file, to: address, sent) }
                }
                for _ in 0..<multipart.width { startNext() }
                while let part = try await group.next() {
                    startNext()
                    progress.add(part)
                    await onPart(progress)
                }
            }
        } catch let error as FalError {
            throw error
        } catch {
            throw .cancelled
        }
        try job.file.checkUnchanged()
        try await complete(progress, at: address)
        return start.fileURL
    }

    /// Sends one part; a retry starts from its first byte.
    private func send(
        _ number: Int, _ range: Range<Int64>, of file: SourceFile, to address: WebAddress, _ sent: SentBytes
    ) async throws(FalError) -> MultipartProgress.Part {
        var put = FalTransport.Call(method: .PUT, url: address.appending(segment: "\(number)"))
        put.isTransfer = true
        let count = PartCount(sent)
        put.body = { mark in
            .stream(
                FileBody(
                    file: file, range: range, lane: transport.lane, mark: mark, onProgress: { count.set($0) }),
                length: .known(Int64(range.count)))
        }
        return try await transport.perform(put) { response in
            // fal's JS client reads the JSON body, its app SDK the header; a server may send only one of them.
            let body = try await response.body.collect(upTo: 64 * 1024)
            let json = LooseJSON(parsing: Array(body.readableBytesView))
            let etags = [json?["etag"]?.string, response.headers.first(name: "etag")]
            guard let etag = etags.compactMap(\.self).first(where: { !$0.isEmpty }) else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the storage took part \(number) and gave no etag for it",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
            return MultipartProgress.Part(number: number, etag: etag)
        }
    }

    /// Has the parts put together. A retry, or a restart, may find it already done: then the stored file decides.
    private func complete(_ progress: MultipartProgress, at address: WebAddress) async throws(FalError) {
        struct List: Encodable {
            struct Entry: Encodable {
                let partNumber: Int
                let etag: String
            }
            let parts: [Entry]
        }
        let list = List(parts: progress.parts.map { .init(partNumber: $0.number, etag: $0.etag) })
        var call = FalTransport.Call(method: .POST, url: address.appending(segment: "complete"))
        call.headers = ["Content-Type": "application/json"]
        call.body = BytesBody.make(WireJSON.bytes(list) ?? [])
        do throws(FalError) {
            try await transport.perform(call) { response in
                _ = try? await response.body.collect(upTo: 64 * 1024)
            }
        } catch {
            guard case .rejected = error, await isWhole(progress) else { throw error }
        }
    }

    private func isWhole(_ progress: MultipartProgress) async -> Bool {
        guard case .served(let byteCount) = try? await transport.probe(progress.fileURL) else { return false }
        return byteCount == progress.byteCount
    }
}

/// How many bytes of an upload have left, over all its parts.
private final class SentBytes: Sendable {
    private let total: Atomic<Int64>
    private let onProgress: @Sendable (Int64) -> Void

    init(_ start: Int64, _ onProgress: @escaping @Sendable (Int64) -> Void) {
        total = Atomic(start)
        self.onProgress = onProgress
    }

    func add(_ difference: Int64) {
        onProgress(total.add(difference, ordering: .relaxed).newValue)
    }
}

/// What one part has contributed, so that a retry subtracts what the failed attempt had counted.
private final class PartCount: Sendable {
    private let value = Atomic<Int64>(0)
    private let sent: SentBytes

    init(_ sent: SentBytes) { self.sent = sent }

    func set(_ count: Int64) { sent.add(count - value.exchange(count, ordering: .relaxed)) }
}
