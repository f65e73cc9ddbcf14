import AssetModel
import AssetStore
import FalAPI
import Foundation
import ImageInspection

/// Brings a finished run's pictures in, by the same door as an imported file: store, then inspect.
struct Collector {
    let library: Library
    let transport: FalTransport

    /// What an answer came to.
    struct Outputs: Sendable {
        let pictures: [Generation.Output]
        /// Pictures that could not be used, a sentence each.
        let refusals: [String]
        /// The whole answer, with pictures inside it replaced by `sha256:` and their digest.
        let responseWithoutPictures: JSONValue
    }

    /// Fetches every picture of an answer; returns when all are durable. Equal bytes cost nothing.
    ///
    /// A picture that is none is left out and told of; one that cannot be fetched now is an error, so that it can be
    /// fetched later.
    func collect(
        _ response: JSONValue, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> Outputs {
        let images = response["images"]?.elements ?? []
        let flags = response["has_nsfw_concepts"]?.elements ?? []
        var staged: [Staged] = []
        var refusals: [String] = []
        do {
            for (index, image) in images.enumerated() {
                guard let url = image["url"]?.text else {
                    refusals.append("picture \(index + 1) of fal's answer has no URL")
                    continue
                }
                onProgress(.downloading(position: index + 1, count: images.count))
                guard let blob = try await stage(url) else {
                    refusals.append("picture \(index + 1) stands inside fal's answer and cannot be decoded")
                    continue
                }
                do {
                    let facts = try library.inspector.inspect(fileAt: blob.path)
                    let flag = flags.indices.contains(index) ? flags[index].flag : nil
                    staged.append(
                        Staged(
                            index: index, blob: blob, facts: facts, flag: flag, url: url.hasPrefix("data:") ? nil : url)
                    )
                } catch {
                    library.store.discard(blob)
                    refusals.append("picture \(index + 1) of fal's answer cannot be used: \(error.description)")
                }
            }
        } catch {
            for output in staged { library.store.discard(output.blob) }
            throw error
        }
        _ = try library.store.commit(staged.map { ($0.blob, $0.facts.format.fileExtension) })
        return Outputs(
            pictures: staged.map {
                Generation.Output(asset: $0.blob.digest, facts: $0.facts, isFlagged: $0.flag, url: $0.url)
            }, refusals: refusals, responseWithoutPictures: Self.withoutPictures(response, images, staged))
    }

    private struct Staged {
        let index: Int
        let blob: StagedBlob
        let facts: ImageFacts
        let flag: Bool?
        let url: String?
    }

    /// Nil for a picture inside the answer that cannot be decoded.
    private func stage(_ url: String) async throws -> StagedBlob? {
        let writer = try library.store.beginStaging()
        do {
            if url.hasPrefix("data:") {
                guard let bytes = Self.bytes(ofDataURI: url) else {
                    throw LibraryError(
                        .refused, code: "bad_data_uri", "a picture inside fal's answer cannot be decoded")
                }
                try bytes.withUnsafeBytes { try writer.write($0) }
            } else {
                _ = try await transport.download(url, start: { try writer.restart() }, write: { try writer.write($0) })
            }
            return try writer.finish()
        } catch {
            writer.discard()
            throw error
        }
    }

    /// The bytes of `data:image/png;base64,…` (RFC 2397); nil for other encodings and for broken ones.
    static func bytes(ofDataURI uri: String) -> [UInt8]? {
        guard let comma = uri.firstIndex(of: ","), uri[..<comma].hasSuffix(";base64") else { return nil }
        return Data(base64Encoded: String(uri[uri.index(after: comma)...])).map(Array.init)
    }

    /// A picture inside an answer is megabytes of text; the store holds it already, or it is no picture.
    private static func withoutPictures(_ response: JSONValue, _ images: [JSONValue], _ staged: [Staged]) -> JSONValue {
        guard case .object(var fields) = response, fields["images"] != nil else { return response }
        fields["images"] = .array(
            images.enumerated().map { index, image in
                guard case .object(var members) = image, members["url"]?.text?.hasPrefix("data:") == true else {
                    return image
                }
                let picture = staged.first { $0.index == index }
                members["url"] = picture.map { .string("sha256:\($0.blob.digest.hex)") } ?? .null
                return .object(members)
            })
        return .object(fields)
    }
}
