import Foundation

/// An absolute http or https URL, with the origin that decides whether it may see the credential.
///
/// The text is kept exactly as it was given. The origin is read by the same parser that the HTTP client connects with,
/// so the two cannot disagree about which host a hostile URL means.
struct WebAddress: Sendable, Hashable {
    /// Scheme, host and port, in one canonical form.
    struct Origin: Sendable, Hashable, CustomStringConvertible {
        let scheme: String
        let host: String
        let port: Int

        /// `https://queue.fal.run`, with the port where it is not the scheme's own.
        var description: String {
            let bracketed = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
            let isDefault = port == (scheme == "https" ? 443 : 80)
            return "\(scheme)://\(bracketed)\(isDefault ? "" : ":\(port)")"
        }
    }

    /// The URL as given.
    let text: String
    /// Where a connection for it would go.
    let origin: Origin
    /// Whether there is a `?` or `#` part.
    let hasQueryOrFragment: Bool

    /// Throws `malformedAddress` for anything but an absolute http(s) URL of printable ASCII that names a host and no user.
    init(_ text: String) throws(FalError) {
        // A backslash means different hosts to different parsers, and a control character or a space has no place in a URL.
        let isPlain = text.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "\\") }
        guard isPlain, let url = URL(string: text), let scheme = url.scheme?.lowercased(),
            scheme == "http" || scheme == "https", let host = url.host, !host.isEmpty, url.user == nil,
            url.password == nil
        else { throw .malformedAddress(text) }
        let port = url.port ?? (scheme == "https" ? 443 : 80)
        guard 1...65_535 ~= port else { throw .malformedAddress(text) }
        self.text = text
        self.origin = Origin(scheme: scheme, host: host.lowercased(), port: port)
        self.hasQueryOrFragment = url.query != nil || url.fragment != nil
    }

    /// A URL as an answer names a file: blanks around it, tabs and line breaks go, and blanks and letters beyond ASCII in its path and query
    /// are percent-encoded as UTF-8, as browsers do. What is encoded already stays, byte for byte: it may be signed.
    ///
    /// Only for calls without a credential. The host stays as it is, so one with such a letter is still refused.
    static func encoding(_ text: String) throws(FalError) -> WebAddress {
        var bytes = text.utf8.drop { $0 <= 0x20 }
        while let last = bytes.last, last <= 0x20 { bytes.removeLast() }
        var encoded: [UInt8] = []
        var marks = 0
        for byte in bytes where ![0x09, 0x0A, 0x0D].contains(byte) {
            if "/?#".utf8.contains(byte) { marks += 1 }
            // Two slashes open the host, the next mark ends it.
            if marks > 2, byte <= 0x20 || byte >= 0x7F {
                encoded += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
            } else {
                encoded.append(byte)
            }
        }
        do { return try WebAddress(String(decoding: encoded, as: UTF8.self)) } catch { throw .malformedAddress(text) }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    /// Where a `Location` header of an answer from this address leads; nil when it leads nowhere we would go.
    ///
    /// A step down from https to http is not followed.
    func following(location: String) -> WebAddress? {
        guard let base = URL(string: text), let target = URL(string: location, relativeTo: base)?.absoluteString,
            let address = try? WebAddress(target), origin.scheme == "http" || address.origin.scheme == "https"
        else { return nil }
        return address
    }

    /// The same URL with one more segment at the end of its path, in front of the query (trap 7). The rest stays as it
    /// was given, byte for byte: it may be signed.
    func appending(segment: String) -> String {
        let end = text.firstIndex { $0 == "?" || $0 == "#" } ?? text.endIndex
        return "\(text[..<end])/\(segment)\(text[end...])"
    }
}

extension String {
    /// A URL with one more item in its query.
    func asking(_ item: String) -> String { self + (contains("?") ? "&" : "?") + item }
}
