public import AssetModel

/// What a person should know about a plan before paying.
public enum PlanWarning: Hashable, Sendable, CustomStringConvertible {
    /// Something asked about the size has no effect, or the run is expected to fail.
    case size(SizePlan.Reason)
    /// No supported size has the shape asked for; the nearest is off by this share of the ratio.
    case unsupportedShape(asked: PixelSize, nearest: PixelSize, deviation: Double)
    /// The model's default size has another shape than the only reference; keeping its aspect ratio would give `kept`.
    case aspectNotKept(output: PixelSize, kept: PixelSize)
    /// The reference at this position (from 1) is sent in a format that the endpoint may not read.
    case unreadableFormat(position: Int, ImageFormat)
    /// The reference at this position is sent as it is stored, which is turned.
    case storedTurned(position: Int, Orientation, stored: PixelSize, upright: PixelSize)
    /// The reference at this position is sent with its transparency, `why` says because of what.
    case transparencySent(position: Int, why: TransparencyReason)
    /// The reference at this position is sent with this many bits a channel.
    case deepSent(position: Int, bits: Int)
    /// Of the reference at this position a share is cropped away.
    case cropped(position: Int, share: Double)
    /// The reference at this position has several frames, of which one is used.
    case severalFrames(position: Int, count: Int, isFirstSent: Bool)
    /// The references at these positions are shrunk below `smallestUsefulSide` because of their number.
    case shrunk(positions: [Int], seen: PixelSize)
    /// The references are sent for the account alone, and it is not documented whether a model may read them then.
    case privateReferences
    /// The input has fields that the model's description does not know, so size and price are not known.
    case undescribedFields([String])
    /// The same request was made before.
    case earlier(EarlierRun)
    /// The same was asked for without a seed, and may have been submitted: whether this would be paid for twice is not known.
    case mayHaveBeenSent(Run)

    /// Why transparency is not flattened.
    public enum TransparencyReason: Hashable, Sendable {
        /// It is not known whether the endpoint uses it.
        case unknownUse
        /// The model ignores it, and the picture is an animation.
        case animation
        /// The model ignores it, and the picture is sent as it is.
        case asIs
    }

    /// Below this, in pixels of the shorter side, a model sees little more than colours and shapes.
    public static let smallestUsefulSide = 512

    /// What can be done about it; nil when there is nothing in particular.
    public var remedy: Remedy? {
        switch self {
        case .aspectNotKept: .keepAspect
        case .earlier(.finished): .runAgain
        case .earlier(.unfinished(let run)):
            switch run.nextStep {
            case .submit: nil
            case .collect: .resume(run.id)
            case .confirm, .nothing: .resubmitOrDiscard(run.id)
            }
        case .mayHaveBeenSent(let run): .resubmitOrDiscard(run.id)
        default: nil
        }
    }

    /// References by their numbers, or how many they are where those would fill a line.
    private static func names(_ positions: [Int]) -> String {
        guard positions.count <= 8 else { return "\(positions.count) references" }
        return (positions.count == 1 ? "reference " : "references ")
            + positions.map(String.init).joined(separator: ", ")
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .size(let reason): reason.description
        case .unsupportedShape(let asked, let nearest, let deviation):
            "no supported size has the shape of \(asked): \(nearest), the nearest, "
                + (deviation < 1 ? "is off by \(Int(deviation * 100))%" : "has a very different shape")
        case .aspectNotKept(let output, let kept):
            "the result will be \(output); with the reference's aspect ratio kept it would be \(kept)"
        case .unreadableFormat(let position, let format):
            "reference \(position) is \(format.rawValue), which the endpoint may not read; PNG, JPEG and WebP are safe"
        case .storedTurned(let position, let orientation, let stored, let upright):
            "reference \(position) is stored rotated (EXIF orientation \(orientation.rawValue)): the model sees \(stored), "
                + "not \(upright) upright"
        case .transparencySent(let position, .unknownUse):
            "reference \(position) is sent with its transparency, because nothing is known about how the endpoint uses it"
        case .transparencySent(let position, .animation):
            "reference \(position) is an animation and is sent with its transparency, which the model ignores: it sees whatever "
                + "colors are hidden there"
        case .transparencySent(let position, .asIs):
            "reference \(position) is sent with its transparency, which the model ignores: it sees whatever colors are hidden there"
        case .deepSent(let position, let bits):
            "reference \(position) is sent with \(bits) bits a channel, which many readers cannot show; 16-bit gray turns white"
        case .cropped(let position, let share):
            "about \(Int(share * 100))% of reference \(position) is cropped away"
        case .severalFrames(let position, let count, let isFirstSent):
            "reference \(position) has \(count) frames; "
                + (isFirstSent ? "the first is sent" : "expect the model to use the first")
        case .shrunk(let positions, let seen):
            "the model sees \(Self.names(positions)) "
                + (positions.count == 1 ? "at only \(seen)" : "with a side below \(Self.smallestUsefulSide) pixels")
                + "; with fewer references, each is seen larger"
        case .privateReferences:
            "the references are sent for your account alone; fal does not say whether its models may read them then"
        case .undescribedFields(let names):
            "size and price are not known, because nothing is known about \(names.joined(separator: ", "))"
        case .mayHaveBeenSent(let run):
            "the same prompt and references may have been submitted as \(run.id), whose outcome is unknown: this would be another run, with its own price"
        case .earlier(.finished(let run)):
            "already in the library, from \(run.id)"
        case .earlier(.unfinished(let run)):
            switch run.nextStep {
            case .submit: "the same was planned as \(run.id) and never submitted; that run would be submitted"
            case .collect: "the same is under way as \(run.id)"
            case .confirm, .nothing: "the same may have been submitted as \(run.id), and its outcome is unknown"
            }
        }
    }
}
