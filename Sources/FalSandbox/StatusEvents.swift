import AssetModel

/// Every status of a request from now on until the last one. Each counts as a poll. Cancelling a waiting request ends the
/// sequence.
struct StatusEvents: AsyncSequence, Sendable {
    let state: SandboxState
    let address: SandboxRoute.QueueAddress
    /// How a status is written, from the request and the number of requests before it.
    let describe: @Sendable (SandboxJob, Int) -> JSONValue

    func makeAsyncIterator() -> Iterator { Iterator(events: self) }

    struct Iterator: AsyncIteratorProtocol {
        let events: StatusEvents
        private var changes: AsyncStream<Void>.Iterator?
        private var waits = false
        private var isOver = false

        init(events: StatusEvents) {
            self.events = events
        }

        mutating func next() async -> JSONValue? {
            await next(isolation: nil)
        }

        mutating func next(isolation actor: isolated (any Actor)?) async -> JSONValue? {
            // Watching begins before the first look, so that nothing is missed between.
            if changes == nil { changes = await events.state.watch(events.address.id).makeAsyncIterator() }
            if waits { _ = await changes?.next(isolation: actor) }
            guard !isOver, !Task.isCancelled, let (job, position) = await events.state.poll(events.address) else {
                return nil
            }
            isOver = job.reported == .completed
            waits = job.heldPolls == 0
            return events.describe(job, position)
        }
    }
}
