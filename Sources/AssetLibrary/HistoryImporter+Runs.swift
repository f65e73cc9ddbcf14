import AssetCatalog
import AssetModel
import AssetStore
import FalAPI

/// One request of the history as a run.
extension HistoryImporter {
    /// A reference of a request, found or fetched.
    private struct Reference: Sendable {
        let picture: ReferencePicture
        /// How what was sent differs from it; nil when nothing does, or nothing is known.
        var copy: UploadCopy?
        /// What is to be written down about it; nil for an asset that the library has.
        var fact: JournalEntry.Imported?
    }

    /// The name of a request's run: the same whenever and wherever it is brought home.
    static func runID(of request: String, on host: RemoteHost) throws -> Run.ID {
        let bytes = try ContentDigest(hashing: "\(host.service) \(request)".utf8).bytes
        func number(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        return Run.ID(random: (number(0..<8), number(8..<16)))
    }

    /// Fetches what is still there and writes the run down, all in one action.
    ///
    /// The plan comes last: a journal that was cut off in between holds no plan without its end, so nothing is left that could be
    /// submitted.
    func write(_ request: Request) async throws -> HistoryOutcome {
        guard let input = request.input, let output = request.output else { return .notKept(HistoryRequest(request)) }
        let queued = try queue.request(request.id, of: request.endpoint)
        let id = try Self.runID(of: request.id, on: host)
        var (references, places, expired): ([Reference], [String: String], Int) = ([], [:], 0)
        for field in input.pictureFields where field.isAddress {
            switch try await reference(at: field.text, of: queued, since: request.at) {
            case .found(let reference):
                places[field.path] = PictureField.placeholder(of: reference.picture.asset)
                if !references.contains(where: { $0.picture.asset == reference.picture.asset }) {
                    references.append(reference)
                }
            case .expired: expired += 1
            case .noPicture: break
            }
        }
        let asked = RunRequest(
            model: request.endpoint, input: input.replacingPictureFields { [places[$0.path] ?? $0.text] },
            references: references.map(\.picture)
        ).withReferencesUnplaced()
        guard !asked.prompt.contains("\0") else {
            throw LibraryError(
                .invalidInput, code: "bad_prompt", "the prompt holds a NUL character, which cannot be kept")
        }
        let (end, lost) = try await end(of: id, asked, output, since: request.at)
        expired += lost
        let planned = JournalEntry.Planned(
            generation: id, model: request.endpoint, prompt: asked.prompt, parameters: asked.parameters,
            references: try ReferenceSet(asked.references.map(\.asset)), size: nil, host: host,
            sentAt: Timestamp(milliseconds: request.at))
        let copies = references.map(\.copy)
        let new = references.compactMap(\.fact)
        let known = try await records.history.record(records.verb, persistently: true) { writer in
            if try writer.isKnown(request: request.id) { return ([], true) }
            let known = Set(try writer.known(new.map(\.asset)))
            var facts: [JournalEntry.Fact] = new.filter { !known.contains($0.asset) }.map { .imported($0) }
            facts.append(
                .submitted(
                    .init(
                        generation: id,
                        request: RemoteRequest(
                            id: queued.requestID, statusURL: queued.statusURL, responseURL: queued.responseURL,
                            cancelURL: queued.cancelURL))))
            facts.append(end)
            if copies.contains(where: { $0 != nil }) {
                facts.append(
                    .uploadsPlanned(
                        .init(generation: id, copies: copies, access: .publicLink, lifetime: .accountDefault)))
            }
            return (facts + [.planned(planned)], false)
        }
        if known { return .known(HistoryRequest(request), id) }
        return .new(HistoryRequest(request), try await records.run(id), expired: expired)
    }

    /// How a run ended, and how many of its files fal no longer serves. A run of which nothing is left ended without outputs here:
    /// it must not pass for one whose pictures are in the library.
    private func end(
        of id: Run.ID, _ asked: RunRequest, _ output: JSONValue, since time: Int64
    ) async throws -> (JournalEntry.Fact, expired: Int) {
        let files = output.answerFiles
        let outputs = try await downloader.download(output, having: .none, keepingUnreadable: false) { _ in }
        if let later = outputs.failures.values.first(where: { !isFinal($0, since: time) }) { throw later }
        let said = outputs.responseWithoutPictures
        let came = outputs.pictures.count + outputs.files.count
        let missing = outputs.failures.sorted { $0.key < $1.key }.map { position, error in
            Drift(.missing, position: position, got: error.message)
        }
        let losses = (outputs.losses + missing).sorted { ($0.position ?? 0) < ($1.position ?? 0) }
        let expired = losses.count { $0.kind == .missing }
        guard came > 0 || files.isEmpty else {
            return (
                .failed(
                    .init(
                        generation: id, code: "expired",
                        reason: "it was made elsewhere, and fal no longer had its files when it was brought home",
                        response: said, drift: losses)), expired
            )
        }
        let drift =
            Drift.comparing(
                parameters: asked.parameters, plannedSize: nil, outputs: outputs.pictures, response: said)
            + losses
        return (
            .finished(
                .init(generation: id, outputs: outputs.pictures, response: said, drift: drift, files: outputs.files)),
            expired
        )
    }

    /// How long a refusal may be a passing one, in milliseconds: a week.
    private static let patience: Int64 = 7 * 86_400_000

    /// Whether trying again later would come to the same: the file is gone (404, 410) or its data URI is broken; and for a request of more
    /// than a week ago, also when the server answered with a refusal or a page in its place. All else is tried again by the next import.
    private func isFinal(_ error: LibraryError, since time: Int64) -> Bool {
        if case .fal(.gone(let status, _))? = error.cause, status == 404 || status == 410 { return true }
        if error.code == "output_undecodable" { return true }
        guard records.history.environment.now().milliseconds - time > Self.patience else { return false }
        switch error.cause {
        case .fal(.gone)?, .fal(.rejected)?: return true
        default: return error.code == "output_not_served" || error.code == "output_unreadable"
        }
    }

    // MARK: - References

    private enum Found: Sendable {
        case found(Reference)
        case expired
        /// It is there and no picture: a film, a sound, a page.
        case noPicture
    }

    /// The picture behind an address of a request's input: what this library sent there, else what is there now.
    private func reference(
        at url: String, of request: QueuedRequest, since time: Int64
    ) async throws -> Found {
        let catalog = records.history.catalog
        if let sent = try await catalog.sentAsset(at: url), let asset = try await catalog.asset(sent.asset) {
            return .found(Reference(picture: ReferencePicture(asset), copy: sent.copy))
        }
        guard DataURI.isOne(url) || url.hasPrefix("https://") || url.hasPrefix("http://") else { return .noPicture }
        let blob: StagedBlob
        do {
            guard let staged = try await stage(url) else { return .noPicture }
            blob = staged
        } catch {
            guard isFinal(LibraryError(error), since: time) else { throw error }
            return .expired
        }
        guard let reading = try? PictureReading(ofFileAt: blob.path, downloader.inspector) else {
            downloader.store.discard(blob)
            return .noPicture
        }
        _ = try downloader.store.commit([(blob, reading.facts.format.fileExtension)])
        let seenAt = DataURI.isOne(url) ? request.responseURL : String(url.prefix { $0 != "?" && $0 != "#" })
        return .found(
            Reference(
                picture: ReferencePicture(asset: blob.digest, facts: reading.facts, path: nil),
                fact: .init(
                    asset: blob.digest, facts: reading.facts, path: seenAt, recipe: reading.recipe, note: reading.note,
                    unread: reading.unread)
            ))
    }

    /// The bytes behind an address; nil for a data URI that cannot be decoded.
    @concurrent
    private func stage(_ url: String) async throws -> StagedBlob? {
        let writer = try downloader.store.beginStaging()
        do {
            if DataURI.isOne(url) {
                guard let data = DataURI(parsing: url) else {
                    writer.discard()
                    return nil
                }
                try data.bytes.withUnsafeBytes { try writer.write($0) }
            } else {
                _ = try await downloader.transport.download(
                    url, isFresh: false, start: { try writer.restart() }, write: { try writer.write($0) })
            }
            return try writer.finish()
        } catch {
            writer.discard()
            throw error
        }
    }

    // MARK: - Looking only

    /// How many files of a request fal no longer serves. A file that cannot be asked for now does not count.
    func expiredCount(_ request: Request) async throws -> Int {
        var urls = (request.output?.answerFiles ?? []).compactMap(\.url)
        for field in request.input?.pictureFields ?? [] where field.isAddress {
            let sent = try await records.history.catalog.sentAsset(at: field.text)
            if sent == nil { urls.append(field.text) }
        }
        var count = 0
        for url in urls.uniqued() where url.hasPrefix("https://") || url.hasPrefix("http://") {
            do throws(FalError) {
                if case .gone = try await downloader.transport.probe(url) { count += 1 }
            } catch {
                if error == .cancelled { throw error }
            }
        }
        return count
    }
}
