import AssetLibrary
import AssetModel
import ServiceLifecycle

/// Brings in the runs that webhooks told of, some at a time, while the answers are long given.
///
/// When the server stops, downloads are broken off and what is being written down is finished; the rest is for `resume`.
struct WebhookDesk: Service {
    let library: Library
    /// Notices that were answered with 200, in the order in which they came.
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
                group.addTask { await bringIn(notice) }
            }
            group.cancelAll()
        }
    }

    private func bringIn(_ notice: WebhookNotice) async {
        let outcome: WebhookReport.Outcome
        do throws(LibraryError) {
            outcome = .taken(try await library.bringIn(notice))
        } catch  where error.category == .cancelled {
            outcome = .interrupted
        } catch {
            outcome = notice.generation.map { .taken(.failed($0, error)) } ?? .turnedAway(error)
        }
        await underWay.end(notice.requestID)
        report(WebhookReport(status: 200, requestID: notice.requestID, outcome: outcome))
    }
}

/// The requests whose runs are being brought in, so that a second delivery of the same does not fetch everything twice. An
/// actor because deliveries come side by side.
actor RunsUnderWay {
    private var requests: Set<String> = []

    /// Takes a request up; false when it is under way already.
    func begin(_ request: String) -> Bool { requests.insert(request).inserted }

    func end(_ request: String) { requests.remove(request) }
}
