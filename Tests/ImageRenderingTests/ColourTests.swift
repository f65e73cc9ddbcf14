import AssetModel
import Fixtures
import Foundation
import ImageRendering
import Testing

/// Colours as a browser shows them, whatever numbers a file has for them.
struct ColourTests {
    private static let size = (width: 24, height: 16)

    private static func flat(_ red: UInt8, _ green: UInt8, _ blue: UInt8, _ alpha: UInt8 = 255) throws -> Bitmap {
        let pixel = [red, green, blue, alpha]
        let pixels = [UInt8]((0..<size.width * size.height).flatMap { _ in pixel })
        let whole = try #require(PixelSize(width: size.width, height: size.height))
        return try #require(Bitmap(size: whole, pixels: pixels))
    }

    private static func seen(_ bytes: [UInt8], maximumSide: Int? = nil) throws -> Bitmap.Pixel {
        try ImageDecoder(colour: .sRGB).decode(bytes, maximumSide: maximumSide)[1, 1]
    }

    private static func expect(
        _ pixel: Bitmap.Pixel, is red: Int, _ green: Int, _ blue: Int, within: Int = 2, _ name: String
    ) {
        let distances = [Int(pixel.red) - red, Int(pixel.green) - green, Int(pixel.blue) - blue].map(abs)
        #expect(distances.allSatisfy { $0 <= within }, "\(name): \(pixel)")
    }

    /// A WebP around the pixels of another, with a profile.
    private static func webp(_ bytes: [UInt8], _ profile: [UInt8]) -> [UInt8] {
        func little(_ value: Int, _ length: Int) -> [UInt8] {
            (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            Array(name.utf8) + little(content.count, 4) + content + (content.count % 2 == 1 ? [0] : [])
        }
        let head = chunk("VP8X", [0x20, 0, 0, 0] + little(size.width - 1, 3) + little(size.height - 1, 3))
        let body = Array("WEBP".utf8) + head + chunk("ICCP", profile) + bytes[12...]
        return Array("RIFF".utf8) + little(body.count, 4) + body
    }

    /// A PNG with one more chunk behind its header. The checksum of a chunk that libpng does not know is not looked at here.
    private static func png(_ bytes: [UInt8], _ name: String, _ content: [UInt8]) -> [UInt8] {
        let part = Array(name.utf8) + content
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in part {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        let check = ~sum
        return bytes[..<33] + [0, 0, 0, UInt8(content.count)] + part
            + (0..<4).map { UInt8(truncatingIfNeeded: check >> (24 - 8 * $0)) } + bytes[33...]
    }

    @Test(arguments: ["png", "jpeg", "webp", "tiff"])
    func `a profile of another display is converted, and only when asked`(format: String) throws {
        // What its matrices and curves make of it.
        let picture = try Self.flat(120, 180, 90)
        let bytes: [UInt8] =
            switch format {
            case "png": try ImageEncoder(.png()).encode(picture, profile: ProfileMaker.adobe)
            case "jpeg":
                try ImageEncoder(.jpeg(quality: 100, fullColour: true)).encode(picture, profile: ProfileMaker.adobe)
            case "webp": Self.webp(try ImageEncoder(.webp(quality: 100)).encode(picture), ProfileMaker.adobe)
            default:
                TIFFMaker(profile: ProfileMaker.adobe).bytes { _, _, sample in [120, 180, 90][sample] }
            }
        for side in [nil, 7] {
            Self.expect(try Self.seen(bytes, maximumSide: side), is: 80, 181, 83, within: 3, format)
            let stored = try ImageDecoder().decode(bytes, maximumSide: side)[1, 1]
            Self.expect(stored, is: 120, 180, 90, within: 1, format)
        }
    }

    @Test func `alpha is left as it is`() throws {
        let bytes = try ImageEncoder(.png()).encode(try Self.flat(55, 55, 55, 77), profile: ProfileMaker.linear)
        let pixel = try Self.seen(bytes)
        // A light of 0.2157 is 128 of sRGB.
        Self.expect(pixel, is: 128, 128, 128, "linear")
        #expect(pixel.alpha == 77)
    }

    @Test func `a profile of gray is for gray pixels`() throws {
        var maker = TIFFMaker(profile: ProfileMaker.linearGray)
        (maker.samples, maker.meaning) = (1, 1)
        Self.expect(try Self.seen(maker.bytes { _, _, _ in 55 }), is: 128, 128, 128, "gray")
        let coloured = TIFFMaker(profile: ProfileMaker.linearGray).bytes { _, _, sample in [55, 90, 10][sample] }
        Self.expect(try Self.seen(coloured), is: 55, 90, 10, within: 0, "not gray")
    }

    @Test(arguments: [8, 16])
    func `inks with a profile are what it says`(bits: Int) throws {
        var maker = TIFFMaker(profile: ProfileMaker.printer)
        (maker.samples, maker.meaning, maker.bits) = (4, 5, bits)
        let full: UInt64 = bits == 8 ? 255 : 65535
        let one = maker.bytes { _, _, sample in sample == 0 ? full : 0 }
        // L* of 75, whatever the ink's name says.
        for side in [nil, 9] {
            Self.expect(try Self.seen(one, maximumSide: side), is: 185, 185, 185, within: 3, "cyan")
        }
        maker.profile = []
        Self.expect(
            try Self.seen(maker.bytes { _, _, sample in sample == 0 ? full : 0 }), is: 0, 255, 255, "no profile")
    }

    @Test func `a JPEG of inks with a profile is what it says`() throws {
        let bytes = [UInt8](try Fixtures.data("images/jpeg/cmyk.jpg"))
        let profile = ProfileMaker.printer
        let length = profile.count + 16
        let segment: [UInt8] =
            [0xFF, 0xE2, UInt8(length >> 8), UInt8(length & 255)] + Array("ICC_PROFILE\0".utf8) + [1, 1]
        let decoder = ImageDecoder(colour: .sRGB)
        let bitmap = try decoder.decode(bytes[..<2] + segment + profile + bytes[2...])
        #expect(
            stride(from: 0, to: bitmap.pixels.count, by: 4).allSatisfy {
                abs(Int(bitmap.pixels[$0]) - Int(bitmap.pixels[$0 + 1])) <= 2
                    && abs(Int(bitmap.pixels[$0]) - Int(bitmap.pixels[$0 + 2])) <= 2
            })
        #expect(try decoder.decode(bytes) == ImageDecoder().decode(bytes))
    }

    @Test func `a profile that is damaged or of other colours is ignored`() throws {
        let picture = try Self.flat(120, 180, 90)
        let sound = ProfileMaker.adobe
        var noise = sound
        for place in stride(from: 128, to: noise.count, by: 3) { noise[place] = UInt8(truncatingIfNeeded: place * 37) }
        let printer = ProfileMaker.printer
        for profile in [Array(sound.prefix(200)), noise, printer, ProfileMaker.linearGray, Array("no profile".utf8)] {
            let bytes = Self.webp(try ImageEncoder(.webp(quality: 100)).encode(picture), profile)
            Self.expect(try Self.seen(bytes), is: 120, 180, 90, within: 0, "\(profile.count) bytes")
        }
    }

    @Test func `a PNG may name its colours by numbers`() throws {
        let bytes = try ImageEncoder(.png()).encode(try Self.flat(120, 180, 90))
        // Display P3 (H.273: primaries 12, the curve of sRGB) and sRGB.
        Self.expect(try Self.seen(Self.png(bytes, "cICP", [12, 13, 0, 1])), is: 100, 182, 76, "P3")
        Self.expect(try Self.seen(Self.png(bytes, "cICP", [1, 13, 0, 1])), is: 120, 180, 90, within: 0, "sRGB")
        // Light beyond white (the PQ curve of BT.2100): 148 is white of 203 cd/m², and there is room above it.
        let white = try ImageEncoder(.png()).encode(try Self.flat(148, 148, 148))
        Self.expect(try Self.seen(Self.png(white, "cICP", [9, 16, 0, 1])), is: 225, 225, 225, within: 4, "PQ")
        // A gamma of 1 is light itself: 120 of 255 is 0.47, which is 182 of sRGB.
        Self.expect(try Self.seen(Self.png(bytes, "gAMA", [0, 1, 0x86, 0xA0])), is: 182, 219, 160, "linear")
        Self.expect(try Self.seen(Self.png(bytes, "gAMA", [0, 0, 0xB1, 0x8F])), is: 120, 180, 90, within: 0, "usual")
    }

    @Test(arguments: [
        "heic/profile.heic", "avif/profile.avif", "jxl/lossy.jxl", "bmp/profile.bmp", "tiff/profile.tiff",
    ])
    func `whatever profile a fixture has, its picture is seen`(file: String) throws {
        let decoder = ImageDecoder(colour: .sRGB)
        do throws(RenderingError) {
            let seen = try decoder.decode(fileAt: Fixtures.path("images/\(file)"))
            let stored = try ImageDecoder().decode(fileAt: Fixtures.path("images/\(file)"))
            #expect(seen.size == stored.size)
        } catch {
            #expect(error == .unsupported && (file.hasSuffix("c") || file.hasSuffix("f") || file.hasSuffix("l")))
        }
    }
}
