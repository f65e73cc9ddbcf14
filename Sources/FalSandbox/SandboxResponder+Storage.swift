import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// fal's storage and its CDN: tokens, announcing an upload, taking its bytes whole.
extension SandboxResponder {
    /// A day, where nothing else is asked for; fal documents only the longest life.
    private static let tokenSeconds = 86_400
    private static let longestToken = 30 * 86_400

    func issueToken(_ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        var reader = try await readFields(&exchange)
        let seconds = reader.integer("expiration_seconds", in: 1...Self.longestToken)
        try reader.check()
        if await state.fails(.storageUnavailable) { return Self.unavailable }
        let issued = await state.issueToken(to: exchange.account, seconds: seconds ?? Self.tokenSeconds)
        return .json(
            200,
            .object([
                "token": .string(issued.token), "token_type": .string("Bearer"),
                "base_url": .string("\(exchange.base.url)/cdn"),
                // Some readers accept an offset but not `Z`.
                "expires_at": .string(issued.expires.description.dropLast() + "+00:00"),
            ]))
    }

    func announce(_ exchange: inout Exchange, inParts: Bool) async throws(AnswerAsError) -> SandboxAnswer {
        var reader = try await readFields(&exchange)
        if await state.fails(.storageUnavailable) { return Self.unavailable }
        let name = reader.text("file_name", required: true)
        let type = reader.text("content_type", required: true)
        try reader.check()
        guard let name, let type else { return .broken }
        let isGoogle = exchange.request.uri.queryParameters["storage_type"] == "gcs"
        let way: SandboxUpload.Way = !inParts ? .whole : isGoogle ? .googleParts : .parts
        let upload = await state.announce(
            SandboxState.Announcement(
                name: name, contentType: type, account: exchange.account, lifecycle: try exchange.uploadLifecycle), way)
        let target =
            way == .googleParts
            ? "\(exchange.base.url)/storage/upload/multipart/\(upload.token)" : Self.presigned(upload, exchange)
        return .json(
            200,
            .object([
                "upload_url": .string(target), "file_url": .string("\(exchange.base.url)/cdn/\(upload.servedAt)"),
            ]))
    }

    func receive(_ token: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        let upload = try await presignedUpload(token, exchange, .whole)
        if await state.fails(.storageUnavailable) { return Self.unavailable }
        let (path, count) = try await receiveBytes(&exchange)
        if await state.fails(.putError) { return .broken }
        let file = await state.finish(
            upload, path: path, byteCount: count,
            contentType: exchange.request.headers[.contentType] ?? upload.contentType)
        return SandboxAnswer(status: 200, headers: ["etag": file.entityTag], body: .none)
    }

    func receiveAtCDN(_ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        let announcement = try cdnAnnouncement(exchange)
        if await state.fails(.storageUnavailable) { return Self.unavailable }
        let (path, count) = try await receiveBytes(&exchange)
        if await state.fails(.putError) { return .broken }
        let upload = await state.announce(announcement, .whole)
        _ = await state.finish(upload, path: path, byteCount: count, contentType: announcement.contentType)
        return .json(200, .object(["access_url": .string("\(exchange.base.url)/cdn/\(upload.servedAt)")]))
    }

    // MARK: - Pieces

    static let unavailable = SandboxAnswer.detail(503, "Storage is unavailable", type: "internal_error")

    /// An address that needs no key.
    static func presigned(_ upload: SandboxUpload, _ exchange: Exchange) -> String {
        "\(exchange.base.url)/cdn/upload/\(upload.token)?signature=\(upload.signature)"
    }

    /// The upload that a presigned address names, when its signature is right and it is sent in this way.
    func presignedUpload(
        _ token: String, _ exchange: Exchange, _ ways: SandboxUpload.Way...
    ) async throws(AnswerAsError) -> SandboxUpload {
        guard let upload = await state.upload(token), ways.contains(upload.way),
            exchange.request.uri.queryParameters["signature"].map(String.init) == upload.signature
        else { throw AnswerAsError(.detail(403, "The signature of this upload is wrong")) }
        return upload
    }

    /// What the headers of an upload at the CDN announce.
    func cdnAnnouncement(_ exchange: Exchange) throws(AnswerAsError) -> SandboxState.Announcement {
        SandboxState.Announcement(
            name: exchange.header("x-fal-file-name") ?? "upload.bin",
            contentType: exchange.request.headers[.contentType] ?? "application/octet-stream",
            account: exchange.account, lifecycle: try exchange.uploadLifecycle)
    }

    /// Writes a body to disk as it comes, and gives its place and length.
    func receiveBytes(_ exchange: inout Exchange) async throws(AnswerAsError) -> (path: String, byteCount: Int) {
        if await state.fails(.storageReset) {
            // A client must have begun to send before it can be cut off.
            var body = exchange.request.body.makeAsyncIterator()
            exchange.byteCount = (try? await body.next())?.readableBytes ?? 0
            throw AnswerAsError(.hangUp)
        }
        let path = "\(state.folder)/\(SandboxState.newID())"
        let count: Int?
        do {
            try await FileIO().writeFile(contents: exchange.request.body, path: path, context: exchange.context)
            count = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        } catch {
            count = nil
        }
        exchange.byteCount = count ?? 0
        let announced = exchange.request.headers[.contentLength].flatMap(Int.init)
        guard let count, announced == nil || announced == count else {
            try? FileManager.default.removeItem(atPath: path)
            throw AnswerAsError(.detail(400, "The upload ended too early", type: "client_disconnected"))
        }
        return (path, count)
    }
}
