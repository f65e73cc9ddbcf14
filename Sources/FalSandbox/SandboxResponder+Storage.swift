import AssetModel
import Foundation
import Hummingbird
import NIOCore

/// fal's storage and its CDN: announce an upload, take its bytes, serve files.
///
/// Multipart uploads, CDN tokens, lifetimes and access rules belong here too and are not built yet.
extension SandboxResponder {
    func announce(_ exchange: inout Exchange) async -> SandboxAnswer {
        let body: JSONValue
        switch await readJSON(&exchange) {
        case .success(let value): body = value
        case .failure(let refusal): return refusal.answer
        }
        if await state.storageFails() { return Self.unavailable }
        guard case .object(let fields) = body else {
            let problem = InputProblem([], "Input should be a valid dictionary", type: "dict_type", input: body)
            return .json(422, ModelFailure([problem]).json)
        }
        var reader = FieldReader(fields: fields)
        let name = reader.text("file_name", required: true)
        let type = reader.text("content_type", required: true)
        guard let name, let type, reader.problems.isEmpty else {
            return .json(422, ModelFailure(reader.problems).json)
        }
        let upload = await state.announce(name: name, contentType: type)
        return .json(
            200,
            .object([
                "upload_url": .string("\(exchange.base)/cdn/upload/\(upload.token)?signature=\(upload.signature)"),
                "file_url": .string("\(exchange.base)/cdn/\(upload.servedAt)"),
            ]))
    }

    func receive(_ token: String, _ exchange: inout Exchange) async -> SandboxAnswer {
        guard let upload = await state.upload(token),
            exchange.request.uri.queryParameters["signature"].map(String.init) == upload.signature
        else { return .detail(403, "The signature of this upload is wrong") }
        if await state.storageFails() { return Self.unavailable }
        let path = "\(state.folder)/\(SandboxState.newID())"
        let count: Int?
        do {
            try await FileIO().writeFile(contents: exchange.request.body, path: path, context: exchange.context)
            count = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            return .detail(400, "The upload ended too early", type: "client_disconnected")
        }
        exchange.byteCount = count ?? 0
        let announced = exchange.request.headers[.contentLength].flatMap(Int.init)
        guard let count, announced == nil || announced == count else {
            try? FileManager.default.removeItem(atPath: path)
            return .detail(400, "The upload ended too early", type: "client_disconnected")
        }
        let tag = "\"\(SandboxState.newID())\""
        await state.finish(
            upload,
            StoredFile(
                path: path, contentType: exchange.request.headers[.contentType] ?? upload.contentType,
                byteCount: count, entityTag: tag))
        return SandboxAnswer(status: 200, headers: ["etag": tag], body: .none)
    }

    func file(_ path: String, headOnly: Bool) async -> SandboxAnswer {
        guard let file = await state.file(at: path) else { return .detail(404, "File not found") }
        return SandboxAnswer(status: 200, body: .file(file, headOnly: headOnly))
    }

    private static let unavailable = SandboxAnswer.detail(503, "Storage is unavailable", type: "internal_error")
}
