import AssetLibrary
import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// Takes fal's webhooks, `POST /webhooks/fal`. It checks no Host, Origin or token, because requests come through a tunnel under
/// the tunnel's name; fal's signature protects it, and its answers show nothing.
struct WebhookResponder: Sendable {
    let session: FalSession
    let notices: AsyncStream<WebhookNotice>.Continuation
    let underWay: RunsUnderWay
    let report: @Sendable (WebhookReport) -> Void

    /// The path that accepts fal's webhooks.
    static let path = "/webhooks/fal"
    /// The longest webhook that is read, 10 MB: room for a payload with an image inside it. A longer one is rejected,
    /// and `resume` collects its run.
    static let longestBody = 10_000_000

    func respond(to request: Request) async -> Response {
        guard request.method == .post else {
            var response = Self.answer(405, "Use POST")
            response.headers[.allow] = "POST"
            return response
        }
        return await takeWebhook(request)
    }

    /// Judges a delivery by its headers before a byte of its body is read, then by its announced length, then by its
    /// signature.
    private func takeWebhook(_ request: Request) async -> Response {
        let headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        do throws(LibraryError) {
            try session.checkWebhook(headers: headers)
        } catch {
            return reject(Self.status(of: error), error)
        }
        let tooLarge = LibraryError(.invalidInput, code: "webhook.too_large", "the webhook is longer than 10 MB")
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > Self.longestBody {
            return reject(413, tooLarge)
        }
        let body: [UInt8]
        do {
            body = Array(try await request.body.collect(upTo: Self.longestBody).readableBytesView)
        } catch is NIOTooManyBytesError {
            return reject(413, tooLarge)
        } catch {
            return reject(
                400, LibraryError(.invalidInput, code: "webhook.cut_off", "the webhook's body ended too early"))
        }
        let notice: WebhookNotice
        do throws(LibraryError) {
            notice = try await session.verifyWebhook(headers: headers, body: body)
        } catch {
            return reject(Self.status(of: error), error)
        }
        if let run = notice.run, run.state.isFinal {
            report(WebhookReport(status: 200, requestID: notice.requestID, outcome: .taken(.alreadyEnded(run))))
        } else if await underWay.begin(notice.requestID) {
            notices.yield(notice)
        } else if let run = notice.run {
            report(WebhookReport(status: 200, requestID: notice.requestID, outcome: .underWay(run)))
        } else {
            let unknown = WebhookOutcome.unknownRequest(id: notice.requestID)
            report(WebhookReport(status: 200, requestID: notice.requestID, outcome: .taken(unknown)))
        }
        return Self.answer(200, "Accepted")
    }

    private func reject(_ status: Int, _ error: LibraryError) -> Response {
        report(WebhookReport(status: status, requestID: nil, outcome: .turnedAway(error)))
        // Strangers learn nothing more.
        return Self.answer(status, status == 503 ? "Try again later" : "Not a webhook from fal")
    }

    /// The status for fal, which retries after anything but 2xx and 3xx.
    private static func status(of error: LibraryError) -> Int {
        switch error.category {
        case .invalidInput: 400
        case .refused: 401
        default: 503
        }
    }

    private static func answer(_ status: Int, _ sentence: String) -> Response {
        Response(
            status: HTTPResponse.Status(code: status),
            headers: [.contentType: "text/plain; charset=utf-8", .xContentTypeOptions: "nosniff"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: sentence + "\n")))
    }
}
