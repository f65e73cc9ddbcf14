import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// Takes every request: reads what it is about, checks the key, has it answered, and writes it to the log.
struct SandboxResponder: HTTPResponder {
    let state: SandboxState
    let painter: CardPainter
    let configuration: SandboxConfiguration
    /// Ids of accepted requests, for the worker.
    let queue: AsyncStream<String>.Continuation

    /// The longest JSON body that is read: four references as data URIs, with room to spare.
    static let longestJSON = 64 << 20

    /// What Hummingbird hands over with a request; it keeps the connection, so that a fault can close it.
    struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            coreContext = CoreRequestContextStorage(source: source)
            channel = source.channel
        }
    }

    /// A request with what has been found out about it on the way.
    struct Exchange {
        let request: Request
        let context: Context
        /// Host and port as the client wrote them; answers name themselves by it.
        let authority: String
        /// The API key, when there is one.
        let key: String?
        var byteCount = 0
        var json: JSONValue?

        var base: String { "http://\(authority)" }
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        let credential = request.headers[.authorization]
        let route = SandboxRoute(method: request.method.rawValue, path: request.uri.path)
        var exchange = Exchange(
            request: request, context: context, authority: request.head.authority ?? "127.0.0.1",
            key: credential.flatMap { $0.hasPrefix("Key ") ? String($0.dropFirst(4)) : nil })
        let requestID = UUID().uuidString.lowercased()
        var answer: SandboxAnswer
        if route.needsKey, let refusal = refusal(of: credential, key: exchange.key) {
            answer = refusal
        } else {
            answer = await self.answer(route, &exchange)
        }
        if answer.headers["x-fal-request-id"] == nil { answer.headers["x-fal-request-id"] = requestID }
        await log(exchange, answer, keyLeak: !route.needsKey && exchange.key != nil)
        if answer.hangsUp { try? await context.channel.close() }
        return try await response(answer, context)
    }

    private func refusal(of credential: String?, key: String?) -> SandboxAnswer? {
        guard credential != nil else { return .detail(401, "Authorization header is required") }
        let parts = key?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        guard let key, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
            return .detail(401, "Authorization must be of the form: Key <id>:<secret>")
        }
        guard let accepted = configuration.acceptedKey, accepted != key else { return nil }
        return .detail(401, "Invalid API key")
    }

    private func answer(_ route: SandboxRoute, _ exchange: inout Exchange) async -> SandboxAnswer {
        switch route {
        case .announce: await announce(&exchange)
        case .upload(let token): await receive(token, &exchange)
        case .file(let path): await file(path, headOnly: exchange.request.method == .head)
        case .run(let endpoint): await run(endpoint, &exchange)
        case .submit(let endpoint): await submit(endpoint, &exchange)
        case .status(let address): await status(address, exchange)
        case .result(let address): await result(address, exchange)
        case .cancel(let address): await cancel(address)
        case .wrongMethod: .detail(405, "Method Not Allowed")
        case .unknown: .detail(404, "Path \(exchange.request.uri.path) not found")
        }
    }

    /// Reads a JSON body; nil, with the answer to give, when there is none.
    func readJSON(_ exchange: inout Exchange) async -> Result<JSONValue, AnswerAsError> {
        let buffer: ByteBuffer
        do {
            buffer = try await exchange.request.body.collect(upTo: Self.longestJSON)
        } catch is NIOTooManyBytesError {
            return .failure(AnswerAsError(.detail(413, "Request body is too large")))
        } catch {
            return .failure(
                AnswerAsError(.detail(400, "The request body ended too early", type: "client_disconnected")))
        }
        exchange.byteCount = buffer.readableBytes
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(buffer.readableBytesView)) else {
            let problem = InputProblem([.integer(0)], "JSON decode error", type: "json_invalid")
            return .failure(AnswerAsError(.json(422, ModelFailure([problem]).json)))
        }
        exchange.json = value
        return .success(value)
    }

    /// An answer that ends the handling of a request early.
    struct AnswerAsError: Error {
        let answer: SandboxAnswer

        init(_ answer: SandboxAnswer) {
            self.answer = answer
        }
    }

    // MARK: - Out

    private func log(_ exchange: Exchange, _ answer: SandboxAnswer, keyLeak: Bool) async {
        guard configuration.log != nil else { return }
        var headers = ["host": exchange.authority]
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

    private func response(_ answer: SandboxAnswer, _ context: Context) async throws -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            // Hummingbird re-exports the fields but not the field.
            if let name = HTTPFields.Element.Name(name) { headers[name] = value }
        }
        let status = HTTPResponse.Status(code: answer.status)
        switch answer.body {
        case .none:
            return Response(status: status, headers: headers)
        case .json(let value):
            headers[.contentType] = "application/json"
            let buffer = ByteBuffer(bytes: value.encoded)
            guard let id = answer.startsWork else {
                return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: buffer))
            }
            // The work must not overtake the answer that names it; it begins even when nobody hears that answer.
            let body = ResponseBody(contentLength: buffer.readableBytes) { writer in
                defer { queue.yield(id) }
                try await writer.write(buffer)
                try await writer.finish(nil)
            }
            return Response(status: status, headers: headers, body: body)
        case .file(let file, let headOnly):
            headers[.contentType] = file.contentType
            headers[.eTag] = file.entityTag
            headers[.contentLength] = String(file.byteCount)
            guard !headOnly else { return Response(status: status, headers: headers) }
            let body = try await FileIO().loadFile(path: file.path, context: context)
            return Response(status: status, headers: headers, body: body)
        }
    }
}
