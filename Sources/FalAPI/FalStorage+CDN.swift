import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// The fallback for uploads, and signed links: calls to the CDN with a token of its own (protocol facts, sections 2.2, 2.3, 2.8).
extension FalStorage {
    /// The largest file that fal's own client sends to the CDN in one request (protocol facts, section 2.5, recorded).
    static let largestDirect: Int64 = 104_857_600

    /// Sends a file in one request when the usual way is down; throws `first` when this cannot help either. A retry
    /// may leave an unused copy, which costs nothing.
    func uploadDirectly(_ job: Job, insteadOf first: FalError) async throws(FalError) -> String {
        guard mayGoDirectly(job, insteadOf: first) else { throw first }
        let token: CDNToken
        do throws(FalError) {
            token = try await self.token()
        } catch {
            // The same host: when it is down for this as well, the first error says so.
            throw error.isOutage ? first : error
        }
        var call = FalTransport.Call(method: .POST, url: transport.endpoints.cdn + "/files/upload")
        call.headers = ["Content-Type": job.type, "X-Fal-File-Name": ASCIIName.header(for: job.name)]
        call.add(job.options)
        call.authority = .token(token)
        call.isTransfer = true
        call.body = { job.body($0, transport.lane) }
        return try await transport.perform(call) { response in
            let answer = try await FalTransport.json(response)
            guard let url = answer["access_url"]?.string, (try? WebAddress(url)) != nil else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the CDN named no access_url", requestID: response.headers.first(name: "x-fal-request-id")
                    ))
            }
            return url
        }
    }

    /// Whether the fallback can help with this error.
    func mayGoDirectly(_ job: Job, insteadOf first: FalError) -> Bool {
        first.isOutage && job.file.byteCount <= Self.largestDirect
    }

    /// Makes a link to a private file of one's own that anyone can read without an account.
    ///
    /// `seconds` is how long it works, from 1 to 604,800 (7 days); other values are clamped. The CDN's token is
    /// sent to the configured CDN and to the one that the token names; a file on any other host is `foreignHost`. Costs
    /// two calls. The address and the body are documented, not recorded.
    package func signedURL(for url: String, seconds: Int = 86_400) async throws(FalError) -> String {
        struct Order: Encodable {
            let duration: Int
            let scope: [String]
        }
        var call = FalTransport.Call(method: .POST, url: try WebAddress(url).appending(segment: "sign"))
        call.authority = .token(try await token())
        call.headers = ["Content-Type": "application/json"]
        call.body = BytesBody.make(
            WireJSON.bytes(Order(duration: min(max(1, seconds), 604_800), scope: ["read"])) ?? [])
        return try await transport.perform(call) { response in
            // Documented as plain text; a quoted string is accepted too.
            let bytes = try await FalTransport.bytes(response)
            let text = LooseJSON(parsing: bytes)?.string ?? PlainText.oneLine(String(decoding: bytes, as: UTF8.self))
            guard (try? WebAddress(text)) != nil else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the CDN gave no link", requestID: response.headers.first(name: "x-fal-request-id")))
            }
            return text
        }
    }

    /// Asks for a token of the CDN. The key goes to the API host only.
    func token() async throws(FalError) -> CDNToken {
        var call = FalTransport.Call(
            method: .POST, url: transport.endpoints.rest + "/storage/auth/token?storage_type=fal-cdn-v3")
        call.headers = FalTransport.jsonHeaders
        call.authority = .key
        call.body = BytesBody.make(Array("{}".utf8))
        return try await transport.perform(call) { response in
            guard let token = CDNToken(try await FalTransport.json(response)) else {
                throw AttemptFailure.garbled(
                    .unintelligible(
                        what: "the storage gave no token for the CDN",
                        requestID: response.headers.first(name: "x-fal-request-id")))
            }
            return token
        }
    }
}

extension FalError {
    /// Whether the host itself is down, so that another one may work; false when it refused.
    var isOutage: Bool {
        switch self {
        case .unreachable, .timedOut, .interrupted: true
        case .unavailable(let status, _, _): status >= 500
        default: false
        }
    }
}

extension FalTransport.Call {
    /// Adds the lifecycle headers, under both names.
    mutating func add(_ options: UploadOptions) {
        guard let lifecycle = options.headerValue else { return }
        for name in ObjectLifecycle.uploadHeaderNames { headers.add(name: name, value: lifecycle) }
    }
}
