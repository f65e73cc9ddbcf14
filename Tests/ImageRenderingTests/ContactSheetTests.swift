import AssetModel
import Testing

@testable import ImageRendering

struct ContactSheetTests {
    private static func plain(_ width: Int, _ height: Int, _ colour: [UInt8]) throws -> Bitmap {
        let size = try #require(PixelSize(width: width, height: height))
        return try #require(
            Bitmap(size: size, pixels: (0..<size.pixelCount).flatMap { _ in colour + [255] }))
    }

    @Test func `rows fill the sheet's width, and the last one is not stretched`() {
        let sheet = ContactSheet(width: 1000, rowHeight: 100)
        let ratios = [1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 0.5]
        let rows = sheet.rows(of: ratios)
        #expect(rows.flatMap { Array($0.cells) } == Array(0..<8))
        for row in rows.dropLast() {
            let pictures = row.cells.reduce(0) { $0 + ratios[$1] * Double(row.height) }
            let width = pictures + Double(row.cells.count - 1) * 12
            #expect(abs(width - 952) < Double(row.cells.count))
            #expect(row.height >= 60 && row.height <= 150)
        }
        #expect(rows.last?.height ?? 0 <= 100)
    }

    @Test func `a sheet shows each picture's colour and leaves a frame for one that cannot be shown`() throws {
        let (red, blue) = (try Self.plain(60, 40, [200, 10, 20]), try Self.plain(40, 60, [10, 20, 200]))
        let sheet = ContactSheet(width: 600, rowHeight: 100)
        let cells = [
            ContactSheet.Cell(picture: red, ratio: 1.5, caption: ("seed 1", "red")),
            ContactSheet.Cell(picture: nil, ratio: 1, caption: ("cannot be shown", "gone")),
            ContactSheet.Cell(picture: blue, ratio: 2.0 / 3, caption: ("seed 2", "blue")),
        ]
        let drawn = try sheet.draw(cells, title: "three")
        #expect(drawn.size.width == 600)
        let colours = Set((0..<drawn.size.width).map { x in drawn[x, 24 + 34 + 12 + 50] })
        #expect(colours.contains { $0.red == 200 && $0.green == 10 })
        #expect(colours.contains { $0.blue == 200 && $0.green == 20 })
        #expect(colours.contains { $0.red == 34 && $0.green == 34 && $0.blue == 32 })
    }

    @Test func `without the system's fonts a line is drawn in letters of our own`() {
        let coverage = Lettering(lineHeight: 20).blocks("SEED 7", 200)
        #expect(coverage.count == 200 * 20)
        #expect(coverage.contains(255))
        // A line that is too long is cut and goes nowhere else.
        #expect(Lettering(lineHeight: 20).blocks(String(repeating: "W", count: 500), 30).count == 30 * 20)
    }

    @Test(arguments: ["seed 7", "青いマグカップ", "كوب أزرق", "👩‍🎨", "", "a\nb"])
    func `any text is drawn, and stays in its line`(text: String) {
        #expect(Lettering(lineHeight: 18, isBold: true).coverage(of: text, width: 120).count == 120 * 18)
    }

    @Test func `sixels read back as the picture, within a step of colour`() throws {
        let size = try #require(PixelSize(width: 31, height: 17))
        let pixels = (0..<size.pixelCount).flatMap { index -> [UInt8] in
            [UInt8(index % 31 * 8), UInt8(index / 31 * 15), 128, 255]
        }
        let bitmap = try #require(Bitmap(size: size, pixels: pixels))
        let drawn = try Sixels(SixelEncoder().encode(bitmap))
        #expect(drawn.size == size)
        // Dithering keeps the mean, and each pixel near.
        for part in 0..<3 {
            let wanted = stride(from: part, to: pixels.count, by: 4).reduce(0) { $0 + Int(pixels[$1]) }
            let got = drawn.pixels.reduce(0) { $0 + $1[part] }
            #expect(abs(wanted - got) / size.pixelCount < 4)
        }
        let first = try #require(drawn.pixels.first)
        #expect(abs(first[0] - 0) <= 51 && abs(first[2] - 128) <= 51)
    }
}

/// Reads sixels as a terminal does.
private struct Sixels {
    let size: PixelSize
    var pixels: [[Int]]

    init(_ bytes: [UInt8]) throws {
        var text = Substring(String(decoding: bytes, as: UTF8.self))
        let header = try #require(text.firstRange(of: "q\"1;1;"))
        text = text[header.upperBound...]
        func number() -> Int {
            let digits = text.prefix { $0.isNumber }
            text = text.dropFirst(digits.count)
            return Int(digits) ?? 0
        }
        let width = number()
        text = text.dropFirst()
        let height = number()
        size = try #require(PixelSize(width: width, height: height))
        pixels = Array(repeating: [0, 0, 0], count: width * height)
        var palette: [Int: [Int]] = [:]
        var (colour, x, top, count) = (0, 0, 0, 1)
        while let letter = text.first, letter != "\u{1B}" {
            text = text.dropFirst()
            switch letter {
            case "#":
                colour = number()
                guard text.first == ";" else { continue }
                var parts: [Int] = []
                while text.first == ";" {
                    text = text.dropFirst()
                    parts.append(number())
                }
                palette[colour] = parts.dropFirst().map { $0 * 255 / 100 }
            case "!": count = number()
            case "$": x = 0
            case "-": (x, top) = (0, top + 6)
            default:
                let bits = Int(letter.asciiValue ?? 63) - 63
                for _ in 0..<count {
                    for row in 0..<6 where bits >> row & 1 == 1 {
                        pixels[(top + row) * width + x] = try #require(palette[colour])
                    }
                    x += 1
                }
                count = 1
            }
        }
    }
}
