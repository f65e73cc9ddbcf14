public import AssetModel

/// What a run reports while it is under way.
public enum RunProgress: Hashable, Sendable {
    /// The run is recorded under this id.
    case planned(Run.ID)
    /// A reference's earlier upload is used again.
    case reused(ContentDigest)
    /// A reference is being sent.
    case uploading(ContentDigest, sent: Int64, of: Int64)
    /// Another task or process is sending this reference; we wait for it.
    case waitingForUpload(ContentDigest)
    /// A reference has been sent.
    case uploaded(ContentDigest)
    /// A reference's earlier upload was gone, and it has been sent again.
    case renewed(ContentDigest)
    /// fal could not read the references and refused the request; all are uploaded again, and the request is retried once.
    case renewing
    /// fal has the request.
    case submitted(requestID: String)
    /// It waits behind this many others; nil when fal does not say how many.
    case queued(position: Int?)
    /// The model is running.
    case running
    /// A line of the model's log.
    case log(String)
    /// An output is being fetched, number `position` (from 1) of `count`.
    case downloading(position: Int, count: Int)
}

/// A run whose outputs are in the library.
public struct FinishedRun: Hashable, Sendable {
    /// The run with its outputs.
    public let run: Run
    /// How many references were sent, and how many earlier uploads were used again.
    public let uploadedCount: Int
    /// See `uploadedCount`.
    public let reusedCount: Int
    /// From the submit to the answer, in seconds; 0 for a run of earlier.
    public let seconds: Double
    /// True when this run had already ended: nothing was sent for it now, and nothing paid.
    public let isEarlier: Bool

    /// What differs from what was asked for: size, seed, format, number of pictures, flags. One sentence each.
    public var differences: [String] { run.differences }

    init(run: Run, uploadedCount: Int, reusedCount: Int, seconds: Double, isEarlier: Bool = false) {
        self.run = run
        self.uploadedCount = uploadedCount
        self.reusedCount = reusedCount
        self.seconds = seconds
        self.isEarlier = isEarlier
    }
}

extension Run {
    /// What differs from what was asked for, one sentence each; empty while there is no answer.
    public var differences: [String] {
        drift.map(\.description)
            + outputs.enumerated().compactMap { index, output in
                guard output.isFlagged == true else { return nil }
                let name = outputs.count == 1 ? "the picture" : "picture \(index + 1)"
                return "\(name) was flagged by fal's safety checker and may have come back black"
            }
    }
}
