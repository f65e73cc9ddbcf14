import AssetModel

/// Names of bytes that are no picture.
enum KeptFileName {
    /// The extension of bytes of which nothing else is known.
    static let fallback = "bin"
}

extension AnswerFile {
    /// What the name of its bytes ends in when they are no picture: as the answer names it, else its URL, else by its media
    /// type, else `bin`. Short and plain, since it comes from elsewhere and becomes part of a path.
    var fileExtension: String {
        var path = url.map { DataURI.isOne($0) ? "" : $0 } ?? ""
        if let end = path.firstIndex(where: { $0 == "?" || $0 == "#" }) { path = String(path[..<end]) }
        for name in [fileName ?? "", path.split(separator: "/").last.map(String.init) ?? ""] {
            guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { continue }
            let text = name[name.index(after: dot)...].lowercased()
            let isPlain = text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x7A ~= $0 }
            if isPlain, 1...8 ~= text.utf8.count { return text }
        }
        let plain = mediaType.map { String($0.prefix { $0 != ";" && $0 != " " }) } ?? ""
        return Self.extensions[plain] ?? KeptFileName.fallback
    }

    private static let extensions = [
        "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "audio/mpeg": "mp3", "audio/wav": "wav",
        "audio/x-wav": "wav", "audio/ogg": "ogg", "audio/flac": "flac", "audio/mp4": "m4a", "image/svg+xml": "svg",
        "model/gltf-binary": "glb", "application/json": "json", "application/zip": "zip", "application/pdf": "pdf",
        "text/plain": "txt",
    ]
}
