import NIOCore
import Synchronization

/// What the files of one transport share on their way out: the memory that they are read into, and the event loop that
/// writes it to the sockets.
final class UploadLane: Sendable {
    /// Enough for any sensible number of uploads at once; the rest goes back to the system.
    private static let capacity = 64
    private let loop: any EventLoop
    private let buffers = Mutex<[ByteBuffer]>([])

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Memory of earlier uploads, and empty buffers for what is missing. Fresh memory costs the system a page fault for every
    /// 4 KiB, which was a third of reading a file.
    func take(_ count: Int) -> [ByteBuffer] {
        buffers.withLock { buffers in (0..<count).map { _ in buffers.popLast() ?? ByteBuffer() } }
    }

    /// Returns a buffer for reuse. A connection may still hold the bytes; the next writer then gets its own copy.
    func give(back used: [ByteBuffer]) {
        buffers.withLock { $0 += used.prefix(Self.capacity - $0.count) }
    }

    /// The pace of one body.
    func pace() -> UploadPace { UploadPace(loop) }
}

/// Keeps one body from running ahead of its connection.
///
/// The HTTP client learns only on its event loop that a socket is full, and takes chunks without end until then. So after
/// each chunk a note is left for the event loop, and when more than one lies there unread the body waits: three chunks are
/// under way for each connection, not whole files. A note is read a round later than the chunk before it was written,
/// because an event loop lets go of what it has done only at the end of a round.
final class UploadPace: Sendable {
    private let loop: any EventLoop
    private let leftCount = Atomic<Int>(0)
    private let readCount = Atomic<Int>(0)

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    /// Called before each chunk is handed over. The event loop must outlive the body, as the shared one does.
    func keep() async throws {
        let left = leftCount.add(1, ordering: .relaxed).newValue
        loop.execute { [self] in
            loop.execute { [self] in readCount.add(1, ordering: .relaxed) }
        }
        guard left - readCount.load(ordering: .relaxed) > 1 else { return }
        try await loop.flatSubmit { [loop] in loop.submit {} }.get()
    }
}
