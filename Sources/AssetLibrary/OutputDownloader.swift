import AssetModel
import AssetStore
import FalAPI
import Foundation
import ImageInspection

/// Fetches a finished run's outputs, by the same door as an imported file: store, then inspect.
struct OutputDownloader: Sendable {
    let store: BlobStore
    let inspector: ImageInspector
    let transport: FalTransport

    /// What an answer came to. Everything in here is durable.
    struct Outputs: Sendable {
        /// The pictures, in the order of the answer.
        var pictures: [Run.Output] = []
        /// What is no picture and was not meant to be one, in the order of the answer.
        var files: [Run.KeptFile] = []
        /// Outputs that should be pictures and never will: unreadable, whose bytes are kept, or not served any more.
        var losses: [Drift] = []
        /// Why an output cannot be fetched now, though it may be later; nil when all that can come has come.
        var later: (any Error)?
        /// The whole answer, with pictures inside it replaced by `sha256:` and their digest.
        var responseWithoutPictures: JSONValue
    }

    /// Fetches every file of an answer that a run does not have already; returns when all are durable. Equal bytes cost
    /// nothing. One output's trouble does not stop the others; only an interruption does.
    func download(
        _ response: JSONValue, having known: (pictures: [Run.Output], files: [Run.KeptFile]),
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> Outputs {
        let files = response.answerFiles
        let flags = response.safetyFlags
        var outputs = Outputs(responseWithoutPictures: response)
        var digests: [String: ContentDigest] = [:]
        for (index, file) in files.enumerated() {
            guard let url = file.url else {
                outputs.losses.append(Drift(.missing, position: index, got: "fal's answer has no URL for it"))
                continue
            }
            if let output = known.pictures.first(where: { ($0.url ?? "sha256:\($0.asset.hex)") == url }) {
                outputs.pictures.append(output)
                continue
            }
            if let kept = known.files.first(where: { ($0.url ?? "sha256:\($0.digest.hex)") == url }) {
                outputs.files.append(kept)
                continue
            }
            onProgress(.downloading(position: index + 1, count: files.count))
            do {
                let flag = flags.indices.contains(index) ? flags[index] : nil
                let origin = url.hasPrefix("data:") ? nil : url
                switch try await fetch(file, url) {
                case .picture(let digest, let facts):
                    digests[url] = digest
                    outputs.pictures.append(
                        Run.Output(asset: digest, facts: facts, isFlagged: flag, url: origin))
                case .file(let digest, let byteCount):
                    digests[url] = digest
                    outputs.files.append(
                        Run.KeptFile(
                            digest: digest, fileExtension: file.fileExtension, mediaType: file.mediaType,
                            byteCount: byteCount, url: origin))
                case .unreadable(let digest, let reason):
                    digests[url] = digest
                    outputs.losses.append(Drift(.unreadable, position: index, got: reason, kept: digest))
                case .lost(let reason):
                    outputs.losses.append(Drift(.missing, position: index, got: reason))
                }
            } catch {
                if Task.isCancelled { throw error }
                outputs.later = outputs.later ?? error
            }
        }
        outputs.responseWithoutPictures = Self.withoutPictures(response, digests)
        return outputs
    }

    // MARK: - One output

    private enum Fetched {
        case picture(ContentDigest, ImageFacts)
        case file(ContentDigest, byteCount: Int64)
        case unreadable(ContentDigest, String)
        case lost(String)
    }

    /// Fetches, inspects and keeps one output, whatever it is. What should be a picture and cannot be read is fetched once
    /// more, because a server may have stumbled where it should have failed.
    @concurrent
    private func fetch(_ file: AnswerFile, _ url: String) async throws -> Fetched {
        // Kept when the answer came first, and known to be no picture since.
        if url.hasPrefix("sha256:") {
            guard let digest = try? ContentDigest(parsing: url) else { return .lost("its address is none") }
            return .unreadable(digest, "it is no picture")
        }
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
                let facts = try inspector.inspect(fileAt: blob.path)
                _ = try store.commit([(blob, facts.format.fileExtension)])
                return .picture(blob.digest, facts)
            } catch let error as InspectionError {
                guard file.isPictureExpected else {
                    _ = try store.commit([(blob, file.fileExtension)])
                    return .file(blob.digest, byteCount: blob.byteCount)
                }
                guard isSecondTry else {
                    isSecondTry = true
                    store.discard(blob)
                    continue
                }
                _ = try store.commit([(blob, KeptFileName.fallback)])
                return .unreadable(blob.digest, error.description)
            } catch {
                store.discard(blob)
                throw error
            }
        }
    }

    /// Nil for a picture inside the answer that cannot be decoded.
    private func stage(_ url: String) async throws -> StagedBlob? {
        let writer = try store.beginStaging()
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

    /// A picture inside an answer is megabytes of text; the store holds it already, or it cannot be decoded.
    private static func withoutPictures(_ value: JSONValue, _ digests: [String: ContentDigest]) -> JSONValue {
        switch value {
        case .string(let text):
            return text.hasPrefix("data:") ? digests[text].map { .string("sha256:\($0.hex)") } ?? value : value
        case .array(let elements):
            return .array(elements.map { withoutPictures($0, digests) })
        case .object(let members):
            var result = members.mapValues { withoutPictures($0, digests) }
            if result["url"]?.text?.hasPrefix("data:") == true { result["url"] = .null }
            return .object(result)
        default:
            return value
        }
    }
}
