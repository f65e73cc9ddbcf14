import AssetModel
import Foundation

/// One line of the request log: what came in and how it was answered. The key is never written, only its scheme and id.
struct SandboxLogEntry: Encodable, Sendable {
    var at: Timestamp
    var method: String
    var path: String
    var query: String?
    var headers: [String: String]
    /// How many bytes of body were received.
    var bytes: Int
    /// The body, when it was JSON.
    var json: JSONValue?
    /// The status that was answered; none when the connection was closed without one.
    var status: Int?
    /// Present and true when an API key came where none may be sent: a presigned upload or a public file.
    var keyLeak: Bool?

    private enum CodingKeys: String, CodingKey {
        case at, method, path, query, headers, bytes, json, status
        case keyLeak = "key_leak"
    }

    /// `Key id:secret` becomes `Key id:redacted`; of any other credential only the scheme is left.
    static func redacted(_ credential: String) -> String {
        let parts = credential.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return "redacted" }
        let id = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        return parts[0] == "Key" && id.count == 2 ? "Key \(id[0]):redacted" : "\(parts[0]) redacted"
    }
}

/// The open log file. One JSON object a line, appended with one write each.
struct SandboxLog {
    private let file: FileHandle

    /// Opens a file for appending, and makes it when there is none.
    init(path: String) throws(SandboxError) {
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else { throw .logUnwritable(path: path) }
        }
        guard let file = FileHandle(forWritingAtPath: path), (try? file.seekToEnd()) != nil else {
            throw .logUnwritable(path: path)
        }
        self.file = file
    }

    /// Appends an entry. A full disk must not change what the client sees, so a failure is silent.
    func append(_ entry: SandboxLogEntry) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(entry) else { return }
        line.append(UInt8(ascii: "\n"))
        try? file.write(contentsOf: line)
    }
}
