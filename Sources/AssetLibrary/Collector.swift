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
        /// The whole answer, with pictures inside it replaced by `sha256:` and their digest.
        let responseWithoutPictures: JSONValue
    }

    /// Fetches every picture of an answer; returns when all are durable. Equal bytes cost nothing.
    func collect(
        _ response: JSONValue, _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> Outputs {
        guard let images = response["images"]?.elements, !images.isEmpty else {
            throw LibraryError(
                .refused, code: "no_images",
                "fal's answer holds no pictures; the request is paid for, `atelier show` has the whole answer")
        }
        let flags = response["has_nsfw_concepts"]?.elements ?? []
        var staged: [(blob: StagedBlob, facts: ImageFacts, url: String?)] = []
        do {
            for (index, image) in images.enumerated() {
                guard let url = image["url"]?.text else {
                    throw LibraryError(.refused, code: "no_url", "picture \(index + 1) of fal's answer has no URL")
                }
                onProgress(.downloading(position: index + 1, count: images.count))
                let blob = try await stage(url)
                do {
                    let facts = try library.inspector.inspect(fileAt: blob.path)
                    staged.append((blob, facts, url.hasPrefix("data:") ? nil : url))
                } catch {
                    library.store.discard(blob)
                    throw LibraryError(
                        .refused, code: "output_\(error.code)",
                        "picture \(index + 1) of fal's answer: \(error.description)")
                }
            }
        } catch {
            for output in staged { library.store.discard(output.blob) }
            throw error
        }
        _ = try library.store.commit(staged.map { ($0.blob, $0.facts.format.fileExtension) })
        let pictures = staged.enumerated().map { index, output in
            Generation.Output(
                asset: output.blob.digest, facts: output.facts,
                isFlagged: flags.indices.contains(index) ? flags[index].flag : nil, url: output.url)
        }
        return Outputs(
            pictures: pictures, responseWithoutPictures: Self.withoutPictures(response, images, pictures))
    }

    private func stage(_ url: String) async throws -> StagedBlob {
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

    /// A picture inside an answer is megabytes of text that the store holds already.
    private static func withoutPictures(
        _ response: JSONValue, _ images: [JSONValue], _ pictures: [Generation.Output]
    ) -> JSONValue {
        guard case .object(var fields) = response else { return response }
        fields["images"] = .array(
            zip(images, pictures).map { image, picture in
                guard picture.url == nil, case .object(var image) = image else { return image }
                image["url"] = .string("sha256:\(picture.asset.hex)")
                return .object(image)
            })
        return .object(fields)
    }
}
