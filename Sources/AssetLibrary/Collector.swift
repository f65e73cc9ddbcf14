import AssetModel
import AssetStore
import FalAPI
import Foundation
import ImageInspection

/// Brings a finished run's pictures in, by the same door as an imported file: store, then inspect.
struct Collector {
    let library: Library
    let transport: FalTransport

    /// What an answer came to. Everything in here is durable.
    struct Outputs: Sendable {
        /// The pictures, in the order of the answer.
        var pictures: [Generation.Output] = []
        /// Outputs that will never be pictures: unreadable, whose bytes are kept, or not served any more.
        var losses: [Drift] = []
        /// Why an output cannot be fetched now, though perhaps later; nil when all that can come has come.
        var later: (any Error)?
        /// The whole answer, with pictures inside it replaced by `sha256:` and their digest.
        var responseWithoutPictures: JSONValue
    }

    /// The extension of bytes that are no picture.
    static let keptExtension = "bin"

    /// Fetches every picture of an answer that is not among `known` already; returns when all are durable. Equal bytes cost
    /// nothing. One output's trouble does not stop the others; only an interruption does.
    func collect(
        _ response: JSONValue, having known: [Generation.Output],
        _ onProgress: @escaping @Sendable (EditProgress) -> Void
    ) async throws -> Outputs {
        let images = response["images"]?.elements ?? []
        let flags = response["has_nsfw_concepts"]?.elements ?? []
        var outputs = Outputs(responseWithoutPictures: response)
        var digests: [Int: ContentDigest] = [:]
        for (index, image) in images.enumerated() {
            guard let url = image["url"]?.text else {
                outputs.losses.append(Drift(.missing, position: index, got: "fal's answer has no URL for it"))
                continue
            }
            if let output = known.first(where: { ($0.url ?? "sha256:\($0.asset.hex)") == url }) {
                outputs.pictures.append(output)
                continue
            }
            onProgress(.downloading(position: index + 1, count: images.count))
            do {
                let flag = flags.indices.contains(index) ? flags[index].flag : nil
                switch try await fetch(url) {
                case .picture(let digest, let facts):
                    digests[index] = digest
                    outputs.pictures.append(
                        Generation.Output(
                            asset: digest, facts: facts, isFlagged: flag, url: url.hasPrefix("data:") ? nil : url))
                case .unreadable(let digest, let reason):
                    digests[index] = digest
                    outputs.losses.append(Drift(.unreadable, position: index, got: reason, kept: digest))
                case .lost(let reason):
                    outputs.losses.append(Drift(.missing, position: index, got: reason))
                }
            } catch {
                if Task.isCancelled { throw error }
                outputs.later = outputs.later ?? error
            }
        }
        outputs.responseWithoutPictures = Self.withoutPictures(response, images, digests)
        return outputs
    }

    // MARK: - One output

    private enum Fetched {
        case picture(ContentDigest, ImageFacts)
        case unreadable(ContentDigest, String)
        case lost(String)
    }

    /// Fetches, inspects and keeps one output, whatever it is. What cannot be read is fetched once more, because a server
    /// may have stumbled where it should have failed.
    private func fetch(_ url: String) async throws -> Fetched {
        var isSecondTry = url.hasPrefix("data:")
        while true {
            let blob: StagedBlob
            do {
                guard let staged = try await stage(url) else {
                    return .lost("it stands inside fal's answer and cannot be decoded")
                }
                blob = staged
            } catch let error as FalError {
                // A known answer to the question whether it will ever be there; all else can pass.
                if case .gone = error { return .lost(error.description) }
                throw error
            }
            do {
                let facts = try library.inspector.inspect(fileAt: blob.path)
                _ = try library.store.commit([(blob, facts.format.fileExtension)])
                return .picture(blob.digest, facts)
            } catch let error as InspectionError {
                guard isSecondTry else {
                    isSecondTry = true
                    library.store.discard(blob)
                    continue
                }
                _ = try library.store.commit([(blob, Self.keptExtension)])
                return .unreadable(blob.digest, error.description)
            } catch {
                library.store.discard(blob)
                throw error
            }
        }
    }

    /// Nil for a picture inside the answer that cannot be decoded.
    private func stage(_ url: String) async throws -> StagedBlob? {
        let writer = try library.store.beginStaging()
        do {
            if url.hasPrefix("data:") {
                guard let bytes = Self.bytes(ofDataURI: url) else {
                    writer.discard()
                    return nil
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
    private static func withoutPictures(
        _ response: JSONValue, _ images: [JSONValue], _ digests: [Int: ContentDigest]
    ) -> JSONValue {
        guard case .object(var fields) = response, fields["images"] != nil else { return response }
        fields["images"] = .array(
            images.enumerated().map { index, image in
                guard case .object(var members) = image, members["url"]?.text?.hasPrefix("data:") == true else {
                    return image
                }
                members["url"] = digests[index].map { .string("sha256:\($0.hex)") } ?? .null
                return .object(members)
            })
        return .object(fields)
    }
}
