import AssetLibrary
import HTTPTypes
import Hummingbird
import NIOCore

/// What happens to the library, as server-sent events.
extension GalleryAPI {
    static let changeRoutes: [Route] = [
        Route(.get, "changes") { api, request throws(LibraryError) in api.changes(request) }
    ]

    /// After how long without an event a comment is sent: whoever listens, and whatever stands between, sees that the line is there.
    private static let heartbeat = Duration.seconds(10)

    private func changes(_ request: APIRequest) -> GalleryAnswer {
        let lastEvent = HTTPField.Name("Last-Event-ID").flatMap { request.request.headers[$0] }
        let (from, events) = hub.listen(after: lastEvent ?? request.query("after"))
        let body = ResponseBody { writer in
            // Without an id a browser that loses the line at once would not say from where to go on.
            try await writer.write(ByteBuffer(string: "retry: 1000\nid: \(from)\n\n"))
            let beats = AsyncStream<EventHub.Event?>.makeStream()
            let listening = Task {
                for await event in events { beats.continuation.yield(event) }
                beats.continuation.finish()
            }
            let beating = Task {
                while !Task.isCancelled {
                    try await Task.sleep(for: Self.heartbeat)
                    beats.continuation.yield(nil)
                }
            }
            defer {
                listening.cancel()
                beating.cancel()
            }
            for await event in beats.stream {
                guard let event else {
                    try await writer.write(ByteBuffer(string: ": still here\n\n"))
                    continue
                }
                try await writer.write(
                    ByteBuffer(string: "id: \(event.id)\nevent: \(event.name)\ndata: \(event.data)\n\n"))
            }
            try await writer.finish(nil)
        }
        var answer = GalleryAnswer(status: 200, headers: [.contentType: "text/event-stream"], body: body)
        answer.headers[.cacheControl] = "no-store"
        return answer
    }
}
