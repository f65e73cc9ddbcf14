package import AssetModel

/// Why a picture could not be turned into pixels, or pixels into a picture.
package enum RenderingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The bytes are of no format that can be decoded here, or of a rare kind of one, such as an animated WebP or a JPEG of 12 bits.
    case unsupported
    /// The bytes end too early or contradict themselves.
    case damaged
    /// The picture declares more pixels than are allowed; nothing was decoded.
    case tooManyPixels(PixelSize, limit: Int)
    /// Memory ran out.
    case outOfMemory
    /// The format cannot hold a side this long.
    case sideTooLong(PixelSize, ImageFormat)
    /// A setting is outside its range, or the format cannot be written.
    case badSetting(String)
    /// The file at this path cannot be read.
    case unreadable(path: String)

    /// Short and stable, for programs.
    package var code: String {
        switch self {
        case .unsupported: "unsupported_format"
        case .damaged: "damaged_image"
        case .tooManyPixels: "too_many_pixels"
        case .outOfMemory: "out_of_memory"
        case .sideTooLong: "side_too_long"
        case .badSetting: "bad_setting"
        case .unreadable: "unreadable_file"
        }
    }

    /// One sentence.
    package var description: String {
        switch self {
        case .unsupported: "the picture is of a format, or a rare kind of one, that cannot be decoded here"
        case .damaged: "the picture is damaged or ends too early"
        case .tooManyPixels(let size, let limit):
            "the picture declares \(size) pixels, more than the \(limit) that are decoded"
        case .outOfMemory: "there is not enough memory for the picture"
        case .sideTooLong(let size, let format): "\(format.rawValue) cannot hold a picture of \(size) pixels"
        case .badSetting(let what): "\(what) is not possible"
        case .unreadable(let path): "the file \(path) cannot be read"
        }
    }
}
