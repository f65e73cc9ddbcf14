import AssetLibrary
import AssetModel
import HTTPTypes
import Hummingbird
import LibraryJSON
import NIOCore

/// An answer of the gallery, before it is HTTP's.
struct GalleryAnswer: Sendable {
    var status: Int = 200
    var headers: HTTPFields = [:]
    var body: ResponseBody

    /// JSON as the API gives it.
    static func json(_ value: JSONObject, status: Int = 200) -> GalleryAnswer {
        text(JSONText.line(.object(value)), mediaType: "application/json", status: status)
    }

    /// JSON that is text already.
    static func json(text: String) -> GalleryAnswer { self.text(text, mediaType: "application/json") }

    static func text(_ text: String, mediaType: String = "text/plain; charset=utf-8", status: Int = 200)
        -> GalleryAnswer
    {
        bytes(ByteBuffer(string: text), mediaType: mediaType, status: status)
    }

    static func bytes(_ bytes: ByteBuffer, mediaType: String, status: Int = 200) -> GalleryAnswer {
        GalleryAnswer(status: status, headers: [.contentType: mediaType], body: ResponseBody(byteBuffer: bytes))
    }

    /// `{"error":{"code":…,"message":…}}`.
    static func error(_ status: Int, _ code: String, _ message: String) -> GalleryAnswer {
        json(["error": .object(.error(code, message))], status: status)
    }

    static func error(_ error: LibraryError) -> GalleryAnswer {
        json(["error": .object(error.json)], status: status(of: error))
    }

    /// The status that says the same as the error's category.
    private static func status(of error: LibraryError) -> Int {
        switch error.category {
        case .invalidInput where error.code == "body_too_large": 413
        case .notFound: 404
        case .invalidInput: 400
        case .conflict, .outcomeUnknown, .credential: 409
        case .refused: 422
        case .busy, .unavailable, .noLibrary, .cancelled: 503
        case .newerFormat, .damaged, .storage: 500
        }
    }

    /// The answer with what every answer carries: nothing of it may be guessed, framed, or used by another site's page.
    var response: Response {
        var headers = headers
        headers[.xContentTypeOptions] = "nosniff"
        for field in Self.always where headers[field.name] == nil { headers[field.name] = field.value }
        return Response(status: HTTPResponse.Status(code: status), headers: headers, body: body)
    }

    private static let always: HTTPFields = {
        var fields: HTTPFields = [
            .contentSecurityPolicy: contentSecurityPolicy, .cacheControl: "no-store",
        ]
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        return fields
    }()

    /// Scripts, styles and connections of this server alone; no inline ones, no frames, no forms.
    private static let contentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}
