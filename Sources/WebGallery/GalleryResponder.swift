import AssetLibrary
import GalleryPage
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers every request: fal's webhooks by their signature, everything else behind the gate.
struct GalleryResponder: HTTPResponder {
    let gate: GalleryGate
    let api: GalleryAPI
    let pictures: PictureResponder
    /// Nil without a session, when nothing could be collected.
    let webhooks: WebhookResponder?
    let connections: ConnectionRegister

    /// Hummingbird's context of a request, with the connection and the port that it came in on.
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let port: Int
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
            port = channel.localAddress?.port ?? 0
        }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        if request.uri.path == WebhookResponder.path {
            let response =
                await webhooks?.respond(to: request) ?? GalleryAnswer.text("Not found\n", status: 404).response
            return request.method == .head ? response.createHeadResponse() : response
        }
        // Browsers ask for it by themselves, also where they have no token; the page names its icon.
        if request.uri.path == "/favicon.ico", request.method == .get || request.method == .head {
            return GalleryAnswer(status: 204, body: ResponseBody()).response
        }
        switch gate.decide(request, port: context.port) {
        case .admitted: break
        case .welcomed(let location):
            var answer = GalleryAnswer.text("", status: 303)
            answer.headers[.location] = location
            answer.headers[.setCookie] = gate.cookie(port: context.port)
            return answer.response
        case .refused(let status, let reason):
            return refusal(request, status, reason).response
        }
        let response = await answer(request, context).response
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// A person who opens an old bookmark sees a page, without a style, since the style sheets are behind the gate; a program a line. The
    /// reasons are our own sentences, so nothing in them needs escaping.
    private func refusal(_ request: Request, _ status: Int, _ reason: String) -> GalleryAnswer {
        guard request.method == .get, request.headers[.accept]?.contains("text/html") == true else {
            return .text("Refused: \(reason)\n", status: status)
        }
        let sentence = reason.prefix(1).uppercased() + reason.dropFirst()
        let page = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark">
            <title>Atelier</title>
            <h1>Atelier</h1>
            <p>\(sentence).</p>

            """
        return .text(page, mediaType: "text/html; charset=utf-8", status: status)
    }

    private func answer(_ request: Request, _ context: Context) async -> GalleryAnswer {
        let path = request.uri.path
        if path.hasPrefix(GalleryAPI.prefix) {
            // What changes something is done to its end, whoever waits.
            guard request.method == .get else { return await api.respond(to: request) }
            let isLong = GalleryAPI.longRoutes.contains(path.dropFirst(GalleryAPI.prefix.count))
            return await connections.whileWaited(for: context.channel, isLong: isLong) {
                await api.respond(to: request)
            }
        }
        let parts = path.split(separator: "/")
        switch parts.first {
        case "blobs"?, "thumbnails"?:
            return await pictures.respond(
                to: request, kind: parts[0], parts: Array(parts.dropFirst()), context: context)
        default: return page(request, parts)
        }
    }

    /// A file of the page; for every address of a view, the page itself.
    private func page(_ request: Request, _ parts: [Substring]) -> GalleryAnswer {
        guard request.method == .get || request.method == .head else {
            return .error(405, "method_not_allowed", "a page can only be read")
        }
        let name = parts.count == 1 && parts[0].contains(".") ? String(parts[0]) : GalleryPage.indexName
        guard let file = GalleryPage.file(named: name) else {
            return .text("Not found\n", status: 404)
        }
        let isPacked = !file.packed.isEmpty && Gzip.isAccepted(by: request)
        var answer = GalleryAnswer.bytes(
            ByteBuffer(bytes: isPacked ? file.packed : file.bytes), mediaType: file.mediaType)
        // A new program brings new files under the old names, so a browser asks each time and is told that nothing changed.
        let tag = isPacked ? "\"\(file.tag)-gzip\"" : "\"\(file.tag)\""
        if request.headers[.ifNoneMatch] == tag {
            answer = GalleryAnswer(status: 304, body: ResponseBody())
        } else if isPacked {
            answer.headers[.contentEncoding] = "gzip"
        }
        answer.headers[.eTag] = tag
        answer.headers[.vary] = "Accept-Encoding"
        answer.headers[.cacheControl] = "no-cache"
        return answer
    }
}
