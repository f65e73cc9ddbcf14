package import AssetModel

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Why a file gave no facts.
package enum InspectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There are no bytes at all.
    case empty
    /// No known format begins like these bytes.
    case notAnImage
    /// It is a picture, of a kind that is known by name and not read.
    case unsupported(UnsupportedPicture)
    /// The file ends before the picture does.
    case truncated(ImageFormat)
    /// The bytes contradict the rules of their format.
    case malformed(ImageFormat, ImageFlaw)
    /// The declared size is above a limit: more than `maximumPixelCount` pixels, or a side above 2³¹ − 1.
    case tooLarge(width: Int, height: Int, maximumPixelCount: Int)
    /// The file could not be opened or read.
    case unreadable(UnreadableFile)

    /// A stable name for machines: `not_an_image`, `unsupported`, `truncated`, `malformed`, `too_large` or `unreadable`.
    package var code: String {
        switch self {
        case .empty, .notAnImage: "not_an_image"
        case .unsupported: "unsupported"
        case .truncated: "truncated"
        case .malformed: "malformed"
        case .tooLarge: "too_large"
        case .unreadable: "unreadable"
        }
    }

    /// One sentence about the file, which the caller names: it starts in lower case and has no full stop.
    package var description: String {
        switch self {
        case .empty: "the file is empty"
        case .notAnImage: "not an image in a known format"
        case .unsupported(let picture): "\(picture), which is not supported"
        case .truncated(let format):
            "truncated \(format.displayName): the file ends before the image does"
        case .malformed(let format, let flaw): "damaged \(format.displayName): \(flaw)"
        case .tooLarge(let width, let height, let maximum):
            "claims to be \(width)x\(height) pixels, more than the limit of \(maximum) pixels"
        case .unreadable(let reason): "\(reason)"
        }
    }
}

/// A kind of picture that is recognised and not read.
package enum UnsupportedPicture: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// JPEG-LS (ITU-T T.87): shares JPEG's first bytes and nothing of its coding.
    case jpegLS
    /// A JPEG whose height stands in a DNL marker behind the pixels (T.81 B.2.5); common decoders refuse it too.
    case jpegHeightAfterPixels
    /// A PNG rewritten by Apple's build tools (a `CgBI` chunk in front), which is not a valid PNG.
    case applePNG
    /// A BMP in a coding meant for printers or faxes (JPEG, PNG, CMYK, Huffman), which viewers do not show.
    case bitmapCoding
    /// The raw data of a camera, in TIFF's clothes: what can be seen in it is a small preview.
    case cameraRaw
    /// A HEIF file whose picture is in a coding other than AV1 and HEVC.
    case heifCoding

    /// The kind with its article, to be put into a sentence.
    package var description: String {
        switch self {
        case .jpegLS: "a JPEG-LS image"
        case .jpegHeightAfterPixels: "a JPEG that gives its height only after the pixels (DNL)"
        case .applePNG: "a PNG in Apple's private CgBI variant"
        case .bitmapCoding: "a BMP with printer or fax compression"
        case .cameraRaw: "a camera raw file"
        case .heifCoding: "a HEIF image that is neither AV1 nor HEVC"
        }
    }
}

/// Which rule of its format a picture breaks.
package enum ImageFlaw: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// Width or height is zero, or below.
    case zeroSide
    /// The first block is not the header that the format demands.
    case missingHeader
    /// The header has another length than the format gives it.
    case headerLength
    /// The header's checksum does not match its bytes.
    case headerChecksum
    /// A second header contradicts, or repeats, the first.
    case secondHeader
    /// Bit depth, colour type or number of components do not exist together.
    case pixelLayout
    /// A block claims a length that it cannot have.
    case blockLength
    /// There is a header and no picture behind it.
    case missingPicture
    /// Its pixels are indices into a palette that it does not have.
    case missingPalette
    /// The compressed picture does not begin as its format demands.
    case pictureStart
    /// The container and the picture in it name different sizes.
    case contradictorySize
    /// More frames are declared than the file has room for.
    case frameCount
    /// A chain of directories leads back to one of its own, or a picture is made of itself.
    case circle
    /// The file consists of more blocks than the limit on reading allows to walk through.
    case tooManyBlocks

    /// What is wrong, as the second half of a sentence.
    package var description: String {
        switch self {
        case .zeroSide: "its width or height is zero"
        case .missingHeader: "its header is missing"
        case .headerLength: "its header has the wrong length"
        case .headerChecksum: "the checksum of its header is wrong"
        case .secondHeader: "it has a second header"
        case .pixelLayout: "its header combines a colour type and a bit depth that do not go together"
        case .blockLength: "one of its blocks claims an impossible length"
        case .missingPicture: "it contains no image"
        case .missingPalette: "its palette is missing"
        case .pictureStart: "its pixel data start incorrectly"
        case .contradictorySize: "its header and its image data give different sizes"
        case .frameCount: "it claims more frames than the file has room for"
        case .circle: "it refers to itself"
        case .tooManyBlocks: "it consists of too many blocks"
        }
    }
}

/// Why a file could not be opened or read.
package enum UnreadableFile: Hashable, Sendable, CustomStringConvertible {
    /// The path names a folder.
    case folder
    /// The path names a pipe, a socket or a device; it was not read from.
    case notAFile
    /// The path contains a zero byte, which no file name can.
    case invalidPath
    /// The system refused; the value is `errno`.
    case system(Int32)

    /// The reason, for a person; for a refusal of the system, its own words.
    package var description: String {
        switch self {
        case .folder: "a folder, not a file"
        case .notAFile: "a pipe, a socket or a device, not a file"
        case .invalidPath: "its path contains a zero byte"
        case .system(ENOENT): "no such file or folder"
        case .system(EACCES), .system(EPERM): "permission denied"
        case .system(ELOOP): "too many symbolic links"
        case .system(let code): "could not be read: \(String(cString: strerror(code)))"
        }
    }
}

extension ImageFormat {
    /// The name people know the format by.
    var displayName: String {
        switch self {
        case .png: "PNG"
        case .jpeg: "JPEG"
        case .webp: "WebP"
        case .gif: "GIF"
        case .avif: "AVIF"
        case .heic: "HEIC"
        case .tiff: "TIFF"
        case .bmp: "BMP"
        case .jxl: "JPEG XL"
        }
    }
}
