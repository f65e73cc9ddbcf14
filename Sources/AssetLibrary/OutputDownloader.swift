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
    /// Whether the answers are new: their files may be served a moment later.
    var isFresh = true

    /// What an answer came to. Everything in here is durable.
    struct Outputs: Sendable {
        /// The pictures, in the order of the answer.
        var pictures: [Run.Output] = []
        /// What is no picture and was not meant to be one, in the order of the answer.
        var files: [Run.KeptFile] = []
        /// Outputs that should be pictures and never will: unreadable, whose bytes are kept, or without a URL.
        var losses: [Drift] = []
        /// Why an output could not be fetched: whatever a server answers, it may answer otherwise later, or with a fresh URL. Nil when all
        /// that can come has come.
        var later: LibraryError?
        /// The same for each output that could not be fetched, by its position.
        var failures: [Int: LibraryError] = [:]
        /// The whole answer, with pictures inside it replaced by `sha256:` and their digest.
        var responseWithoutPictures: JSONValue
    }

    /// Fetches every file of an answer that a run does not have already; returns when all are durable. Equal bytes cost
    /// nothing. One output's trouble does not stop the others; only an interruption does. Without `keepingUnreadable` bytes that should be a
    /// picture and are none count as not fetched.
    func download(
        _ response: JSONValue, having arrived: ArrivedOutputs, keepingUnreadable: Bool = true,
        _ onProgress: @escaping @Sendable (RunProgress) -> Void
    ) async throws -> Outputs {
        let files = response.answerFiles
        let flags = response.safetyFlags
        var outputs = Outputs(responseWithoutPictures: response)
        var digests: [String: ContentDigest] = [:]
        var unreadable: [(position: Int, url: String, blob: StagedBlob, reason: String)] = []
        for (index, file) in files.enumerated() {
            guard let url = file.url else {
                outputs.losses.append(Drift(.missing, position: index, got: "fal's answer has no URL for it"))
                continue
            }
            let origin = DataURI.isOne(url) ? nil : url
            if let known = arrived.picture(url, at: index, of: files.count) {
                digests[url] = known.asset
                outputs.pictures.append(known.served(at: origin))
                continue
            }
            if let known = arrived.file(url, at: index, of: files.count) {
                digests[url] = known.digest
                outputs.files.append(known.served(at: origin))
                continue
            }
            onProgress(.downloading(position: index + 1, count: files.count))
            do {
                switch try await fetch(file, url) {
                case .picture(let digest, let facts):
                    digests[url] = digest
                    let flag = flags.indices.contains(index) ? flags[index] : nil
                    outputs.pictures.append(
                        Run.Output(asset: digest, facts: facts, isFlagged: flag, url: origin))
                case .file(let digest, let byteCount):
                    digests[url] = digest
                    outputs.files.append(
                        Run.KeptFile(
                            digest: digest, fileExtension: file.fileExtension, mediaType: file.mediaType,
                            byteCount: byteCount, url: origin))
                case .unreadable(let blob, let reason): unreadable.append((index, url, blob, reason))
                case .noPicture(let digest, let reason):
                    outputs.losses.append(Drift(.unreadable, position: index, got: reason, kept: digest))
                case .lost(let reason):
                    outputs.losses.append(Drift(.missing, position: index, got: reason))
                }
            } catch {
                if Task.isCancelled {
                    for item in unreadable { store.discard(item.blob) }
                    throw error
                }
                let failure = LibraryError(error).ofOutput(index)
                outputs.failures[index] = failure
                outputs.later = outputs.later ?? failure
            }
        }
        // Bytes that no record will name are not kept: an unfinished run fetches them again.
        for item in unreadable {
            if !keepingUnreadable {
                let failure = LibraryError(.unavailable, code: "output_unreadable", item.reason).ofOutput(item.position)
                outputs.failures[item.position] = failure
                outputs.later = outputs.later ?? failure
            }
            guard outputs.later == nil else {
                store.discard(item.blob)
                continue
            }
            _ = try store.commit([(item.blob, KeptFileName.fallback)])
            digests[item.url] = item.blob.digest
            outputs.losses.append(
                Drift(.unreadable, position: item.position, got: item.reason, kept: item.blob.digest))
        }
        outputs.losses.sort { ($0.position ?? 0) < ($1.position ?? 0) }
        outputs.responseWithoutPictures = Self.withoutPictures(response, digests)
        return outputs
    }

    // MARK: - One output

    private enum Fetched {
        case picture(ContentDigest, ImageFacts)
        case file(ContentDigest, byteCount: Int64)
        case unreadable(StagedBlob, String)
        case noPicture(ContentDigest, String)
        case lost(String)
    }

    /// Fetches, inspects and keeps one output, whatever it is. What should be a picture and cannot be read is fetched once
    /// more, because a server may have stumbled where it should have failed. Throws what can pass, which leaves the run open.
    @concurrent
    private func fetch(_ file: AnswerFile, _ url: String) async throws -> Fetched {
        // Kept when the answer came first, and known to be no picture since.
        if url.hasPrefix("sha256:") {
            guard let digest = try? ContentDigest(parsing: url) else { return .lost("its address is none") }
            return .noPicture(digest, "it is no picture")
        }
        var isSecondTry = DataURI.isOne(url)
        while true {
            let fetched = try await stage(url)
            let blob = fetched.blob
            do {
                let facts = try inspector.inspect(fileAt: blob.path)
                _ = try store.commit([(blob, facts.format.fileExtension)])
                return .picture(blob.digest, facts)
            } catch let error as InspectionError {
                let failure = fetched.failure(of: file)
                if failure == nil, !file.isPictureExpected {
                    _ = try store.commit([(blob, file.fileExtension)])
                    return .file(blob.digest, byteCount: blob.byteCount)
                }
                guard isSecondTry else {
                    isSecondTry = true
                    store.discard(blob)
                    continue
                }
                guard let failure else { return .unreadable(blob, error.description) }
                store.discard(blob)
                throw LibraryError(.unavailable, code: "output_not_served", failure)
            } catch {
                store.discard(blob)
                throw error
            }
        }
    }

    private func stage(_ url: String) async throws -> FetchedBytes {
        let writer = try store.beginStaging()
        do {
            if DataURI.isOne(url) {
                guard let data = DataURI(parsing: url) else {
                    throw LibraryError(
                        .unavailable, code: "output_undecodable",
                        "it stands inside fal's answer, as a data URI that cannot be decoded")
                }
                try data.bytes.withUnsafeBytes { try writer.write($0) }
                return FetchedBytes(
                    blob: try writer.finish(), mediaType: data.mediaType,
                    head: Array(data.bytes.prefix(FetchedBytes.headLength)))
            }
            var head: [UInt8] = []
            let download = try await transport.download(
                url, isFresh: isFresh,
                start: {
                    head = []
                    try writer.restart()
                },
                write: { chunk in
                    if head.count < FetchedBytes.headLength {
                        head += chunk.prefix(FetchedBytes.headLength - head.count)
                    }
                    try writer.write(chunk)
                })
            return FetchedBytes(blob: try writer.finish(), mediaType: download.mediaType, head: head)
        } catch {
            writer.discard()
            throw error
        }
    }

    /// A picture inside an answer is megabytes of text, and the store holds it already. One that could not be decoded stays as it came.
    private static func withoutPictures(_ value: JSONValue, _ digests: [String: ContentDigest]) -> JSONValue {
        switch value {
        case .string(let text):
            return DataURI.isOne(text) ? digests[text].map { .string("sha256:\($0.hex)") } ?? value : value
        case .array(let elements):
            return .array(elements.map { withoutPictures($0, digests) })
        case .object(let members):
            return .object(members.mapValues { withoutPictures($0, digests) })
        default:
            return value
        }
    }
}

extension Run.Output {
    /// The same picture with the URL that it has now.
    fileprivate func served(at url: String?) -> Run.Output {
        url?.hasPrefix("sha256:") == true
            ? self : Run.Output(asset: asset, facts: facts, isFlagged: isFlagged, url: url)
    }
}

extension Run.KeptFile {
    /// The same file with the URL that it has now.
    fileprivate func served(at url: String?) -> Run.KeptFile {
        url?.hasPrefix("sha256:") == true
            ? self
            : Run.KeptFile(
                digest: digest, fileExtension: fileExtension, mediaType: mediaType, byteCount: byteCount, url: url)
    }
}

extension LibraryError {
    /// The same trouble, told about one output of a run, from 0: fal's answer and fal's servers are at fault, or the disk.
    fileprivate func ofOutput(_ position: Int) -> LibraryError {
        let isLocal = [.storage, .busy, .damaged, .cancelled, .credential].contains(category)
        return LibraryError(
            isLocal ? category : .unavailable, code, "picture \(position + 1): \(message)", remedy, cause: cause,
            requestID: requestID, run: run, isPartial: isPartial)
    }
}
