import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON
import Synchronization

/// How pictures are sent, as `upload`, `plan`, `edit` and `generate` take it.
struct SendingOptions: ParsableArguments {
    @Flag(help: "Send pictures exactly as they are: not turned upright, not converted.")
    var asIs = false

    @Option(
        help: ArgumentHelp(
            "How long fal keeps what is sent: 7d, 12h, a number of seconds, or never (default: your account's setting).",
            valueName: "time"))
    var expires: String?

    @Flag(name: .customLong("private"), help: "Send for your account alone, not for everybody who has the link.")
    var isPrivate = false

    /// The values, checked.
    func sending() throws -> Sending {
        var sending = Sending(asIs: asIs, access: isPrivate ? .privateLink : .publicLink)
        if let expires {
            guard let lifetime = UploadLifetime(parsing: expires) else {
                throw LibraryError(
                    .invalidInput, code: "bad_lifetime",
                    "“\(expires)” is no time to keep a file: give 7d, 12h, seconds (60 or more), or never")
            }
            sending.lifetime = lifetime
        }
        return sending
    }
}

struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "URLs for pictures, reused where fal has them already.",
        discussion: """
            Rotated photos go upright and without their metadata, formats that models do not read go as PNG; --as-is sends \
            the bytes themselves.

            Example: atelier upload cat.jpg @mugs --expires 7d
            """)

    @Argument(help: "Files, ids, @sets; - reads them from standard input.")
    var assets: [String] = []

    @Option(help: ArgumentHelp("How many are sent at once, 1 to 32.", valueName: "count"))
    var parallel = Library.uploadWidth

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var sending: SendingOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if !(1...32 ~= parallel) { throw ValidationError("--parallel must be from 1 to 32") }
    }

    func run() async throws {
        let sending = try sending.sending()
        try await remote.withLibrary(libraryOptions) { library in
            let digests = try await selection.assets(assets, library)
            if selection.dryRun {
                let there = try await library.uploads(of: digests, sending).count
                Console.note("\(Phrase.count(digests.count - there, "picture")) would be sent, \(there) used again")
                return
            }
            Console.note("\(Phrase.count(digests.count, "picture")) chosen")
            let outcomes = try await ProgressLine.during(
                "uploading", .things("image"), inPipe: libraryOptions.progress
            ) { line in
                let count = Mutex(UploadCount())
                line.change { $0.total = Double(digests.count) }
                return try await library.uploadEach(digests, sending, width: parallel) { progress in
                    RunProgress.tell(progress, nil)
                    line.change { work in count.withLock { $0.take(progress, &work) } }
                }
            }
            if outcomes.count == 1, case .failed(_, let error) = outcomes[0] { throw error }
            for outcome in outcomes { try show(outcome, outputs.output) }
            try judge(outcomes)
        }
    }

    private func show(_ outcome: UploadOutcome, _ output: Output) throws {
        switch outcome {
        case .uploaded(let result):
            let what = result.isRenewed ? "renewed" : result.isNew ? "sent   " : "reused "
            let copy = result.upload.copy.map { "  (\($0.reasons))" } ?? ""
            try output.item(
                outcome.json, "\(result.asset.short)  \(what)  \(result.upload.url)\(copy)")
        case .failed, .notBegun: try output.item(outcome.json, "")
        }
    }

    /// Says what went wrong, each reason once, and ends accordingly.
    private func judge(_ outcomes: [UploadOutcome]) throws {
        var reasons: [(error: LibraryError, assets: [ContentDigest])] = []
        var notBegunCount = 0
        for outcome in outcomes {
            switch outcome {
            case .uploaded: continue
            case .notBegun: notBegunCount += 1
            case .failed(let asset, let error):
                // Each has fal's name of its own request in it, and means the same.
                if error.concernsEveryUpload, let index = reasons.firstIndex(where: { $0.error.code == error.code }) {
                    reasons[index].assets.append(asset)
                } else {
                    reasons.append((error, [asset]))
                }
            }
        }
        // What ended the others says more than what only one met.
        guard let worst = (reasons.first { $0.error.concernsEveryUpload } ?? reasons.first)?.error else { return }
        for (error, assets) in reasons {
            let who = assets.count == 1 ? assets[0].short : Phrase.count(assets.count, "picture")
            Console.note("atelier: \(Sentence.about(who, error.message))")
        }
        if notBegunCount > 0 {
            Console.note("\(Phrase.count(notBegunCount, "picture")) not begun: they would meet the same")
        }
        let failedCount = reasons.reduce(notBegunCount) { $0 + $1.assets.count }
        throw ExitCode((failedCount < outcomes.count ? ExitStatus.partlyDone : ExitStatus(worst.category)).rawValue)
    }
}

struct UploadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uploads", abstract: "The ledger: what of yours is where, for whom and until when.",
        discussion: """
            Words pick uploads whose URL, server, digest, access or copy has them.

            Example: atelier uploads --exposed; atelier uploads --probe; atelier uploads private --expired --json
            """)

    @Argument(help: "Words that an upload must have.")
    var words: [String] = []

    @Flag(help: "Those whose time is over.")
    var expired = false

    @Flag(help: "Those that were asked for and are gone.")
    var dead = false

    @Flag(help: "What of yours can be read at fal now, by whom, and until when.")
    var exposed = false

    @Flag(help: "Ask the server first which of them are still there, and write it down.")
    var probe = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let filter = UploadFilter(isExpired: expired, isDead: dead, isExposed: exposed, words: words)
        if probe {
            try await remote.withLibrary(libraryOptions) { library in
                // Whatever is found gone by this probe is what `--dead` asks for, so the filter comes after it.
                let summary = try await library.probeUploads(UploadFilter(words: words))
                Console.note(Self.sentence(summary))
                try await show(filter, library)
            }
        } else {
            try await libraryOptions.withLibrary { library in try await show(filter, library) }
        }
    }

    private func show(_ filter: UploadFilter, _ library: Library) async throws {
        let uploads = try await library.uploads(filter)
        for upload in uploads {
            try outputs.output.item(
                upload.json, exposed ? Self.exposure(upload) : Self.line(upload))
        }
        guard uploads.isEmpty else { return }
        let isAll = filter == UploadFilter()
        outputs.output.remark(isAll ? "nothing was uploaded yet" : "no upload is like that")
    }

    private static func line(_ upload: Upload) -> String {
        let state = upload.lostAt == nil ? "used \(upload.useCount)×" : "gone"
        let copy = upload.copy.map { "  (\($0.reasons))" } ?? ""
        let access = upload.access == .privateLink ? "  private" : ""
        return "\(upload.asset.short)  \(Phrase.bytes(upload.byteCount))  \(Phrase.time(upload.uploadedAt))  \(state)"
            + "\(access)  \(end(upload))  \(upload.url)\(copy)"
    }

    private static func exposure(_ upload: Upload) -> String {
        let readers = upload.access == .privateLink ? "your account alone" : "everybody who has the link"
        let checked = upload.checkedAt.map { ", last found there \(Phrase.time($0))" } ?? ""
        return "\(upload.asset.short)  for \(readers)  \(end(upload))\(checked)  \(upload.url)"
    }

    /// Until when, and why that is believed.
    private static func end(_ upload: Upload) -> String {
        switch (upload.expiry, upload.expiresAt) {
        case (.sent, let end?): "until \(Phrase.time(end)), as asked"
        case (.sent, nil): "for ever, as asked"
        case (.accountDefault, _): "until your account's setting ends it"
        case (.unknown, let end?): "until \(Phrase.time(end)), not sure"
        case (.unknown, nil): "until nobody knows when"
        }
    }

    private static func sentence(_ summary: ProbeSummary) -> String {
        var parts = ["\(summary.servedCount) still there", "\(summary.goneCount) gone"]
        if summary.unansweredCount > 0 { parts.append("\(summary.unansweredCount) gave no answer") }
        if summary.elsewhereCount > 0 { parts.append("\(summary.elsewhereCount) elsewhere, not asked") }
        return parts.joined(separator: ", ")
    }
}
