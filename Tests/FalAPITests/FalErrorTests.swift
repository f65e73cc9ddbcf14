import NIOHTTP1
import Testing

@testable import FalAPI

/// What servers say, as one sentence.
@Suite struct FalErrorTests {
    private func error(
        _ status: Int, _ body: String, _ headers: HTTPHeaders = [:], isKeyed: Bool = true, readsOutcome: Bool = false
    ) throws -> FalError {
        let refusal = Refusal(
            status: status, headers: headers, body: Array(body.utf8), redacting: try FalCredential(key: sampleKey))
        return refusal.error(isKeyed: isKeyed, readsOutcome: readsOutcome)
    }

    private func detail(_ body: String) throws -> String? {
        guard case .rejected(_, let detail, _, _) = try error(422, body) else { return "not rejected" }
        return detail
    }

    @Test(arguments: [
        (#"["body","num_images"]"#, "less_than_equal", #"{"le":4}"#, "num_images: must be at most 4"),
        (#"["body","num_images"]"#, "greater_than_equal", #"{"ge":1}"#, "num_images: must be at least 1"),
        (#"["body","scale"]"#, "less_than", #"{"lt":1.5}"#, "scale: must be less than 1.5"),
        (#"["body","scale"]"#, "greater_than", #"{"gt":0}"#, "scale: must be more than 0"),
        (
            #"["body","image_size","width"]"#, "multiple_of", #"{"multiple_of":32}"#,
            "image_size.width: must be a multiple of 32"
        ),
        (
            #"["body","reference_image_urls",0]"#, "image_too_small", #"{"min_width":64,"min_height":32}"#,
            "reference_image_urls[0]: the image must be at least 64×32 pixels"
        ),
        (
            #"["body","output_format"]"#, "one_of", #"{"expected":["png","jpeg"]}"#,
            "output_format: must be one of png, jpeg"
        ),
        (#"["body","urls"]"#, "sequence_too_long", #"{"max_length":8}"#, "urls: must have at most 8 entries"),
        (#"["body","prompt"]"#, "missing", "{}", "prompt: is required"),
        (#"["body","prompt"]"#, "something_new", "{}", "prompt: the server's words"),
        (#"["body","num_images"]"#, "less_than_equal", "{}", "num_images: the server's words"),
        ("[]", "something_new", "{}", "the server's words"),
    ])
    func `a field's complaint names the field and the bound`(loc: String, type: String, ctx: String, expected: String)
        throws
    {
        let body =
            #"{"detail":[{"loc":\#(loc),"msg":"the server's words.","type":"\#(type)","ctx":\#(ctx),"input":"SECRET"}]}"#
        #expect(try detail(body) == expected)
    }

    @Test(arguments: [
        (#"{"detail":"just text"}"#, "just text"), (#"{"message":"other clients' field"}"#, "other clients' field"),
        (#"{"status":"NOT_FOUND"}"#, "NOT_FOUND"), (#"{"detail":["plain", "list"]}"#, "plain; list"),
        (#"{"detail":"two\nlines\u0007 and a bell."}"#, "two lines and a bell"),
        (#"{"detail":null}"#, nil), ("{}", nil), ("", nil), ("<html>nginx</html>", nil), (#"{"detail":""}"#, nil),
        (#"{"detail":[]}"#, nil),
    ])
    func `detail may be a list, a string or missing`(body: String, expected: String?) throws {
        #expect(try detail(body) == expected)
    }

    @Test func `a very long detail is cut`() throws {
        #expect(try detail(#"{"detail":"\#(String(repeating: "a", count: 100_000))"}"#)?.count == 401)
    }

    @Test func `a key that the server echoes is not repeated`() throws {
        let sentence = try error(401, #"{"detail":"unknown key kid:ksecret"}"#).description
        #expect(sentence == "fal did not accept the key (HTTP 401): unknown key kid:[redacted]")
    }

    @Test func `a key of one letter does not blot out every message`() throws {
        #expect(try FalCredential(key: "a:b").redacting("flagged by a checker") == "flagged by a checker")
    }

    @Test func `only calls with the key blame the key`() throws {
        #expect(try error(401, "{}").code == "unauthorized")
        #expect(try error(402, "{}").code == "forbidden")
        #expect(try error(403, "{}").code == "forbidden")
        #expect(try error(401, "{}", isKeyed: false).code == "rejected")
        #expect(try error(403, "{}", isKeyed: false).code == "rejected")
    }

    @Test func `each failure says whether a later attempt can help`() throws {
        #expect(try error(429, "{}").isTransient)
        #expect(try error(500, "{}").isTransient)
        #expect(try error(503, "{}").isTransient)
        #expect(try !error(422, "{}").isTransient)
        #expect(try !error(302, "").isTransient)
        #expect(try !error(500, #"{"detail":[{"msg":"x","type":"broken"}]}"#, readsOutcome: true).isTransient)
        #expect(
            try error(500, #"{"detail":[{"msg":"x","type":"internal_server_error"}]}"#, readsOutcome: true).isTransient)
        #expect(!FalError.outcomeUnknown(reason: "x", requestID: nil).isTransient)
        #expect(!FalError.cancelled.isTransient)
    }

    @Test func `the request is named by header, and else by body`() throws {
        #expect(try error(500, #"{"request_id":"b"}"#, ["x-fal-request-id": "h"]).requestID == "h")
        #expect(try error(500, #"{"request_id":"b"}"#).requestID == "b")
        #expect(
            try error(429, "{}", ["x-fal-request-id": "h"]).description == "fal is busy (HTTP 429) (fal request h)")
    }

    @Test func `the caller's own start deadline is a failed run, not a line to try again`() throws {
        let own = try error(504, #"{"detail":"late"}"#, ["X-Fal-Request-Timeout-Type": "user"])
        #expect(own == .failed(detail: "late", type: nil, requestID: nil))
    }

    @Test(arguments: [
        FalError.malformedCredential(.empty), .malformedAddress("x"), .malformedEndpoint("x"), .missingCredential,
        .malformedOption("x", reason: "y"),
        .unauthorized(detail: nil, requestID: nil), .forbidden(status: 403, detail: nil, requestID: nil),
        .rejected(status: 400, detail: nil, type: nil, requestID: nil),
        .throttled(retryAfter: nil, detail: nil, requestID: nil),
        .unavailable(status: 500, detail: nil, requestID: nil),
        .unreachable(origin: "https://a", reason: "x"), .timedOut(origin: "https://a"),
        .interrupted(origin: "https://a", reason: "x"), .outcomeUnknown(reason: "x", requestID: nil),
        .failed(detail: "x", type: nil, requestID: nil), .unintelligible(what: "x", requestID: nil),
        .foreignHost(origin: "https://a"), .redirected(status: 302, to: nil), .gone(status: 404, origin: "https://a"),
        .sizeMismatch(expected: 1, actual: 2), .fileChanged(path: "a"), .unreadableFile(path: "a", reason: "x"),
        .cancelled, .untrustedWebhook(.stale),
    ])
    func `every error is one line that can stand after a name`(error: FalError) {
        #expect(!error.description.hasSuffix("."))
        #expect(!error.description.contains("\n"))
        #expect(error.code.utf8.allSatisfy { $0 == UInt8(ascii: "_") || 0x61...0x7A ~= $0 })
    }
}
