import ServiceLifecycle

/// Works through the queue, two requests at a time, for as long as the server runs.
struct SandboxWorker: Service {
    let state: SandboxState
    let painter: CardPainter
    /// Ids of requests whose answers have been sent.
    let requests: AsyncStream<String>
    /// Where finished requests go that have a webhook.
    let finished: AsyncStream<SandboxJob>.Continuation

    private static let width = 2

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await id in requests.cancelOnGracefulShutdown() {
                if running == Self.width {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await work(on: id) }
            }
            // The server is stopping: no client can ask for results.
            group.cancelAll()
        }
    }

    private func work(on id: String) async {
        guard let job = await state.begin(id) else { return }
        let start = ContinuousClock.now
        let outcome = job.waitedTooLong ? .expired : await draw(job)
        let done = await state.finish(id, outcome, seconds: start.duration(to: .now).seconds)
        if let done, done.request.webhook != nil { finished.yield(done) }
    }

    private func draw(_ job: SandboxJob) async -> SandboxJob.Outcome {
        do {
            let drawn = try await painter.run(job.request) {
                if Task.isCancelled { return true }
                return await state.isCancelled(job.id)
            }
            return drawn.map(SandboxJob.Outcome.pictures) ?? .cancelled
        } catch {
            return .failed(error)
        }
    }
}
