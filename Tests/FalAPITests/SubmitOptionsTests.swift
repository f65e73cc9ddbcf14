import NIOHTTP1
import Testing

@testable import FalAPI

/// What goes with a submit, written as fal's clients write it, and refused before sending where fal would.
@Suite struct SubmitOptionsTests {
    private func submit(_ options: SubmitOptions) async throws -> LoopbackServer.Received {
        try await LoopbackServer.withRunning { _, _, _ in
            .json(200, #"{"request_id":"r1"}"#)
        } _: { server in
            _ = try await withTransport(to: server.url) {
                try await FalQueue($0).submit(Array("{}".utf8), to: "fal-ai/x/edit", options: options)
            }
            return try #require(await server.received.first)
        }
    }

    private static let optional = [
        "X-Fal-Store-IO", "X-Fal-Runner-Hint", "X-Fal-Queue-Priority", "X-Fal-Request-Timeout", "X-Fal-No-Retry",
        "X-Fal-Object-Lifecycle-Preference", "X-Fal-Object-Lifecycle",
    ]

    @Test func `without options nothing is said`() async throws {
        let received = try await submit(SubmitOptions())
        #expect(received.query.isEmpty)
        for name in Self.optional { #expect(!received.headers.contains(name: name), "\(name)") }
    }

    @Test func `every option has its header or its place in the query`() async throws {
        let received = try await submit(
            SubmitOptions(
                priority: .low, runnerHint: "lora", startTimeoutSeconds: 30,
                outputs: ObjectLifecycle(lifetime: .seconds(3600)), webhook: "https://e.x/h?a=1&b=2",
                isKept: false, isRequeued: false, largestQueue: 5))
        #expect(received.query == "fal_webhook=https%3A%2F%2Fe.x%2Fh%3Fa%3D1%26b%3D2&fal_max_queue_length=5")
        #expect(
            Self.optional.map { received.headers[$0] } == [
                ["0"], ["lora"], ["low"], ["30"], ["1"], [#"{"expiration_duration_seconds":3600}"#], [],
            ])
    }

    @Test func `half seconds stay half seconds`() async throws {
        #expect(try await submit(SubmitOptions(startTimeoutSeconds: 1.5)).headers["X-Fal-Request-Timeout"] == ["1.5"])
    }

    @Test(arguments: [
        (SubmitOptions(startTimeoutSeconds: 1), "the start timeout cannot be sent: it must be more than 1 second"),
        (SubmitOptions(startTimeoutSeconds: 0), "the start timeout cannot be sent: it must be more than 1 second"),
        (SubmitOptions(startTimeoutSeconds: .nan), "the start timeout cannot be sent: it must be more than 1 second"),
        (SubmitOptions(runnerHint: "a\r\nX: y"), "the runner hint cannot be sent: it must be printable ASCII"),
        (SubmitOptions(runnerHint: ""), "the runner hint cannot be sent: it must be printable ASCII"),
        (SubmitOptions(webhook: "ftp://a/b"), "the webhook cannot be sent: it is not an http or https URL"),
        (SubmitOptions(largestQueue: -1), "the queue limit cannot be sent: it must not be negative"),
    ])
    func `what fal would refuse is refused before anything is sent`(options: SubmitOptions, sentence: String)
        async throws
    {
        try await LoopbackServer.withRunning { _, _, _ in
            .close
        } _: { server in
            let error = await falError {
                _ = try await withTransport(to: server.url) {
                    try await FalQueue($0).submit(Array("{}".utf8), to: "fal-ai/x/edit", options: options)
                }
            }
            #expect(error?.description == sentence)
            #expect(error?.code == "malformed_option")
            #expect(await server.received.isEmpty)
        }
    }
}
