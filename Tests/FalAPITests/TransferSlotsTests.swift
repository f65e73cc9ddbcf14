import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import FalAPI

/// How many transfers run at once, and how far one may run ahead.
struct TransferSlotsTests {
    @Test(arguments: [1, 3]) func `no more hold a slot at once than there are`(count: Int) async throws {
        let slots = TransferSlots(count)
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    try await slots.within { _ throws(FalError) in
                        await crowd.enter()
                        for _ in 0..<20 { await Task.yield() }
                        await crowd.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await crowd.most == count)
        #expect(await crowd.now == 0)
    }

    @Test func `a slot can be given back before the end, and only once`() async throws {
        let slots = TransferSlots(1)
        try await slots.within { slot throws(FalError) in
            slot.giveBack()
            slot.giveBack()
            // Would wait for ever if it were not free.
            try await slots.within { second throws(FalError) in
                slot.giveBack()
                let isThird = await Self.isTaken(slots)
                #expect(isThird, "giving back twice must not make a second slot")
                second.giveBack()
            }
        }
    }

    @Test func `an error gives the slot back`() async throws {
        let slots = TransferSlots(1)
        let error = await falError {
            try await slots.within { _ throws(FalError) in throw .missingCredential }
        }
        #expect(error == .missingCredential)
        // Would wait for ever if it were held.
        try await slots.within { _ throws(FalError) in }
    }

    @Test func `whoever is cancelled in the line leaves it, and the others go on`() async throws {
        let slots = TransferSlots(1)
        try await slots.within { slot throws(FalError) in
            let waiting = Task { try await slots.within { _ throws(FalError) in } }
            let behind = Task { try await slots.within { _ throws(FalError) in 7 } }
            waiting.cancel()
            await #expect(throws: FalError.cancelled) { try await waiting.value }
            slot.giveBack()
            #expect(await (try? behind.value) == 7)
        }
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await slots.within { _ throws(FalError) in }
        }
        await #expect(throws: FalError.cancelled) { try await cancelled.value }
        try await slots.within { _ throws(FalError) in }
    }

    /// Whether all slots are held: somebody who has no time to wait gets none.
    private static func isTaken(_ slots: TransferSlots) async -> Bool {
        let visitor = Task { try await slots.within { _ throws(FalError) in } }
        for _ in 0..<100 { await Task.yield() }
        visitor.cancel()
        return await (try? visitor.value) == nil
    }

    @Test func `a body waits when the event loop has not sent two of its chunks`() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let pace = UploadLane(loop).pace()
        let (isBusy, hold) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        loop.execute {
            isBusy.signal()
            hold.wait()
        }
        isBusy.wait()
        try await pace.keep()
        let crowd = Crowd()
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                try await pace.keep()
                await crowd.enter()
            }
            for _ in 0..<1000 { await Task.yield() }
            #expect(await crowd.now == 0)
            hold.signal()
            try await tasks.waitForAll()
        }
        #expect(await crowd.now == 1)
        try await group.shutdownGracefully()
    }
}

/// How many are there, and how many there were at most.
private actor Crowd {
    private(set) var now = 0
    private(set) var most = 0

    func enter() {
        now += 1
        most = max(most, now)
    }

    func leave() { now -= 1 }
}
