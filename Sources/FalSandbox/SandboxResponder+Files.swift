import AssetModel
import Hummingbird

/// Serves the CDN's files to those who may read them, and makes signed addresses for others.
extension SandboxResponder {
    /// fal documents a day, and a week at most.
    private static let signedSeconds = 86_400
    private static let longestSigned = 7 * 86_400

    func file(_ path: String, _ exchange: Exchange) async -> SandboxAnswer {
        if path == SpoiledPath.text { return .json(200, .string("This is not an image.")) }
        var path = path
        if path.hasPrefix(SpoiledPath.withheld) {
            if await state.isFirstLook(at: path) { return .detail(400, "The picture is withheld for now") }
            path.removeFirst(SpoiledPath.withheld.count)
        }
        let isHead = exchange.request.method == .head
        let signature = exchange.request.uri.queryParameters["signature"].map(String.init)
        guard let (file, decision) = await state.look(at: path, reader: exchange.reader, signature: signature),
            decision != .hide
        else { return .detail(404, "File not found") }
        if decision == .forbid { return .detail(403, "Access to this file is forbidden") }
        if isHead {
            await state.used(path)
            return SandboxAnswer(status: 200, body: .file(file, .headOnly))
        }
        if await state.fails(.fileMissing) { return .detail(404, "File not found") }
        let rendering: SandboxAnswer.FileRendering =
            await state.fails(.fileTruncated) ? .truncated : await state.fails(.fileGarbage) ? .noise : .whole
        return SandboxAnswer(status: 200, body: .file(file, rendering))
    }

    func sign(_ path: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        var reader = try await readFields(&exchange)
        let seconds = reader.integer("duration", in: 1...Self.longestSigned)
        try reader.check()
        guard let file = await state.file(at: path) else { return .detail(404, "File not found") }
        guard file.account == exchange.account else { return .detail(403, "Only the owner can sign") }
        let signature = await state.grant(path, seconds: seconds ?? Self.signedSeconds)
        return SandboxAnswer(status: 200, body: .text("\(exchange.base.url)/cdn/\(path)?signature=\(signature)"))
    }
}

/// Where a picture is said to be, below `/cdn/`, when a fault is about fetching it.
enum SpoiledPath {
    static let text = "files/no-picture"
    static let gone = "files/gone"
    /// Before the path at which it really is.
    static let withheld = "files/withheld/"
}
