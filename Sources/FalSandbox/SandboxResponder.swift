import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// Handles every request: routes it, checks the credential, answers it, and writes it to the log.
struct SandboxResponder: HTTPResponder {
    let state: SandboxState
    let painter: CardPainter
    let configuration: SandboxConfiguration
    /// Signs webhooks; its public half can be asked for.
    let signer: WebhookSigner
    /// Ids of accepted requests, for the worker.
    let queue: AsyncStream<String>.Continuation

    /// Hummingbird's context of a request, with the connection, so that a fault can close it.
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
        }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        let credential = request.headers[.authorization]
        let route = SandboxRoute(method: request.method.rawValue, path: request.uri.path)
        let base = SandboxBase(
            scheme: configuration.tls ? "https" : "http", authority: request.head.authority ?? "127.0.0.1")
        var exchange = Exchange(
            request: request, context: context, base: base,
            key: credential.flatMap { $0.hasPrefix("Key ") ? String($0.dropFirst(4)) : nil })
        let requestID = UUID().uuidString.lowercased()
        let delay = await state.delay()
        if delay > 0 { try await Task.sleep(for: .milliseconds(delay)) }
        var answer: SandboxAnswer
        do {
            exchange.reader = try await reader(route.credential, credential, exchange.key)
            answer = try await self.answer(route, &exchange)
        } catch {
            answer = error.answer
        }
        if answer.headers["x-fal-request-id"] == nil { answer.headers["x-fal-request-id"] = requestID }
        await log(exchange, answer, keyLeak: route.credential != .key && exchange.key != nil)
        if let stall = answer.stall {
            // After logging: the log announces that a client is waiting.
            await state.waitForEnd(of: stall)
        }
        if answer.hangsUp { try? await context.channel.close() }
        var response = response(answer, context)
        if request.method == .head {
            // Bytes behind the headers would be taken for the next answer.
            if response.headers[.contentLength] == nil {
                response.headers[.contentLength] = response.body.contentLength.map(String.init)
            }
            response.body = ResponseBody()
        }
        return response
    }

    private func answer(
        _ route: SandboxRoute, _ exchange: inout Exchange
    ) async throws(AnswerAsError) -> SandboxAnswer {
        switch route {
        case .announce: try await announce(&exchange, inParts: false)
        case .announceParts: try await announce(&exchange, inParts: true)
        case .signPart(let token, let number): await signPart(token, number, exchange)
        case .completeSignedParts(let token): try await completeSignedParts(token, &exchange)
        case .token: try await issueToken(&exchange)
        case .upload(let token): try await receive(token, &exchange)
        case .part(let token, let number): try await receivePart(token, number, &exchange)
        case .completeParts(let token): try await completeParts(token, &exchange)
        case .cdnUpload: try await receiveAtCDN(&exchange)
        case .cdnAnnounceParts: try await announceCDNParts(exchange)
        case .cdnPart(let path, let token, let number): try await receiveCDNPart(path, token, number, &exchange)
        case .cdnCompleteParts(let path, let token): try await completeCDNParts(path, token, &exchange)
        case .sign(let path): try await sign(path, &exchange)
        case .file(let path): await file(path, exchange)
        case .pricing: await pricing(exchange)
        case .keys: .json(200, signer.publicKeys)
        case .requestHistory: await requestHistory(exchange)
        case .run(let endpoint): try await run(endpoint, &exchange)
        case .stream(let endpoint): try await stream(endpoint, &exchange)
        case .submit(let endpoint): try await submit(endpoint, &exchange)
        case .status(let address): await status(address, exchange)
        case .statusStream(let address): await statusStream(address, exchange)
        case .result(let address): await result(address, exchange)
        case .cancel(let address): await cancel(address)
        case .wrongMethod: .detail(405, "Method Not Allowed")
        case .unknown: .detail(404, "Path \(exchange.request.uri.path) not found")
        }
    }

    // MARK: - Credentials

    /// The account that made the request; throws the refusal when a credential is required and missing.
    private func reader(
        _ wanted: SandboxRoute.Credential, _ credential: String?, _ key: String?
    ) async throws(AnswerAsError) -> String? {
        switch wanted {
        case .none:
            return nil
        case .optionalToken, .token:
            if let credential, credential.hasPrefix("Bearer ") {
                if let account = await state.account(ofToken: String(credential.dropFirst(7))) { return account }
                throw AnswerAsError(.detail(401, "Invalid or expired token"))
            }
            if wanted == .token { throw AnswerAsError(.detail(401, "Authorization with a CDN token is required")) }
            // The API key does not open files.
            return nil
        case .key:
            let account = try account(of: credential, key: key)
            if await state.fails(.unauthorized) { throw AnswerAsError(.detail(401, "Invalid API key")) }
            if await state.fails(.locked) {
                throw AnswerAsError(.detail(402, "User is locked. Reason: Exhausted balance.", type: "user_locked"))
            }
            if await state.fails(.accountLocked) {
                throw AnswerAsError(
                    .detail(
                        403,
                        "User is locked. Reason: Exhausted balance. Top up your balance at fal.ai/dashboard/billing.",
                        type: "user_locked"))
            }
            if await state.fails(.forbidden) { throw AnswerAsError(.detail(403, "Access denied")) }
            return account
        }
    }

    /// The id of a key that is well formed and accepted.
    private func account(of credential: String?, key: String?) throws(AnswerAsError) -> String {
        guard credential != nil else { throw AnswerAsError(.detail(401, "Authorization header is required")) }
        let parts = key?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard let key, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw AnswerAsError(.detail(401, "Authorization must be of the form: Key <id>:<secret>"))
        }
        if let accepted = configuration.acceptedKey, accepted != key {
            throw AnswerAsError(.detail(401, "Invalid API key"))
        }
        return String(parts[0])
    }

    // MARK: - Out

    private func log(_ exchange: Exchange, _ answer: SandboxAnswer, keyLeak: Bool) async {
        guard configuration.log != nil else { return }
        var headers = ["host": exchange.base.authority]
        for field in exchange.request.headers {
            let value = field.name == .authorization ? SandboxLogEntry.redacted(field.value) : field.value
            let name = field.name.canonicalName
            headers[name] = headers[name].map { "\($0), \(value)" } ?? value
        }
        await state.record(
            SandboxLogEntry(
                at: state.now, method: exchange.request.method.rawValue, path: exchange.request.uri.path,
                query: exchange.request.uri.query, headers: headers, bytes: exchange.byteCount, json: exchange.json,
                status: answer.hangsUp ? nil : answer.status, keyLeak: keyLeak ? true : nil))
    }

    private func response(_ answer: SandboxAnswer, _ context: Context) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            // Hummingbird re-exports `HTTPFields` but not `HTTPField`.
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        let body: ResponseBody
        switch answer.body {
        case .none: body = ResponseBody()
        case .json(let value):
            headers[.contentType] = "application/json"
            body = whole(ByteBuffer(bytes: value.encoded), startsWork: answer.startsWork)
        case .typed(let text, let type):
            headers[.contentType] = type
            body = ResponseBody(byteBuffer: ByteBuffer(string: text))
        case .text(let text):
            headers[.contentType] = "text/plain; charset=utf-8"
            body = whole(ByteBuffer(string: text), startsWork: answer.startsWork)
        case .file(let file, let rendering):
            headers[.contentType] = file.contentType
            headers[.eTag] = file.entityTag
            headers[.contentLength] = String(rendering.part?.count ?? file.byteCount)
            headers[.acceptRanges] = "bytes"
            if let part = rendering.part {
                headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.byteCount)"
            }
            body = Self.body(of: file, rendering, context)
        case .events(let events):
            headers[.contentType] = "text/event-stream"
            headers[.cacheControl] = "no-store"
            body = ResponseBody { writer in
                for await event in events {
                    try await writer.write(ByteBuffer(bytes: Data("data: ".utf8) + event.encoded + Data("\n\n".utf8)))
                }
                try await writer.finish(nil)
            }
        }
        return Response(status: status, headers: headers, body: body)
    }

    /// A short body. The work must not overtake the answer that names it; it begins even when the client is gone.
    private func whole(_ buffer: ByteBuffer, startsWork id: String?) -> ResponseBody {
        guard let id else { return ResponseBody(byteBuffer: buffer) }
        return ResponseBody(contentLength: buffer.readableBytes) { writer in
            defer { queue.yield(id) }
            try await writer.write(buffer)
            try await writer.finish(nil)
        }
    }

    /// A file's bytes, part by part, in as little memory as one chunk.
    private static func body(
        of file: StoredFile, _ rendering: SandboxAnswer.FileRendering, _ context: Context
    ) -> ResponseBody {
        if rendering == .headOnly { return ResponseBody() }
        let part = rendering.part ?? 0..<file.byteCount
        return ResponseBody(contentLength: part.count) { writer in
            var left = rendering == .truncated ? file.byteCount / 2 : part.upperBound
            var skipped = part.lowerBound
            for path in file.paths where left > 0 {
                let chunks = try FileChunks(path: path)
                while left > 0, var chunk = try chunks.next(atMost: left) {
                    left -= chunk.count
                    let passed = min(skipped, chunk.count)
                    skipped -= passed
                    chunk = chunk.dropFirst(passed)
                    if rendering == .noise { chunk = Data(repeating: 0xA5, count: chunk.count) }
                    try await writer.write(ByteBuffer(bytes: chunk))
                }
            }
            if rendering == .truncated { try await context.channel.close() }
            try await writer.finish(nil)
        }
    }
}
