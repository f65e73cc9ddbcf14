import Foundation

/// What the CDN wants instead of the key: a token of its own, good for uploads and for reading one's private files
/// (protocol facts, section 2.2).
struct CDNToken: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// Which CDN it was made for.
    let baseURL: String
    /// The value of the `Authorization` header: the server's word, usually `Bearer`, and the token.
    let authorization: String

    /// Reads the answer to a token call; nil when it is malformed or could not stand in a header. When it ends is not read: a
    /// token is used at once, and not kept.
    init?(_ json: LooseJSON) {
        guard let token = json["token"]?.string, let type = json["token_type"]?.string,
            let base = json["base_url"]?.string, (try? WebAddress(base)) != nil,
            [token, type].allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { 0x21...0x7E ~= $0 } })
        else { return nil }
        baseURL = base
        authorization = "\(type) \(token)"
    }

    var description: String { "CDNToken(redacted)" }

    var customMirror: Mirror { Mirror(self, children: []) }
}

/// A file name as the CDN's header can carry it (trap 23): ASCII only. How other names should be written there is not
/// documented, so accents go and what is left becomes an underscore; the whole name travels in JSON elsewhere.
enum ASCIIName {
    static func header(for name: String) -> String {
        var text = ""
        for scalar in name.decomposedStringWithCanonicalMapping.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", ".", "-", "_", " ", "(", ")": text.unicodeScalars.append(scalar)
            case _ where scalar.properties.canonicalCombiningClass != .notReordered: break
            default: text += "_"
            }
        }
        let trimmed = text.trimmingCharacters(in: .whitespaces)
        return trimmed.isEmpty ? "upload.bin" : String(trimmed.suffix(200))
    }
}
