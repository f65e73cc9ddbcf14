import AssetModel
import Foundation
import Hummingbird

/// Uploads in parts, in their three ways.
///
/// A presigned part is answered with its tag twice, as a header and as JSON, because clients read one or the other.
extension SandboxResponder {
    /// The address of one part in Google's way; its bytes go there without the key.
    func signPart(_ token: String, _ number: Int, _ exchange: Exchange) async -> SandboxAnswer {
        guard let upload = await state.upload(token), upload.way == .googleParts, upload.account == exchange.account,
            number >= 1
        else { return .detail(404, "There is no such upload") }
        let query = "signature=\(upload.signature)"
        return .json(
            200,
            .object(["upload_url": .string("\(exchange.base.url)/cdn/upload/\(upload.token)/\(number)?\(query)")]))
    }

    /// A part at a presigned address.
    func receivePart(
        _ token: String, _ number: Int, _ exchange: inout Exchange
    ) async throws(AnswerAsError) -> SandboxAnswer {
        _ = try await presignedUpload(token, exchange, .parts, .googleParts)
        let part = try await keepPart(token, number, &exchange)
        return .json(
            200, .object(["partNumber": .integer(Int64(number)), "etag": .string(part.entityTag)]),
            headers: ["etag": part.entityTag])
    }

    /// The end of an upload in parts at a presigned address.
    func completeParts(_ token: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        let upload = try await presignedUpload(token, exchange, .parts)
        return try await complete(upload, &exchange)
    }

    /// The end of an upload in Google's way.
    func completeSignedParts(_ token: String, _ exchange: inout Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        guard let upload = await state.upload(token), upload.way == .googleParts, upload.account == exchange.account
        else { return .detail(404, "There is no such upload") }
        return try await complete(upload, &exchange)
    }

    /// The beginning of an upload in parts at the CDN.
    func announceCDNParts(_ exchange: Exchange) async throws(AnswerAsError) -> SandboxAnswer {
        let announcement = try cdnAnnouncement(exchange)
        if await state.fails(.storageUnavailable) { return Self.unavailable }
        let upload = await state.announce(announcement, .cdnParts)
        return .json(
            200,
            .object([
                "access_url": .string("\(exchange.base.url)/cdn/\(upload.servedAt)"), "uploadId": .string(upload.token),
            ]))
    }

    /// A part at the CDN.
    func receiveCDNPart(
        _ path: String, _ token: String, _ number: Int, _ exchange: inout Exchange
    ) async throws(AnswerAsError) -> SandboxAnswer {
        _ = try await cdnUpload(path, token, exchange)
        let part = try await keepPart(token, number, &exchange)
        return SandboxAnswer(status: 200, headers: ["etag": part.entityTag], body: .none)
    }

    /// The end of an upload in parts at the CDN.
    func completeCDNParts(
        _ path: String, _ token: String, _ exchange: inout Exchange
    ) async throws(AnswerAsError) -> SandboxAnswer {
        let upload = try await cdnUpload(path, token, exchange)
        return try await complete(upload, &exchange)
    }

    // MARK: - Pieces

    private func cdnUpload(
        _ path: String, _ token: String, _ exchange: Exchange
    ) async throws(AnswerAsError) -> SandboxUpload {
        guard let upload = await state.upload(token), upload.way == .cdnParts, upload.servedAt == path,
            upload.account == exchange.account
        else { throw AnswerAsError(.detail(404, "There is no such upload")) }
        return upload
    }

    private func keepPart(
        _ token: String, _ number: Int, _ exchange: inout Exchange
    ) async throws(AnswerAsError) -> SandboxUpload.Part {
        // The limit of the storage behind: fal documents none.
        guard 1...10_000 ~= number else { throw AnswerAsError(.detail(400, "Part numbers are from 1 to 10000")) }
        if await state.fails(.storageUnavailable) { throw AnswerAsError(Self.unavailable) }
        let (path, count) = try await receiveBytes(&exchange)
        if await state.fails(.partError) { throw AnswerAsError(.broken) }
        if await state.stalls(.partStalled, "\(token) \(number)") { throw AnswerAsError(.stalled(.partStalled)) }
        guard let part = await state.keep(number, path: path, byteCount: count, of: token) else {
            throw AnswerAsError(.detail(404, "The upload is over"))
        }
        return part
    }

    private func complete(_ upload: SandboxUpload, _ exchange: inout Exchange) async throws(AnswerAsError)
        -> SandboxAnswer
    {
        let body = try await readJSON(&exchange)
        if await state.fails(.storageUnavailable) { return Self.unavailable }
        // Google's way writes its names with underscores.
        let numberName = upload.way == .googleParts ? "part_number" : "partNumber"
        let list = (body["parts"]?.elements ?? []).map { entry in
            entry[numberName]?.int.flatMap { number in
                entry["etag"]?.text.map { SandboxUpload.NamedPart(number: number, entityTag: $0) }
            }
        }
        let named = list.compactMap { $0 }
        guard named.count == list.count else {
            return .detail(400, "Each part needs \(numberName) and etag")
        }
        if let objection = await state.complete(upload.token, named) { return .detail(400, objection) }
        return .json(200, .object(["access_url": .string("\(exchange.base.url)/cdn/\(upload.servedAt)")]))
    }
}
