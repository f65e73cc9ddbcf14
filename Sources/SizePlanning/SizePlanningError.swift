package import AssetModel

/// What can be wrong with a size.
package enum SizePlanningError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Width and height have no ratio: a height of 0, or a negative side.
    case noRatio(width: Int, height: Int)
    /// The picture is so thin that the model's arithmetic leaves a side of 0.
    case tooThin(PixelSize)
    /// A side asked for is outside 1 to `maximum`.
    case sideOutOfRange(Int, maximum: Int)
    /// The model does not size pictures by this rule.
    case ruleNotOfThisModel(SizeRule)

    /// A stable name for machines.
    package var code: String {
        switch self {
        case .noRatio: "no_ratio"
        case .tooThin: "too_thin"
        case .sideOutOfRange: "side_out_of_range"
        case .ruleNotOfThisModel: "rule_not_of_this_model"
        }
    }

    /// The message, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .noRatio(let width, let height):
            "\(width)x\(height) has no ratio: the height must be at least 1"
        case .tooThin(let size): "\(size) is too thin for the model to keep its ratio"
        case .sideOutOfRange(let side, let maximum): "a side of \(side) pixels is out of range: 1 to \(maximum)"
        case .ruleNotOfThisModel(let rule): "this model does not use the rule \(rule.rawValue)"
        }
    }
}
