/// A file that the sandbox keeps in its private folder for as long as it runs.
struct StoredFile: Sendable, Hashable {
    /// Where it is on disk.
    var path: String
    /// Its type, as announced or as drawn.
    var contentType: String
    /// Its length in bytes.
    var byteCount: Int
    /// Changes with every new content.
    var entityTag: String
}
