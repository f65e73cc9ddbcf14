import AssetLibrary
import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// Answers every request. There is one route so far: `POST /webhooks/fal`, for which no Host or Origin is asked, because it
/// comes through a tunnel with the tunnel's name; what protects it is fal's signature.
struct GalleryResponder: HTTPResponder {
    let library: Library
    let notices: AsyncStream<WebhookNotice>.Continuation
    let underWay: RunsUnderWay
    let report: @Sendable (WebhookReport) -> Void

    typealias Context = BasicRequestContext

    /// Where fal's webhooks are taken.
    static let webhookPath = "/webhooks/fal"
    /// The longest webhook that is read, 10 MB. A payload with pictures inside it can be longer; the run is then brought in
    /// by `resume`.
    static let longestWebhook = 10_000_000

    func respond(to request: Request, context: Context) async throws -> Response {
        guard request.uri.path == Self.webhookPath else { return Self.answer(404, "There is nothing here") }
        guard request.method == .post else {
            var response = Self.answer(405, "Webhooks come with POST")
            response.headers[.allow] = "POST"
            return response
        }
        return await takeWebhook(request)
    }

    private func takeWebhook(_ request: Request) async -> Response {
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: Self.longestWebhook).readableBytesView)
        } catch is NIOTooManyBytesError {
            return turnAway(
                413, LibraryError(.invalidInput, code: "webhook.too_large", "the webhook is longer than 10 MB"))
        } catch {
            return turnAway(
                400, LibraryError(.invalidInput, code: "webhook.cut_off", "the webhook's body ended too early"))
        }
        let notice: WebhookNotice
        do throws(LibraryError) {
            notice = try await library.verifyWebhook(
                headers: request.headers.map { ($0.name.canonicalName, $0.value) }, body: body)
        } catch {
            return turnAway(Self.status(of: error), error)
        }
        if let run = notice.generation, run.state.isFinal {
            report(WebhookReport(status: 200, requestID: notice.requestID, outcome: .taken(.alreadyEnded(run))))
        } else if await underWay.begin(notice.requestID) {
            notices.yield(notice)
        } else if let run = notice.generation {
            report(WebhookReport(status: 200, requestID: notice.requestID, outcome: .underWay(run)))
        } else {
            let unknown = WebhookOutcome.unknownRequest(id: notice.requestID)
            report(WebhookReport(status: 200, requestID: notice.requestID, outcome: .taken(unknown)))
        }
        return Self.answer(200, "Taken")
    }

    private func turnAway(_ status: Int, _ error: LibraryError) -> Response {
        report(WebhookReport(status: status, requestID: nil, outcome: .turnedAway(error)))
        // To a stranger no more than that.
        return Self.answer(status, status == 503 ? "Come again later" : "This is no webhook of fal")
    }

    /// What fal, which comes again after anything but 2xx and 3xx, is told.
    private static func status(of error: LibraryError) -> Int {
        switch error.category {
        case .invalidInput: 400
        case .refused: 401
        default: 503
        }
    }

    private static func answer(_ status: Int, _ sentence: String) -> Response {
        Response(
            status: HTTPResponse.Status(code: status), headers: [.contentType: "text/plain; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: sentence + "\n")))
    }
}
