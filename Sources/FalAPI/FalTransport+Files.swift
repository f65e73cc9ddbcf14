import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The result of a download.
package struct DownloadedFile: Sendable, Hashable {
    /// How many bytes were written.
    package let byteCount: Int64
    /// The type the server claims, without parameters; nil when it does not say. It says nothing about the bytes.
    package let mediaType: String?
}

/// Whether a URL that was handed out earlier still serves its file.
package enum FileProbe: Sendable, Hashable {
    /// It does; the size where the server tells it.
    case served(byteCount: Int64?)
    /// It does not, or not to us (401, 403, 404, 410 to a GET, or 404 and 410 to a HEAD).
    case gone(status: Int)
}

extension FalTransport {
    /// Downloads a file without ever sending the key.
    ///
    /// `start` runs at the beginning of every attempt, because a repeat starts from the first byte; `write` gets each
    /// chunk in order. The number of bytes is checked against `Content-Length` where that is sent. Memory: one chunk.
    /// `isFresh` is whether the file was announced just now: one that is not there yet is asked for again.
    /// Throws `FalError` (`gone`, `sizeMismatch`, …), or what `start` and `write` throw, which is never repeated.
    package func download(
        _ url: String, isFresh: Bool = true, start: () throws -> Void, write: (UnsafeRawBufferPointer) throws -> Void
    ) async throws -> DownloadedFile {
        var callerError: (any Error)?
        do throws(FalError) {
            // A file may be served a moment after it was announced.
            return try await performOnFile(.GET, url, alsoRepeats: isFresh ? [404] : []) { response in
                do {
                    try start()
                } catch {
                    callerError = error
                    throw AttemptFailure.local(.cancelled)
                }
                let announced = response.headers.contentLength
                var byteCount: Int64 = 0
                for try await chunk in response.body {
                    do {
                        try chunk.withUnsafeReadableBytes(write)
                    } catch {
                        callerError = error
                        throw AttemptFailure.local(.cancelled)
                    }
                    byteCount += Int64(chunk.readableBytes)
                }
                if let announced, announced != byteCount {
                    throw AttemptFailure.lost(.sizeMismatch(expected: announced, actual: byteCount))
                }
                return DownloadedFile(byteCount: byteCount, mediaType: response.headers.mediaType)
            }
        } catch {
            throw callerError ?? error
        }
    }

    /// Asks whether a URL is still served: with HEAD, and where a server refuses that method (400, 401, 403, 405, 501, as those do that
    /// sign a URL for GET alone) with a GET of one byte, which an empty file answers with 416. The key is not sent.
    package func probe(_ url: String) async throws(FalError) -> FileProbe {
        do throws(FalError) {
            let answer = try await performOnFile(.HEAD, url, accepts: Self.refusalsOfHEAD) { response in
                response.status.code < 300 ? FileProbe.served(byteCount: response.headers.contentLength) : nil
            }
            if let answer { return answer }
            return try await performOnFile(.GET, url, range: "bytes=0-0", accepts: [416]) { response in
                // A server without ranges answers with the whole file, of which only the headers are read.
                if response.status.code == 200 { return .served(byteCount: response.headers.contentLength) }
                for try await _ in response.body {}
                return .served(byteCount: response.headers.totalLength)
            }
        } catch {
            guard case .gone(let status, _) = error else { throw error }
            return .gone(status: status)
        }
    }

    /// Statuses that can be about the method rather than the file.
    private static let refusalsOfHEAD: Set<Int> = [400, 401, 403, 405, 501]

    /// A call on a public file: no key, redirects followed, and "no" means that the file is gone.
    func performOnFile<R>(
        _ method: HTTPMethod, _ url: String, range: String? = nil, accepts: Set<Int> = [],
        alsoRepeats: Set<Int> = [],
        read: (HTTPClientResponse) async throws -> R
    ) async throws(FalError) -> R {
        var call = Call(method: method, url: url)
        call.isTransfer = method == .GET
        call.mayMove = true
        if let range { call.headers.add(name: "Range", value: range) }
        call.accepts = accepts
        call.alsoRepeats = alsoRepeats
        do throws(FalError) {
            return try await perform(call) { response in
                // There is no body, but a connection whose answer was not read to its end would be closed.
                if method == .HEAD { for try await _ in response.body {} }
                return try await read(response)
            }
        } catch {
            if case .rejected(let status, _, _, _) = error, [401, 403, 404, 410].contains(status) {
                throw .gone(status: status, origin: "\(try WebAddress.encoding(url).origin)")
            }
            throw error
        }
    }
}

extension HTTPHeaders {
    /// The announced length; nil when missing or not a number.
    var contentLength: Int64? { first(name: "content-length").flatMap { Int64($0) } }

    /// The length of the whole file in a `Content-Range` such as `bytes 0-0/1234`; nil when missing or unknown (`*`).
    var totalLength: Int64? {
        guard let value = first(name: "content-range"), let slash = value.lastIndex(of: "/") else { return nil }
        return Int64(value[value.index(after: slash)...].trimmingCharacters(in: .whitespaces))
    }

    /// `Content-Type` without its parameters, in lower case.
    var mediaType: String? {
        guard let value = first(name: "content-type") else { return nil }
        let type = value.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
        return type.isEmpty ? nil : type
    }
}
