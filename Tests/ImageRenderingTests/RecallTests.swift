import AssetModel
import Foundation
import ImageRendering
import Testing

/// Which copies are found: of pictures drawn here, and of the photos in the folder that `ATELIER_PHOTOS` names, when it does.
struct RecallTests {
    private static let photos = ProcessInfo.processInfo.environment["ATELIER_PHOTOS"]

    /// A change that keeps a picture what it is, and how many of a hundred copies must be found within 28 bits.
    struct Change: CustomStringConvertible, Sendable {
        let name: String
        let wanted: Int
        let make: @Sendable (Bitmap) throws -> Bitmap
        var description: String { name }
    }

    static let changes: [Change] = [
        Change(name: "resized to a quarter", wanted: 100) {
            try Scaler().fit($0, within: max($0.size.width, $0.size.height) / 4)
        },
        Change(name: "JPEG of quality 30", wanted: 100) {
            try ImageDecoder().decode(
                try ImageEncoder(.jpeg(quality: 30, fullColour: false)).encode($0, isOpaque: true))
        },
        Change(name: "cropped by 5 %", wanted: 90) { try cropped($0, 0.05) },
        Change(name: "mirrored", wanted: 100) { $0.turnedUpright(from: .mirrored) },
        Change(name: "turned by 90°", wanted: 100) { $0.turnedUpright(from: .rotated90) },
        Change(name: "turned by 180°", wanted: 100) { $0.turnedUpright(from: .rotated180) },
        Change(name: "brighter", wanted: 90) { picture in try mapped(picture) { min(255, $0 * 1.3) } },
        Change(name: "warmer", wanted: 95) { picture in
            try mapped(picture, blue: { $0 * 0.75 }) { min(255, $0 * 1.1) }
        },
    ]

    @Test(arguments: changes)
    func `copies of drawn pictures are found`(change: Change) throws {
        try expect(
            change,
            of: try (1...10).map { try FingerprintTests.draw($0) })
    }

    @Test(.enabled(if: photos != nil, "set ATELIER_PHOTOS to a folder of photos"), arguments: changes)
    func `copies of real photos are found`(change: Change) throws {
        let folder = URL(filePath: Self.photos ?? "")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        let pictures = files.compactMap { try? ImageDecoder().decode(fileAt: $0.path, maximumSide: 1024) }
        #expect(!pictures.isEmpty)
        try expect(change, of: pictures)
    }

    private func expect(_ change: Change, of pictures: [Bitmap]) throws {
        var (found, count) = (0, 0)
        for picture in pictures {
            guard let own = Fingerprinter().fingerprint(of: picture),
                let copy = Fingerprinter().fingerprint(of: try change.make(picture))
            else { continue }
            count += 1
            let distances = own.orientations.enumerated().map { form, fingerprint in
                fingerprint.distance(to: copy) + (form == 0 ? 0 : Fingerprint.turnedPenalty)
            }
            if distances.contains(where: { $0 <= 28 }) { found += 1 }
        }
        #expect(count > 0 && found * 100 >= change.wanted * count, "\(change): \(found) of \(count)")
    }

    /// Without its outer `share`, more of it on the left and above.
    private static func cropped(_ picture: Bitmap, _ share: Double) throws -> Bitmap {
        let (width, height) = (picture.size.width, picture.size.height)
        let (keptWidth, keptHeight) = (Int(Double(width) * (1 - share)), Int(Double(height) * (1 - share)))
        let (left, top) = ((width - keptWidth) * 2 / 3, (height - keptHeight) * 2 / 3)
        var pixels: [UInt8] = []
        for y in 0..<keptHeight {
            let start = ((y + top) * width + left) * 4
            pixels += picture.pixels[start..<start + keptWidth * 4]
        }
        let size = try #require(PixelSize(width: keptWidth, height: keptHeight))
        return try #require(Bitmap(size: size, pixels: pixels))
    }

    private static func mapped(
        _ picture: Bitmap, blue: (Double) -> Double = { $0 }, _ change: (Double) -> Double
    ) throws -> Bitmap {
        let pixels = picture.pixels.enumerated().map { index, value -> UInt8 in
            index % 4 == 3 ? value : UInt8(index % 4 == 2 ? blue(change(Double(value))) : change(Double(value)))
        }
        return try #require(Bitmap(size: picture.size, pixels: pixels))
    }
}
