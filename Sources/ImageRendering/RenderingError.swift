package import AssetModel

/// Why a picture could not be turned into pixels, or pixels into a picture.
package enum RenderingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are of no format that can be decoded here, or of a rare kind of one, such as an animated WebP or a JPEG of 12 bits.
    case unsupported
    /// The bytes end too early or contradict themselves.
    case damaged
    /// The picture declares more pixels than are allowed; nothing was decoded.
    case tooManyPixels(PixelSize, limit: Int)
    /// The whole picture would have to be held to decode it, as with a progressive JPEG, and has more pixels than are allowed for that.
    case tooLargeToHold(PixelSize, limit: Int)
    /// Memory ran out.
    case outOfMemory
    /// The format cannot hold a side this long.
    case sideTooLong(PixelSize, ImageFormat)
    /// A setting is outside its range, or the format cannot be written.
    case badSetting(String)
    /// The file at this path cannot be read.
    case unreadable(path: String)

    /// A stable name in snake_case, for programs.
    package var code: String {
        switch self {
        case .unsupported: "unsupported_format"
        case .damaged: "damaged_image"
        case .tooManyPixels, .tooLargeToHold: "too_many_pixels"
        case .outOfMemory: "out_of_memory"
        case .sideTooLong: "side_too_long"
        case .badSetting: "bad_setting"
        case .unreadable: "unreadable_file"
        }
    }

    /// The message, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .unsupported: "the image format is not supported"
        case .damaged: "the image is damaged or truncated"
        case .tooManyPixels(let size, let limit):
            "the image is \(size) pixels, over the limit of \(limit)"
        case .tooLargeToHold(let size, let limit):
            "the image is \(size) pixels, and one that cannot be decoded row by row, such as a progressive JPEG or a lossless WebP, "
                + "may have \(limit)"
        case .outOfMemory: "not enough memory for the image"
        case .sideTooLong(let size, let format): "\(format.rawValue) cannot hold an image of \(size) pixels"
        case .badSetting(let what): "invalid setting: \(what)"
        case .unreadable(let path): "cannot read \(path)"
        }
    }
}
