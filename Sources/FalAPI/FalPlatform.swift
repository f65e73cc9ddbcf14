import NIOHTTP1

/// fal's platform API: what an account did and what it pays. Its calls read and cost nothing; each stands in a file of its own.
///
/// All of them take an ordinary key, and some keys are not allowed to: then fal answers 401 or 403, which is `rejected` here.
package struct FalPlatform: Sendable {
    let transport: FalTransport

    /// Uses the transport's hosts, key and client.
    package init(_ transport: FalTransport) {
        self.transport = transport
    }

    /// A call to read what stands at a path, such as `/models/pricing`; the values of the query are percent-encoded here, and a name
    /// may come several times.
    func call(_ path: String, _ query: [(name: String, value: String)] = []) -> FalTransport.Call {
        let pairs = query.map { "\($0.name)=\(Self.encoded($0.value))" }.joined(separator: "&")
        let url = transport.endpoints.platform + path
        var call = FalTransport.Call(method: .GET, url: pairs.isEmpty ? url : "\(url)?\(pairs)")
        call.headers = ["Accept": "application/json"]
        call.authority = .key
        return call
    }

    /// Everything but RFC 3986's unreserved characters percent-encoded, so that no value can end its own parameter.
    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return encoded
    }
}
