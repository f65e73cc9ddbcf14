import AssetLibrary
import AssetModel

/// What a run reports, on the line of progress; what should stay to be read is a line of its own.
enum RunProgressLine {
    /// Shows one run while it lasts.
    static func during<R: Sendable>(
        inPipe: Bool, _ body: (@escaping @Sendable (RunProgress) -> Void) async throws -> R
    ) async throws -> R {
        try await ProgressLine.during("preparing", inPipe: inPipe) { line in
            try await body { show($0, line) }
        }
    }

    private static func show(_ progress: RunProgress, _ line: ProgressLine) {
        tell(progress, nil)
        switch progress {
        case .planned, .reused, .uploaded, .renewed, .renewing, .submitted: break
        case .uploading(let asset, let sent, let total):
            line.change { work in
                (work.title, work.unit, work.current) = ("uploading", .bytes, asset.short)
                (work.done, work.total) = (Double(sent), Double(total))
            }
        case .waitingForUpload(let asset):
            retitle(line, "waiting for another upload", asset.short)
        case .queued(let position): retitle(line, "in fal's queue\(position.map { ", \($0) ahead" } ?? "")", nil)
        case .running: retitle(line, "running on fal", nil)
        case .log(let text): line.change { $0.current = text }
        case .downloading(let position, let count):
            line.change { work in
                (work.title, work.unit, work.current) = ("downloading", .things("image"), nil)
                (work.done, work.total) = (Double(position - 1), Double(count))
            }
        }
    }

    private static func retitle(_ line: ProgressLine, _ title: String, _ current: String?) {
        line.change { work in
            if work.title != title { work.current = nil }
            (work.title, work.unit, work.done, work.total) = (title, .none, 0, nil)
            work.current = current ?? work.current
        }
    }

    /// What a person should still see when the run is over, with the id of the run where there are several.
    static func tell(_ progress: RunProgress, _ run: Run.ID?) {
        let about = run.map { "\($0): " } ?? ""
        switch progress {
        case .renewed(let asset): Console.note("\(about)\(asset.short): its URL was gone; uploaded again")
        case .renewing:
            Console.note("\(about)fal could not read a reference; re-uploading all, retrying once")
        case .submitted(let requestID) where run == nil: Console.note("submitted, request \(requestID)")
        default: break
        }
    }

    /// What a run among several is at.
    static func current(_ progress: RunProgress, _ run: Run.ID) -> String? {
        switch progress {
        case .uploading(let asset, _, _): "\(run): uploading \(asset.short)"
        case .queued(let position): "\(run): in fal's queue\(position.map { ", \($0) ahead" } ?? "")"
        case .running: "\(run): running"
        case .log(let text): "\(run): \(text)"
        case .downloading(let position, let count): "\(run): downloading \(position) of \(count)"
        default: nil
        }
    }
}

/// How much of several uploads is done: whole images, and parts of those under way.
struct UploadCount: Sendable {
    private var shares: [ContentDigest: Double] = [:]
    private var finished: Set<ContentDigest> = []

    /// Takes a report and changes what the line tells.
    mutating func take(_ progress: RunProgress, _ work: inout ProgressText.Work) {
        switch progress {
        case .uploading(let asset, let sent, let total):
            shares[asset] = total > 0 ? Double(sent) / Double(total) : 0
            work.current = "\(asset.short)  \(Phrase.bytes(sent)) of \(Phrase.bytes(total))"
        case .uploaded(let asset), .reused(let asset):
            shares[asset] = nil
            finished.insert(asset)
        case .waitingForUpload(let asset): work.current = "\(asset.short): waiting for another upload"
        default: return
        }
        (work.done, work.begun) = (Double(finished.count), shares.values.reduce(0, +))
    }
}
