import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection to a server on this machine, one request after the other: as little as can be between the clock and the server.
final class HTTPClient {
    private let port: Int
    private var cookie = ""
    private var connection: Int32 = -1
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)

    /// Connects, and enters with the token of a gallery's first address, which gives a cookie.
    init(port: Int, token: String) throws {
        self.port = port
        let entrance = try exchange("/?token=\(token)")
        for line in entrance.head.split(separator: "\r\n") where line.lowercased().hasPrefix("set-cookie:") {
            cookie = line.dropFirst(11).split(separator: ";")[0].trimmingCharacters(in: .whitespaces)
        }
    }

    deinit { if connection >= 0 { close(connection) } }

    /// The body of an answer; an error for any status but 200.
    /// `packed` asks for gzip, and gives the bytes as they came.
    func get(_ path: String, packed: Bool = false) throws -> Data {
        let answer = try exchange(path, packed ? "Accept-Encoding: gzip\r\n" : "")
        guard answer.head.contains(" 200 ") else { throw BenchmarkError.failed(program: "GET " + path, status: 1) }
        return answer.body
    }

    private func exchange(_ path: String, _ headers: String = "") throws -> (head: String, body: Data) {
        if connection < 0 { try connect() }
        let request =
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n" + (cookie.isEmpty ? "" : "Cookie: \(cookie)\r\n")
            + headers + "\r\n"
        var sent = Array(request.utf8)[...]
        while !sent.isEmpty {
            let count = sent.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            guard count > 0 else { throw failed() }
            sent = sent.dropFirst(count)
        }
        var bytes = Data()
        var headEnd: Range<Data.Index>?
        while headEnd == nil {
            bytes += try received()
            headEnd = bytes.firstRange(of: Data("\r\n\r\n".utf8))
        }
        guard let headEnd else { throw failed() }
        let head = String(decoding: bytes[..<headEnd.lowerBound], as: UTF8.self)
        var body = Data(bytes[headEnd.upperBound...])
        let fields = head.lowercased()
        if let length = fields.firstMatch(of: /content-length: *([0-9]+)/).flatMap({ Int($0.1) }) {
            while body.count < length { body += try received() }
        } else if fields.contains("transfer-encoding: chunked") {
            while body.suffix(5) != Data("0\r\n\r\n".utf8) { body += try received() }
            body = Self.joined(body)
        }
        if fields.contains("connection: close") {
            close(connection)
            connection = -1
        }
        return (head, body)
    }

    /// The bytes of chunks, without their lengths.
    private static func joined(_ chunks: Data) -> Data {
        var (body, rest) = (Data(), chunks[...])
        while let line = rest.firstRange(of: Data("\r\n".utf8)),
            let length = Int(String(decoding: rest[..<line.lowerBound], as: UTF8.self), radix: 16), length > 0
        {
            body += rest[line.upperBound..<line.upperBound + length]
            rest = rest[(line.upperBound + length + 2)...]
        }
        return body
    }

    private func received() throws -> Data {
        let count = read(connection, &buffer, buffer.count)
        guard count > 0 else { throw failed() }
        return Data(buffer[..<count])
    }

    private func connect() throws {
        #if canImport(Glibc)
        connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        connection = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { systemConnect(connection, $0, size) }
        }
        guard code == 0 else { throw failed() }
        var one: Int32 = 1
        setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    private func failed() -> BenchmarkError {
        if connection >= 0 { close(connection) }
        connection = -1
        return .failed(program: "connection to the server", status: 1)
    }
}

/// `connect` of the system, which a method hides.
private func systemConnect(_ connection: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32 {
    connect(connection, address, size)
}
