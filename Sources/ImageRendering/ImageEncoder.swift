package import AssetModel
import CImageCodec

/// Turns pixels into the bytes of a PNG, JPEG or WebP. The same pixels and settings always give the same bytes.
package struct ImageEncoder: Sendable {
    /// The format to write, with its settings.
    package enum Settings: Hashable, Sendable {
        /// Lossless. `level` is zlib's, 0 (none) to 9; up to 2 is fast, 6 is usual.
        case png(level: Int = 6)
        /// Lossy, without alpha: an RGBA picture is laid over white. `quality` is 1 to 100; `fullColour` keeps a colour for every
        /// pixel (4:4:4) rather than for every four.
        case jpeg(quality: Int = 90, fullColour: Bool = false)
        /// `quality` is 1 to 100, where 100 is lossless. `effort` is libwebp's, 0 (fast) to 6 (small).
        case webp(quality: Int = 90, effort: Int = 4)

        /// The format these settings are for.
        package var format: ImageFormat {
            switch self {
            case .png: .png
            case .jpeg: .jpeg
            case .webp: .webp
            }
        }
    }

    /// What to write, and how.
    package let settings: Settings

    /// Takes the settings; values outside their ranges are an error when something is encoded.
    package init(_ settings: Settings) {
        self.settings = settings
    }

    /// Encodes a bitmap, with its alpha where the format has one.
    ///
    /// PNG and JPEG take an ICC `profile` along; empty means none, and one that is not of RGB colours is left out. In a PNG it has
    /// a name. `isOpaque` makes a PNG without alpha.
    package func encode(
        _ bitmap: Bitmap, profile: [UInt8] = [], profileName: String? = nil, isOpaque: Bool = false
    ) throws(RenderingError) -> [UInt8] {
        try encode(
            rows: bitmap.pixels, index: nil, size: bitmap.size, channels: 4,
            Company(profile: profile, profileName: profileName, isOpaque: isOpaque))
    }

    /// Encodes a picture of which every different row is stored once.
    ///
    /// Memory: the result, and for WebP four bytes a pixel.
    package func encode(_ picture: RowPicture) throws(RenderingError) -> [UInt8] {
        try encode(rows: picture.rows, index: picture.rowIndex, size: picture.size, channels: 3)
    }

    /// What a file holds besides its pixels.
    private struct Company {
        var profile: [UInt8] = []
        var profileName: String?
        var isOpaque = false
    }

    private func encode(
        rows: [UInt8], index: [UInt32]?, size: PixelSize, channels: Int32, _ company: Company = Company()
    ) throws(RenderingError) -> [UInt8] {
        var output = image_codec_buffer()
        // libpng wants a name of 1 to 79 letters of Latin-1; those of ASCII are the same bytes.
        let isName = company.profileName.map { 1...79 ~= $0.utf8.count && $0.utf8.allSatisfy { 0x20...0x7E ~= $0 } }
        let name = isName == true ? company.profileName : nil
        let code = rows.withUnsafeBufferPointer { rows in
            func run(_ index: UnsafePointer<UInt32>?) -> Int32 {
                var source = image_codec_source(
                    rows: rows.baseAddress, row_index: index, width: UInt32(size.width), height: UInt32(size.height),
                    channels: channels)
                return company.profile.withUnsafeBufferPointer { profile in
                    (name ?? "ICC profile").withCString { name in
                        var chosen = settings.forCodec
                        chosen.opaque = company.isOpaque ? 1 : 0
                        chosen.profile = profile.isEmpty ? nil : profile.baseAddress
                        chosen.profile_count = profile.count
                        chosen.profile_name = name
                        return image_codec_encode(&source, chosen, &output)
                    }
                }
            }
            return index?.withUnsafeBufferPointer { run($0.baseAddress) } ?? run(nil)
        }
        defer { image_codec_free(output.bytes) }
        switch Int(code) {
        case Int(IMAGE_CODEC_OK): return Array(UnsafeBufferPointer(start: output.bytes, count: output.count))
        case Int(IMAGE_CODEC_SIDE_TOO_LONG): throw .sideTooLong(size, settings.format)
        case Int(IMAGE_CODEC_BAD_PARAMETER): throw .badSetting("\(settings)")
        default: throw RenderingError(code)
        }
    }
}

extension ImageEncoder.Settings {
    fileprivate var forCodec: image_codec_settings {
        var settings = image_codec_settings()
        // JPEG and WebP check it, PNG does not look at it.
        settings.quality = 1
        switch self {
        case .png(let level):
            settings.format = Int32(IMAGE_CODEC_PNG)
            settings.effort = Int32(clamping: level)
        case .jpeg(let quality, let fullColour):
            settings.format = Int32(IMAGE_CODEC_JPEG)
            settings.quality = Int32(clamping: quality)
            settings.full_chroma = fullColour ? 1 : 0
        case .webp(let quality, let effort):
            settings.format = Int32(IMAGE_CODEC_WEBP)
            settings.quality = Int32(clamping: quality)
            settings.effort = Int32(clamping: effort)
        }
        return settings
    }
}
