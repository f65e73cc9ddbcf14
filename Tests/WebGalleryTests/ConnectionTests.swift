import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import WebGallery

/// What the server does for a client as long as it is there.
struct ConnectionTests {
    enum Departure: CaseIterable { case sendsNoMore, closes }

    @Test(arguments: Departure.allCases)
    func `what a client no longer waits for is cancelled, and nothing else`(_ departure: Departure) async throws {
        let limits = GalleryLimits()
        let register = ConnectionRegister(limits)
        func connection() async throws -> NIOAsyncTestingChannel {
            let channel = NIOAsyncTestingChannel()
            try await channel.testingEventLoop.executeInContext {
                try channel.pipeline.syncOperations.addHandler(
                    ConnectionKeeper(limits, register, holdsToken: { _, _ in true }))
            }
            try await channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).get()
            return channel
        }
        let (leaving, staying) = (try await connection(), try await connection())
        let (begun, begins) = AsyncStream.makeStream(of: Void.self)
        let (goneOn, goesOn) = AsyncStream.makeStream(of: Void.self)
        async let left = register.whileWaited(for: leaving, isLong: true) {
            begins.yield()
            do { try await Task.sleep(for: .seconds(3600)) } catch { return "cancelled" }
            return "finished"
        }
        async let stayed = register.whileWaited(for: staying, isLong: false) {
            begins.yield()
            for await _ in goneOn {}
            return Task.isCancelled ? "cancelled" : "finished"
        }
        var beginning = begun.makeAsyncIterator()
        for _ in 0..<2 { await beginning.next() }
        switch departure {
        case .sendsNoMore:
            for channel in [leaving, staying] {
                try await channel.testingEventLoop.executeInContext {
                    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
                }
                await channel.testingEventLoop.advanceTime(by: limits.leavingTime)
            }
        case .closes: try await leaving.close()
        }
        #expect(await left == "cancelled")
        goesOn.finish()
        #expect(await stayed == "finished")
        // What is asked next on the same connection is a question of its own.
        #expect(await register.whileWaited(for: staying, isLong: true) { Task.isCancelled } == false)
    }
}
