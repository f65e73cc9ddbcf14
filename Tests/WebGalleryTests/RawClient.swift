import NIOCore
import NIOPosix

/// Bytes over TCP, as no well-behaved client sends them.
enum RawClient {
    /// Sends some bytes at once, then further ones a piece at a time with a pause before each, and gives what comes back until the server
    /// closes or the time is up; `isClosed` says which.
    static func exchange(
        port: Int, _ bytes: String, then pieces: [String] = [], pause: Duration = .milliseconds(100),
        within time: Duration = .seconds(10)
    ) async throws -> (text: String, isClosed: Bool) {
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await channel.executeThenClose { inbound, outbound in
            let collected = Collected()
            return try await withThrowingTaskGroup(of: Bool?.self) { group in
                group.addTask {
                    do {
                        for try await part in inbound { await collected.add(String(buffer: part)) }
                    } catch {
                        // A connection that is cut is closed.
                    }
                    return true
                }
                group.addTask {
                    try? await outbound.write(ByteBuffer(string: bytes))
                    for piece in pieces {
                        try await Task.sleep(for: pause)
                        guard (try? await outbound.write(ByteBuffer(string: piece))) != nil else { break }
                    }
                    return nil
                }
                group.addTask {
                    try await Task.sleep(for: time)
                    return false
                }
                while let ended = try await group.next() {
                    guard let ended else { continue }
                    group.cancelAll()
                    return (await collected.text, ended)
                }
                return (await collected.text, false)
            }
        }
    }

    private actor Collected {
        private(set) var text = ""
        func add(_ more: String) { text += more }
    }
}
