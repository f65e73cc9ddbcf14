import AssetModel

/// An upload that was announced: where its bytes will be found, and what is known about them.
struct SandboxUpload: Sendable {
    /// The three ways of sending a file in parts, which differ in names and in who signs.
    enum Way: Sendable {
        /// All at once.
        case whole
        /// REST-initiated: parts at one presigned address.
        case parts
        /// REST-initiated for Google storage: each part has a presigned address of its own, completion needs the key.
        case googleParts
        /// At the CDN itself, with its token.
        case cdnParts
    }

    /// One part that has arrived.
    struct Part: Sendable {
        var path: String
        var byteCount: Int
        var entityTag: String
    }

    /// A part as a completion names it.
    struct NamedPart: Sendable, Hashable {
        var number: Int
        var entityTag: String
    }

    var token: String
    var signature: String
    var way: Way
    var servedAt: String
    var contentType: String
    var account: String
    var lifecycle: ObjectLifecycle
    var parts: [Int: Part] = [:]
    /// What it was completed with; repeating it is not an error, because an answer can be lost.
    var completed: Set<NamedPart>?

    /// What is wrong with a list of parts; nil when it can be completed. Their order does not matter. That a list must
    /// be whole, from 1 on and with every part that arrived, is ours: fal's own check is not known, and a hole would be
    /// a file that lacks bytes.
    func objection(to list: [NamedPart]) -> String? {
        if list.isEmpty { return "No parts were given" }
        let numbers = list.map(\.number).sorted()
        guard numbers == Array(1...numbers.count) else {
            return "Parts must be numbered from 1 without gaps or repetitions"
        }
        for named in list {
            guard let part = parts[named.number] else { return "Part \(named.number) was not uploaded" }
            let tag = way == .googleParts ? part.entityTag.filter { $0 != "\"" } : part.entityTag
            guard tag == named.entityTag else { return "The etag of part \(named.number) is wrong" }
        }
        return parts.count > list.count ? "Not all uploaded parts were given" : nil
    }
}
