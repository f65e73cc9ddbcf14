import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON
import Synchronization

/// How pictures are sent, as `upload`, `plan`, `edit` and `generate` take it.
struct SendingOptions: ParsableArguments {
    @Flag(help: "Upload images as they are: not rotated upright, not converted, not flattened.")
    var asIs = false

    @Option(
        help: ArgumentHelp(
            "Flatten transparency on this color: white, black or #rrggbb (default: white for models that ignore it, else none).",
            valueName: "color"))
    var background: String?

    @Option(
        help: ArgumentHelp(
            "How long fal keeps uploads: 7d, 12h, seconds, or never (default: your account's setting).",
            valueName: "time"))
    var expires: String?

    @Flag(name: .customLong("private"), help: "Readable only with your account, not by anyone with the link.")
    var isPrivate = false

    func validate() throws {
        if asIs, background != nil { throw ValidationError("--as-is and --background cannot be used together") }
    }

    /// The values, checked.
    func sending() throws -> Sending {
        var sending = Sending(asIs: asIs, access: isPrivate ? .privateLink : .publicLink)
        if let expires {
            guard let lifetime = UploadLifetime(parsing: expires) else {
                throw LibraryError(
                    .invalidInput, code: "bad_lifetime",
                    "invalid lifetime “\(expires)”: use 7d, 12h, seconds (60 or more), or never")
            }
            sending.lifetime = lifetime
        }
        if let background {
            guard let colour = PlainColour(parsing: background) else {
                throw LibraryError(
                    .invalidInput, code: "bad_background",
                    "invalid background “\(background)”: use white, black or #rrggbb, such as #f0e68c")
            }
            sending.background = colour
        }
        return sending
    }
}

struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "Get URLs for images, reusing earlier uploads.",
        discussion: """
            An image that fal already holds is not uploaded again. Rotated photos are turned upright and stripped of metadata, and formats that models do not read are converted to PNG, 16-bit images to 8 bits. Transparency is kept, unless --background says otherwise; --as-is uploads the original bytes.

            Example:
              atelier upload cat.jpg @mugs --expires 7d
            """)

    @Argument(help: "Files, ids or @sets; - reads them from standard input.")
    var assets: [String] = []

    @Option(help: ArgumentHelp("Uploads at a time, 1 to 32.", valueName: "count"))
    var parallel = FalSession.uploadWidth

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
        try await remote.withLibrary(libraryOptions) { library, remote in
            let (digests, failures) = try await selection.assetsEach(assets, library)
            for (word, error) in failures { try show(word, error, outputs.output) }
            if digests.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
            if selection.dryRun {
                guard let remote else { throw LibraryError.noKey }
                let there = try await library.uploads(of: digests, on: remote, sending).count
                Console.note("\(Phrase.count(digests.count - there, "image")) would be uploaded, \(there) reused")
                if !failures.isEmpty { throw ExitCode(ExitStatus.partlyDone.rawValue) }
                return
            }
            let outcomes = try await ProgressLine.during(
                "uploading", .things("image"), inPipe: libraryOptions.progress
            ) { line in
                let count = Mutex(UploadCount())
                line.change { $0.total = Double(digests.count) }
                return try await library.withSession(remote, uploadWidth: parallel) { session in
                    try await session.uploadEach(digests, sending) { progress in
                        RunProgressLine.tell(progress, nil)
                        line.change { work in count.withLock { $0.take(progress, &work) } }
                    }
                }
            }
            if failures.isEmpty, outcomes.count == 1, case .failed(_, let error) = outcomes[0] { throw error }
            for outcome in outcomes { try show(outcome, outputs.output) }
            Console.note(Self.sentence(outcomes))
            try judge(outcomes)
            if !failures.isEmpty { throw ExitCode(ExitStatus.partlyDone.rawValue) }
        }
    }

    private func show(_ word: String, _ error: LibraryError, _ output: Output) throws {
        try output.item(JSONObject.path(word).adding(["error": .object(error.json)]), "")
        if !output.isJSON { Console.note("atelier: \(Sentence.about(word, RemedyText.sentence(error)))") }
    }

    private func show(_ outcome: UploadOutcome, _ output: Output) throws {
        switch outcome {
        case .uploaded(let result):
            let what = result.isRenewed ? "renewed " : result.isNew ? "uploaded" : "reused  "
            let copy = result.upload.copy.map { "  (\($0.reasons))" } ?? ""
            try output.item(
                outcome.json, "\(result.asset.short)  \(what)  \(result.upload.url)\(copy)")
        case .failed, .notBegun: try output.item(outcome.json, "")
        }
    }

    private static func sentence(_ outcomes: [UploadOutcome]) -> String {
        var (sent, reused) = (0, 0)
        for case .uploaded(let result) in outcomes {
            if result.isNew { sent += 1 } else { reused += 1 }
        }
        return "uploaded \(Phrase.count(sent, "image")), \(reused) reused"
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
                if error.stopsUploads,
                    let index = reasons.firstIndex(where: {
                        $0.error.stopsUploads && $0.error.category == error.category
                    })
                {
                    reasons[index].assets.append(asset)
                } else {
                    reasons.append((error, [asset]))
                }
            }
        }
        // What ended the others says more than what only one met.
        guard let worst = (reasons.first { $0.error.stopsUploads } ?? reasons.first)?.error else { return }
        for (error, assets) in reasons {
            let who = assets.count == 1 ? assets[0].short : Phrase.count(assets.count, "image")
            Console.note("atelier: \(Sentence.about(who, RemedyText.sentence(error)))")
        }
        if notBegunCount > 0 {
            Console.note("\(Phrase.count(notBegunCount, "image")) not started: they would fail the same way")
        }
        let failedCount = reasons.reduce(notBegunCount) { $0 + $1.assets.count }
        throw ExitCode((failedCount < outcomes.count ? ExitStatus.partlyDone : ExitStatus(worst.category)).rawValue)
    }
}

struct UploadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uploads", abstract: "List uploads: what fal holds, who can read it, and until when.",
        discussion: """
            Words are looked for in each upload's URL, server, digest, access and conversion.

            Examples:
              atelier uploads --exposed
              atelier uploads --probe
              atelier uploads private --expired --json
            """)

    @Argument(help: "Words that must appear in an upload.")
    var words: [String] = []

    @Flag(help: "Only uploads that have expired.")
    var expired = false

    @Flag(help: "Only uploads found to be gone.")
    var dead = false

    @Flag(help: "Only uploads that can be read now: by whom, and until when.")
    var exposed = false

    @Flag(help: "Check with the server first which are still there, and record it.")
    var probe = false

    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let filter = UploadFilter(isExpired: expired, isDead: dead, isExposed: exposed, words: words)
        if probe {
            try await remote.withLibrary(libraryOptions) { library, remote in
                // Whatever is found gone by this probe is what `--dead` asks for, so the filter comes after it.
                let summary = try await library.withSession(remote) { session in
                    try await session.probeUploads(UploadFilter(words: words))
                }
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
        outputs.output.remark(isAll ? "nothing uploaded yet" : "no matching uploads")
    }

    private static func line(_ upload: Upload) -> String {
        let state = upload.lostAt == nil ? "used \(upload.useCount)×" : "gone"
        let copy = upload.copy.map { "  (\($0.reasons))" } ?? ""
        let access = upload.access == .privateLink ? "  private" : ""
        return "\(upload.asset.short)  \(Phrase.bytes(upload.byteCount))  \(Phrase.time(upload.uploadedAt))  \(state)"
            + "\(access)  \(end(upload))  \(upload.url)\(copy)"
    }

    private static func exposure(_ upload: Upload) -> String {
        let readers = upload.access == .privateLink ? "your account only" : "anyone with the link"
        let checked = upload.checkedAt.map { ", last seen \(Phrase.time($0))" } ?? ""
        return "\(upload.asset.short)  readable by \(readers)  \(end(upload))\(checked)  \(upload.url)"
    }

    /// Until when, and why that is believed.
    private static func end(_ upload: Upload) -> String {
        if upload.host.isEphemeral { return "in a sandbox, not on fal" }
        return switch (upload.expiry, upload.expiresAt) {
        case (.sent, let end?): "expires \(Phrase.time(end))"
        case (.sent, nil): "never expires"
        case (.accountDefault, _): "expires per your account's setting"
        case (.unknown, let end?): "expires about \(Phrase.time(end))"
        case (.unknown, nil): "expiry unknown"
        }
    }

    private static func sentence(_ summary: ProbeSummary) -> String {
        var parts = ["\(summary.servedCount) still there", "\(summary.goneCount) gone"]
        if summary.unansweredCount > 0 { parts.append("\(summary.unansweredCount) did not answer") }
        if summary.elsewhereCount > 0 { parts.append("\(summary.elsewhereCount) on other servers, not checked") }
        return parts.joined(separator: ", ")
    }
}
