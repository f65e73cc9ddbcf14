import AssetCatalog
public import AssetModel
import FalAPI

/// Which uploads of the ledger are wanted; several conditions must all hold.
public struct UploadFilter: Hashable, Sendable {
    /// Only those whose time is over.
    public var isExpired: Bool
    /// Only those that a probe found gone.
    public var isDead: Bool
    /// Only those that are believed to be served still, by a server that outlives the command.
    public var isExposed: Bool
    /// Words that must all occur in an upload's URL, host, digest, asset, access, or the way its copy differs; case aside.
    public var words: [String]

    /// Without arguments: every upload.
    public init(isExpired: Bool = false, isDead: Bool = false, isExposed: Bool = false, words: [String] = []) {
        self.isExpired = isExpired
        self.isDead = isDead
        self.isExposed = isExposed
        self.words = words
    }

    func accepts(_ upload: Upload, at now: Timestamp) -> Bool {
        if isExpired, upload.expiresAt.map({ $0 > now }) ?? true { return false }
        if isDead, upload.lostAt == nil { return false }
        if isExposed, !upload.isServed(at: now) || upload.host.isPassing { return false }
        let texts = [
            upload.url, upload.host.name, upload.digest.hex, upload.asset.hex, upload.access.rawValue,
            upload.copy?.description ?? "",
        ].map { $0.lowercased() }
        return words.allSatisfy { word in texts.contains { $0.contains(word.lowercased()) } }
    }
}

/// What asking about the ledger's uploads came to.
public struct ProbeSummary: Hashable, Sendable {
    /// URLs that answered.
    public internal(set) var servedCount = 0
    /// URLs that are gone.
    public internal(set) var goneCount = 0
    /// URLs about which nothing could be learnt now.
    public internal(set) var unansweredCount = 0
    /// Uploads to other accounts or servers than the one configured, which were not asked.
    public internal(set) var elsewhereCount = 0
}

extension Library {
    /// The uploads that the library knows of, newest first.
    public func uploads(_ filter: UploadFilter = UploadFilter()) async throws(LibraryError) -> [Upload] {
        do {
            let now = environment.now()
            return try await catalog.uploads().filter { filter.accepts($0, at: now) }
        } catch {
            throw LibraryError(error)
        }
    }

    /// Asks the configured server about uploads that are believed to be there, and writes down what it said. Sends no key, and
    /// costs nothing.
    public func probeUploads(_ filter: UploadFilter = UploadFilter()) async throws(LibraryError) -> ProbeSummary {
        do {
            let remote = try needRemote()
            var summary = ProbeSummary()
            var wanted = try await uploads(filter).filter { $0.lostAt == nil }
            summary.elsewhereCount = wanted.count { $0.host != remote.host }
            wanted.removeAll { $0.host != remote.host }
            let answers = try await withTransport(remote) { transport in
                await probe(wanted, Uploader(library: self, remote: remote, transport: transport))
            }
            try Task.checkCancellation()
            let served = answers.filter { $0.answer == .served }.map(\.url)
            let gone = answers.filter { $0.answer == .gone }.map(\.url)
            summary.servedCount = served.count
            summary.goneCount = gone.count
            summary.unansweredCount = answers.count - served.count - gone.count
            var facts: [JournalEntry.Fact] = gone.map { .uploadLost(.init(url: $0)) }
            if !served.isEmpty { facts.append(.uploadsChecked(.init(urls: served))) }
            try await history.record("uploads probe", facts)
            return summary
        } catch {
            throw LibraryError(error)
        }
    }

    private func probe(
        _ uploads: [Upload], _ uploader: Uploader
    ) async -> [(url: String, answer: Uploader.ProbeAnswer)] {
        await withTaskGroup(of: (url: String, answer: Uploader.ProbeAnswer).self) { group in
            var answers: [(url: String, answer: Uploader.ProbeAnswer)] = []
            var rest = uploads[...]
            func startNext() {
                guard let upload = rest.popFirst() else { return }
                group.addTask { (upload.url, await uploader.probe(upload)) }
            }
            for _ in 0..<8 { startNext() }
            for await answer in group {
                answers.append(answer)
                startNext()
            }
            return answers
        }
    }
}
