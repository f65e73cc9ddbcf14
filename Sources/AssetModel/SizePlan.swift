/// The size a person asks for.
public enum SizeRequest: Hashable, Sendable {
    /// Nothing was said: the model's own default.
    case modelDefault
    /// One of fal's named sizes.
    case preset(SizePreset)
    /// Width and height in pixels, as asked; a side that was left out is nil and means what the model says it means.
    case exactly(width: Int?, height: Int?)
}

/// fal's names for common sizes.
public enum SizePreset: String, Hashable, Sendable, Codable, CaseIterable {
    case squareHD = "square_hd"
    case square
    case portrait4x3 = "portrait_4_3"
    case portrait16x9 = "portrait_16_9"
    case landscape4x3 = "landscape_4_3"
    case landscape16x9 = "landscape_16_9"

    /// Width and height in pixels, as fal documents them.
    public var sides: (width: Int, height: Int) {
        switch self {
        case .squareHD: (1024, 1024)
        case .square: (512, 512)
        case .portrait4x3: (768, 1024)
        case .portrait16x9: (576, 1024)
        case .landscape4x3: (1024, 768)
        case .landscape16x9: (1024, 576)
        }
    }
}

/// How a model turns a request into a size.
public enum SizeRule: String, Hashable, Sendable, Codable, CaseIterable {
    /// The entry of a short list whose ratio is nearest.
    case closestRatio = "closest_ratio"
    /// The only reference's own ratio, at the model's pixel budget.
    case keepAspect = "keep_aspect"
    /// The request, each side cut down to a multiple of 32.
    case multipleOf32 = "multiple_of_32"
}

/// The size that will be asked of the model, what it will see of each reference, and every reason why.
public struct SizePlan: Hashable, Sendable {
    /// The rule that decided.
    public let rule: SizeRule
    /// What goes into the request as `image_size`; nil when nothing does.
    public let asked: SizeRequest
    /// The size of the picture that is expected back.
    public let output: PixelSize
    /// What the model is expected to see of each reference, in order.
    public let references: [ReferenceView]
    /// Why the output is what it is, in the order in which the decisions fell.
    public let reasons: [Reason]

    /// Takes a finished plan's parts; only a planner should call it.
    package init(
        rule: SizeRule, asked: SizeRequest, output: PixelSize, references: [ReferenceView], reasons: [Reason]
    ) {
        self.rule = rule
        self.asked = asked
        self.output = output
        self.references = references
        self.reasons = reasons
    }

    /// What a model sees of one reference.
    public struct ReferenceView: Hashable, Sendable {
        /// The reference as it is stored; models ignore EXIF orientation.
        public let stored: PixelSize
        /// The pixels that the model works with, after scaling and cropping.
        public let seen: PixelSize
        /// The share of the picture that is cropped away, 0 to 1.
        public let croppedShare: Double
        /// The small copy that the text encoder sees; nil when the picture is too thin for one, and the run will fail.
        public let condition: PixelSize?

        package init(stored: PixelSize, seen: PixelSize, croppedShare: Double, condition: PixelSize?) {
            self.stored = stored
            self.seen = seen
            self.croppedShare = croppedShare
            self.condition = condition
        }
    }

    /// One reason why the plan is not simply the request, as values; `description` is the sentence for people.
    public enum Reason: Hashable, Sendable, CustomStringConvertible {
        /// No size was asked for, so the model's default applies.
        case defaulted(to: PixelSize)
        /// A named size stands for these pixels.
        case preset(SizePreset, PixelSize)
        /// A missing side counts as this many pixels.
        case missingSide(Int)
        /// The model knows only a list of sizes; this one's ratio is nearest. Pixels asked for do not matter.
        case snappedToList(from: String, to: PixelSize)
        /// The ratio of the only reference was kept, at the model's pixel budget.
        case keptAspect(of: PixelSize, budget: Int)
        /// With this many references the model ignores `keep_original_aspect`.
        case keepAspectIgnored(references: Int)
        /// A size was asked for, but keeping the reference's ratio overrides it.
        case sizeIgnored
        /// Sides were cut down to a multiple of this step.
        case roundedDown(step: Int)
        /// A side was below the step and was raised to it.
        case raisedToStep(Int)
        /// More pixels were asked for than the model makes.
        case reducedToBudget(Int)
        /// The references share the model's attention: each is scaled to this length at most.
        case referencesShared(count: Int, side: Int)
        /// The reference at this position (from 1) is so thin that the run is expected to fail.
        case tooThin(position: Int, maximumRatio: Int)

        /// One sentence.
        public var description: String {
            switch self {
            case .defaulted(let size): "no size given; the model's default is \(size)"
            case .preset(let preset, let size): "\(preset.rawValue) stands for \(size)"
            case .missingSide(let side): "a missing side counts as \(side) pixels, whatever the other one is"
            case .snappedToList(let from, let to):
                "\(from) becomes \(to), the supported size with the nearest aspect ratio"
            case .keptAspect(let reference, let budget):
                "the ratio of the only reference, \(reference), is kept within \(budget) pixels"
            case .keepAspectIgnored(let count):
                count == 0
                    ? "keep_original_aspect does nothing without a reference"
                    : "keep_original_aspect does nothing with \(count) references: it needs exactly one"
            case .sizeIgnored: "the size asked for is ignored, because the reference's ratio is kept"
            case .roundedDown(let step): "sides are cut down to multiples of \(step)"
            case .raisedToStep(let step): "no side can be below \(step)"
            case .reducedToBudget(let budget): "the model makes at most \(budget) pixels"
            case .referencesShared(let count, let side):
                "each of the \(count) references gets about \(side)x\(side) pixels, in its own aspect ratio"
            case .tooThin(let position, let ratio):
                "reference \(position) is thinner than 1:\(ratio), the run is expected to fail"
            }
        }
    }
}
