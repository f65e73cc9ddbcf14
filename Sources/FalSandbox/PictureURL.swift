import Foundation

/// How a result says where its pictures are. All but the first are faults: what servers have been seen to send, or what the standards
/// for data URIs allow (RFC 2397, and WHATWG Fetch on base64).
enum PictureURL: Hashable {
    /// Where it is served, or inside the answer when it was asked for there.
    case served
    /// Where it is served, with a blank and a letter beyond ASCII in the path.
    case withBlank
    /// Data URIs: in lines, percent-encoded base64, its URL-safe alphabet, without padding, in capitals, without base64.
    case inLines, percentEncoded, urlSafe, unpadded, inCapitals, plain
    /// A data URI that cannot be decoded.
    case undecodable

    /// What a picture's `url` says; nil when its bytes are gone.
    func text(of picture: DrawnPictures.Picture, _ base: SandboxBase) -> String? {
        if self == .served || self == .withBlank, let path = picture.servedAt {
            return "\(base.url)/cdn/\(self == .withBlank ? SpoiledPath.blank : "")\(path)"
        }
        guard let data = picture.file.bytes() else { return nil }
        let type = picture.file.contentType
        let base64 = data.base64EncodedString()
        switch self {
        case .served, .withBlank: return "data:\(type);base64,\(base64)"
        case .inLines:
            return "data:\(type);base64,\r\n" + data.base64EncodedString(options: [.lineLength76Characters]) + "\n"
        case .percentEncoded:
            return "data:\(type);base64,"
                + base64.replacing("+", with: "%2B").replacing("/", with: "%2f").replacing("=", with: "%3D")
        case .urlSafe: return "data:\(type);base64," + base64.replacing("+", with: "-").replacing("/", with: "_")
        case .unpadded: return "data:\(type);base64," + base64.replacing("=", with: "")
        case .inCapitals: return "DATA:\(type.uppercased());BASE64,\(base64)"
        case .plain: return "data:\(type)," + data.map { String(format: "%%%02X", $0) }.joined()
        case .undecodable: return "data:\(type);base64,\(base64.prefix(40))!?\(base64.dropFirst(40))"
        }
    }
}

extension SandboxState {
    /// How the result that is asked for now gives its pictures, which uses up the fault that says so.
    func pictureURLs() -> PictureURL {
        let forms: [(SandboxFault.Kind, PictureURL)] = [
            (.uriUndecodable, .undecodable), (.uriInLines, .inLines), (.uriPercentEncoded, .percentEncoded),
            (.uriSafe, .urlSafe), (.uriUnpadded, .unpadded), (.uriInCapitals, .inCapitals), (.uriPlain, .plain),
            (.urlWithBlank, .withBlank),
        ]
        return forms.first { fails($0.0) }?.1 ?? .served
    }
}
