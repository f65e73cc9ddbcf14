import Foundation
import NIOHTTP1
import Testing

@testable import FalAPI

/// Over TLS with a certificate of one's own: believed when asked to, and only then.
@Suite struct TLSTests {
    private func submit(trusting roots: String?) async throws -> (FalError?, Int) {
        try await LoopbackServer.withRunning(secured: true) { _, _, _ in
            .json(200, #"{"request_id":"r1"}"#)
        } _: { server in
            let error: FalError?
            do {
                _ = try await withTransport(to: server.url, retry: .atOnce, trustRoots: roots) {
                    try await FalQueue($0).submit(Array("{}".utf8), to: "fal-ai/x/edit")
                }
                error = nil
            } catch let thrown as FalError {
                error = thrown
            }
            return (error, await server.received.count)
        }
    }

    @Test func `a private certificate is believed when its file is named`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "roots.pem")
            try Data(LoopbackTLS.certificate.utf8).write(to: file)
            let (error, count) = try await submit(trusting: file.path)
            #expect(error == nil)
            #expect(count == 1)
        }
    }

    @Test func `an untrusted certificate stops the call before anything is sent`() async throws {
        let (error, count) = try await submit(trusting: nil)
        guard case .unreachable(_, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason == "its certificate is not trusted")
        #expect(count == 0)
    }

    @Test func `a large file goes through TLS whole`() async throws {
        try await withTemporaryFolder { folder in
            let roots = folder.appending(path: "roots.pem")
            try Data(LoopbackTLS.certificate.utf8).write(to: roots)
            let content = Data((0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 12) })
            let file = folder.appending(path: "picture")
            try content.write(to: file)
            try await LoopbackServer.withRunning(secured: true) { request, _, base in
                switch request.method {
                case "POST": .json(200, #"{"upload_url":"\#(base)/put","file_url":"\#(base)/files/a"}"#)
                case "PUT": .answer(200)
                default: .answer(200, headers: ["Content-Length": "\(content.count)"])
                }
            } _: { server in
                _ = try await withTransport(to: server.url, trustRoots: roots.path) {
                    try await FalStorage($0).upload(
                        fileAt: file.path, byteCount: 3_000_000, mediaType: "image/png", fileName: "a")
                }
                #expect((await server.received.first { $0.method == "PUT" }.map { Data($0.body) } == content) as Bool)
            }
        }
    }

    @Test func `a file without certificates is told before anything is opened`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "empty.pem")
            try Data("nothing".utf8).write(to: file)
            for (path, reason) in [
                (file.path, "it holds no certificate in PEM form"),
                (file.path + "-missing", "no such certificate file"),
            ] {
                let (error, count) = try await submit(trusting: path)
                #expect(error == .unreadableFile(path: path, reason: reason))
                #expect(count == 0)
            }
        }
    }
}
