import AssetModel
import Hummingbird

/// Serves the CDN's files to those who may read them, and makes signed addresses for others.
extension SandboxResponder {
    /// fal documents a day, and a week at most.
    private static let signedSeconds = 86_400
    private static let longestSigned = 7 * 86_400

    func file(_ path: String, _ exchange: Exchange) async -> SandboxAnswer {
        var path = path
        if path.hasPrefix(SpoiledPath.blank) { path.removeFirst(SpoiledPath.blank.count) }
        if path == SpoiledPath.text {
            // No shorter than any picture that was announced in its place: fewer bytes would be a transfer that broke off.
            let text = String(repeating: "This is not an image. ", count: 50_000)
            return SandboxAnswer(status: 200, body: .typed(text, type: "image/png"))
        }
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
            if await state.fails(.headForbidden) { return .detail(403, "This address is signed for GET") }
            await state.used(path)
            return SandboxAnswer(status: 200, body: .file(file, .headOnly))
        }
        if let range = exchange.header("range").flatMap({ ByteRange(parsing: $0) }) {
            await state.used(path)
            guard let part = range.part(of: file.byteCount) else {
                var answer = SandboxAnswer.detail(416, "Range Not Satisfiable")
                answer.headers["content-range"] = "bytes */\(file.byteCount)"
                return answer
            }
            return SandboxAnswer(status: 206, body: .file(file, .range(part)))
        }
        if let fault = await fault(ofFile: path) { return fault }
        let rendering: SandboxAnswer.FileRendering =
            await state.fails(.fileTruncated) ? .truncated : await state.fails(.fileGarbage) ? .noise : .whole
        return SandboxAnswer(status: 200, body: .file(file, rendering))
    }

    private func fault(ofFile path: String) async -> SandboxAnswer? {
        if await state.fails(.fileMissing) { return .detail(404, "File not found") }
        if await state.fails(.fileUnauthorized) { return .detail(401, "Authorization header is required") }
        if await state.fails(.fileForbidden) { return .detail(403, "Access to this file is forbidden") }
        if await state.fails(.fileGone) { return .detail(410, "File has expired") }
        if await state.fails(.filePage) {
            return SandboxAnswer(
                status: 200,
                body: .typed(
                    "<!DOCTYPE html>\n<html><body>One moment, please.</body></html>", type: "text/html; charset=utf-8"))
        }
        if await state.fails(.fileEmpty) { return SandboxAnswer(status: 200, body: .none) }
        return nil
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
    /// Before the path at which it really is: a blank and a letter beyond ASCII.
    static let blank = "files/a bl\u{E4}nk/"
    /// Before the path at which it really is.
    static let withheld = "files/withheld/"
}
