import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// How a request is followed to its end. Either way falls back on the other.
package enum Following: String, Sendable, Hashable, CaseIterable {
    /// Looks again and again, at growing intervals. The first choice: all of fal's clients can do it, and a proxy in between
    /// cannot hold it back.
    case polling
    /// Keeps one connection open on which fal tells each change at once.
    case stream
}

extension FalQueue {
    /// Follows the request until it has completed.
    ///
    /// - `onStatus` is called for the first status and whenever state, position or logs changed; its `logs` hold only the
    ///   lines that are new, whichever way they came.
    /// - A stream that cannot be opened, is not an event stream, ends early or stalls for as long as the transport allows is
    ///   followed by polling. Polling that fails for good although the request may be fine is followed by one stream,
    ///   and the polling's error is thrown when that does not reach the end either.
    ///
    /// A completed request with an error throws `failed`. There is no limit on the whole: cancel the task to stop waiting,
    /// which leaves the request itself untouched.
    package func waitUntilCompleted(
        _ request: QueuedRequest, by following: Following = .polling, onStatus: (QueueStatus) -> Void = { _ in }
    ) async throws(FalError) {
        var follower = StatusFollower()
        if following == .stream {
            do throws(FalError) {
                try await stream(request, &follower, onStatus)
            } catch {
                guard error.leavesOtherWay else { throw error }
            }
            if follower.isCompleted { return }
        }
        do throws(FalError) {
            try await poll(request, &follower, onStatus)
        } catch {
            guard following == .polling, error.leavesOtherWay, error.isTransient else { throw error }
            do throws(FalError) {
                try await stream(request, &follower, onStatus)
            } catch FalError.failed(let detail, let type, let id) {
                throw .failed(detail: detail, type: type, requestID: id)
            } catch FalError.cancelled {
                throw .cancelled
            } catch _ {
                throw error
            }
            if !follower.isCompleted { throw error }
        }
    }

    private func poll(
        _ request: QueuedRequest, _ follower: inout StatusFollower, _ onStatus: (QueueStatus) -> Void
    ) async throws(FalError) {
        var look = 1
        while true {
            let status = try await status(of: request, logs: true)
            if try follower.take(status, of: request, onStatus) { return }
            let wait = polling.wait(after: look, jitter: .random(in: 0...1))
            do { try await Task.sleep(for: wait) } catch { throw .cancelled }
            look += 1
        }
    }

    /// Reads the stream to its end, which need not be the request's (protocol facts, section 3.3). One attempt: what is
    /// missing then is polled for.
    private func stream(
        _ request: QueuedRequest, _ follower: inout StatusFollower, _ onStatus: (QueueStatus) -> Void
    ) async throws(FalError) {
        var call = call(.GET, try WebAddress(request.statusURL).appending(segment: "stream").asking("logs=1"))
        call.headers = ["Accept": "text/event-stream"]
        call.isTriedOnce = true
        var copy = follower
        do throws(FalError) {
            try await transport.perform(call) { response in
                guard response.headers.mediaType == "text/event-stream" else {
                    throw AttemptFailure.garbled(
                        .unintelligible(what: "the answer is not an event stream", requestID: request.requestID))
                }
                var events = EventStream()
                for try await chunk in response.body {
                    for event in try events.take(chunk.readableBytesView) {
                        guard let json = LooseJSON(parsing: event), let status = QueueStatus(json) else { continue }
                        if try copy.take(status, of: request, onStatus) { return }
                    }
                }
            }
        } catch {
            follower = copy
            throw error
        }
        follower = copy
    }
}

extension StatusFollower {
    /// Tells what is new, and whether this was the end. Throws `failed` for an end that is an error.
    mutating func take(
        _ status: QueueStatus, of request: QueuedRequest, _ onStatus: (QueueStatus) -> Void
    ) throws(FalError) -> Bool {
        if let news = news(in: status) { onStatus(news) }
        guard status.state == .completed else { return false }
        guard let error = status.error else { return true }
        throw .failed(detail: error, type: status.errorType, requestID: request.requestID)
    }
}

extension FalError {
    /// Whether the other way of following may still do: not for an end of the run, a foreign host or a wrong key.
    fileprivate var leavesOtherWay: Bool {
        switch self {
        case .rejected, .throttled, .unavailable, .unreachable, .timedOut, .interrupted, .unintelligible, .redirected:
            true
        default: false
        }
    }
}
