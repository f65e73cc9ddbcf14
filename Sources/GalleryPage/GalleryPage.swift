/// The files of the gallery's page, embedded in the program: plain HTML, style sheets and modules, as they lie in `page`.
package enum GalleryPage {
    /// The name of the page itself, which every view's address answers.
    package static let indexName = "index.html"

    /// One file of the page.
    package struct File: Sendable {
        package let bytes: [UInt8]
        package let mediaType: String
    }

    /// Every name there is.
    package static var names: [String] { files.keys.sorted() }

    /// A file by its name; nil when there is none.
    package static func file(named name: String) -> File? {
        guard let bytes = files[name], let ending = name.split(separator: ".").last else { return nil }
        return mediaTypes[String(ending)].map { File(bytes: bytes, mediaType: $0) }
    }

    private static let mediaTypes = [
        "html": "text/html; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
    ]
}
