import AssetLibrary

/// Shows a run's progress while it lasts. On a terminal the line of a waiting run also tells the time that has passed.
enum ProgressDisplay {
    /// Runs `body`, which reports to the closure it gets; returns when everything reported was shown.
    static func during<R: Sendable>(
        _ body: (@escaping @Sendable (EditProgress) -> Void) async throws -> R
    ) async throws -> R {
        // Nil is a second that passed.
        let (events, reporting) = AsyncStream.makeStream(of: EditProgress?.self)
        async let shown: Void = show(events)
        async let _: Void = tick(reporting)
        do {
            let result = try await body { reporting.yield($0) }
            reporting.finish()
            await shown
            return result
        } catch {
            reporting.finish()
            await shown
            throw error
        }
    }

    /// Ends by being cancelled, when its scope does.
    private static func tick(_ reporting: AsyncStream<EditProgress?>.Continuation) async {
        guard Console.isTerminal else { return }
        while (try? await Task.sleep(for: .seconds(1))) != nil { reporting.yield(nil) }
    }

    private static func show(_ events: AsyncStream<EditProgress?>) async {
        let start = ContinuousClock.now
        var waiting: String?
        for await event in events {
            switch event {
            case .queued(let position)? where Console.isTerminal:
                waiting = "waiting\(position.map { ", \($0) ahead" } ?? "")"
            case .running? where Console.isTerminal: waiting = waiting.flatMap(line(ofLog:)) ?? "the model is at work"
            case .log(let text)? where Console.isTerminal: waiting = "the model: \(Phrase.oneLine(text, 80))"
            case nil: break
            case let event?:
                waiting = nil
                EditProgressText.show(event)
            }
            if let waiting { Console.status("\(waiting), \(start.duration(to: .now).components.seconds) s") }
        }
    }

    /// A line that the model printed says more than that it is at work.
    private static func line(ofLog text: String) -> String? { text.hasPrefix("the model: ") ? text : nil }
}
