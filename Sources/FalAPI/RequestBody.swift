import AsyncHTTPClient
import NIOCore

/// Bytes in memory as a request body that notes when it was begun.
struct BytesBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let buffer: ByteBuffer
    private let mark: SentMark

    /// A body made of `bytes` with a known length. Called for each attempt; the bytes are shared, not copied.
    static func make(_ bytes: [UInt8]) -> @Sendable (SentMark) -> HTTPClientRequest.Body {
        let buffer = ByteBuffer(bytes: bytes)
        return { mark in
            // An empty body is complete with the head.
            if buffer.readableBytes == 0 { mark.set() }
            return .stream(BytesBody(buffer: buffer, mark: mark), length: .known(Int64(buffer.readableBytes)))
        }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate var rest: ByteBuffer?
        fileprivate let mark: SentMark

        mutating func next() async -> ByteBuffer? {
            mark.set()
            defer { rest = nil }
            return rest
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: buffer, mark: mark) }
}

/// A file on disk, or a part of it, as a request body: read in chunks of at most 256 KiB, from the first byte each time it
/// is iterated.
///
/// The file is looked at again before the last chunk is handed over. If it changed in the meantime the body ends in
/// `fileChanged`, so a mixture of two versions never arrives as a whole.
struct FileBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    /// Large enough that handing a chunk over costs little beside copying it, small enough that it is still in the
    /// processor's cache when the socket takes it.
    static let chunkByteCount = 1 << 18

    let file: SourceFile
    let range: Range<Int64>
    let lane: UploadLane
    let mark: SentMark
    /// Gets how many bytes of the range were taken.
    let onProgress: @Sendable (Int64) -> Void
    /// Called when everything was taken.
    var onEnd: @Sendable () -> Void = {}

    struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let body: FileBody
        fileprivate var offset: Int64
        /// Used in turn: one is being sent, one waits for that, one is read into.
        fileprivate var buffers: [ByteBuffer]
        fileprivate let pace: UploadPace

        mutating func next() async throws -> ByteBuffer? {
            body.mark.set()
            // Being asked for more means that everything so far was taken.
            if offset > body.range.lowerBound { body.onProgress(offset - body.range.lowerBound) }
            let rest = body.range.upperBound - offset
            guard rest > 0 else {
                body.lane.give(back: buffers)
                buffers = []
                body.onEnd()
                return nil
            }
            var buffer = buffers.removeFirst()
            let byteCount = Int(Swift.min(rest, Int64(FileBody.chunkByteCount)))
            try body.file.read(at: offset, byteCount: byteCount, into: &buffer)
            offset += Int64(byteCount)
            if offset == body.range.upperBound { try body.file.checkUnchanged() }
            try await pace.keep()
            buffers.append(buffer)
            return buffer
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(body: self, offset: range.lowerBound, buffers: lane.take(3), pace: lane.pace())
    }
}

extension FalStorage.Job {
    /// The whole file.
    func body(
        _ mark: SentMark, _ lane: UploadLane, onEnd: @escaping @Sendable () -> Void = {}
    ) -> HTTPClientRequest.Body {
        let byteCount = file.byteCount
        let bytes = FileBody(
            file: file, range: 0..<byteCount, lane: lane, mark: mark, onProgress: onProgress, onEnd: onEnd)
        return .stream(bytes, length: .known(byteCount))
    }
}
