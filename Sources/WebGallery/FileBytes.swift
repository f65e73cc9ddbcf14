import Foundation

/// The bytes of a file that is there.
struct FileBytes: Sendable {
    let bytes: Data

    init?(_ path: String) {
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe) else { return nil }
        self.bytes = bytes
    }
}
