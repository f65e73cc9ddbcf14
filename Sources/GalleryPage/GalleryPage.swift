import CGalleryPage

/// The files of the gallery's page, embedded in the program: plain HTML, style sheets and modules, as they lie in `page`.
package enum GalleryPage {
    /// The name of the page itself, which every view's address answers.
    package static let indexName = "index.html"

    /// One file of the page.
    package struct File: Sendable {
        package let bytes: [UInt8]
        /// The same compressed (gzip), a third of it.
        package let packed: [UInt8]
        package let mediaType: String
        /// Changes with the bytes: 16 hexadecimal digits.
        package let tag: String
    }

    /// Every name there is.
    package static var names: [String] { known.keys.sorted() }

    /// A file by its name; nil when there is none. Cost: the first call packs all files, some 20 ms.
    package static func file(named name: String) -> File? { known[name] }

    private static let known: [String: File] = {
        var known: [String: File] = [:]
        var count = 0
        let files = gallery_page_files(&count)
        for file in UnsafeBufferPointer(start: files, count: count) {
            let name = String(cString: file.name)
            guard let ending = name.split(separator: ".").last, let mediaType = mediaTypes[String(ending)] else {
                continue
            }
            let bytes = Array(UnsafeBufferPointer(start: file.bytes, count: file.count))
            known[name] = File(bytes: bytes, packed: Gzip.packed(bytes), mediaType: mediaType, tag: tag(of: bytes))
        }
        return known
    }()

    private static let mediaTypes = [
        "html": "text/html; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
    ]

    /// FNV-1a, 64 bits: enough to tell the files of one program from those of another.
    private static func tag(of bytes: [UInt8]) -> String {
        let sum = bytes.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        let digits = String(sum, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
