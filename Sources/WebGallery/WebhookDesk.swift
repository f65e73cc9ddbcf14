import AssetLibrary
import AssetModel
import ServiceLifecycle

/// Collects the runs that webhooks announced, a few at a time, after the deliveries were answered.
///
/// When the server stops, downloads are cancelled and records being written are finished; `resume` does the rest.
struct WebhookDesk: Service {
    let session: FalSession
    /// Notices that were answered with 200, in order of arrival.
    let notices: AsyncStream<WebhookNotice>
    let underWay: RunsUnderWay
    let report: @Sendable (WebhookReport) -> Void

    private static let width = 4

    func run() async {
        await withTaskGroup(of: Void.self) { group in
            var running = 0
            for await notice in notices.cancelOnGracefulShutdown() {
                if running == Self.width {
                    await group.next()
                    running -= 1
                }
                running += 1
                group.addTask { await collect(notice) }
            }
            group.cancelAll()
        }
    }

    private func collect(_ notice: WebhookNotice) async {
        let outcome: WebhookReport.Outcome
        do throws(LibraryError) {
            outcome = .taken(try await session.collect(notice))
        } catch  where error.category == .cancelled {
            outcome = .interrupted
        } catch {
            outcome = notice.run.map { .taken(.failed($0, error)) } ?? .turnedAway(error)
        }
        await underWay.end(notice.requestID)
        report(WebhookReport(status: 200, requestID: notice.requestID, outcome: outcome))
    }
}

/// The requests whose runs are being collected, so that a second delivery does not fetch everything twice. An actor
/// because deliveries arrive concurrently.
actor RunsUnderWay {
    private var requests: Set<String> = []

    /// Starts on a request; false when it is already in progress.
    func begin(_ request: String) -> Bool { requests.insert(request).inserted }

    func end(_ request: String) { requests.remove(request) }
}
