import Foundation

/// Writes a TIFF of known samples, in any layout that the format has for them.
struct TIFFMaker {
    var width = 37
    var height = 29
    var bits = 8
    var samples = 3
    /// The photometric interpretation: 0 and 1 gray, 2 RGB, 3 a map of colours, 5 inks, 8 CIE L*a*b*.
    var meaning = 2
    /// 1 unsigned, 2 signed, 3 floating point.
    var format = 1
    var isPlanar = false
    var isBigEndian = false
    /// Nil for strips of eight rows.
    var tile: (width: Int, height: Int)?
    var map: [Int] = []
    var profile: [UInt8] = []

    /// The file. `value` gives the raw bits of a sample.
    func bytes(_ value: (_ x: Int, _ y: Int, _ sample: Int) -> UInt64) -> [UInt8] {
        var out: [UInt8] = isBigEndian ? [0x4D, 0x4D, 0, 42, 0, 0, 0, 0] : [0x49, 0x49, 42, 0, 0, 0, 0, 0]
        func number(_ value: UInt64, _ length: Int) -> [UInt8] {
            let little = (0..<length).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
            return isBigEndian ? little.reversed() : little
        }
        func add(_ content: [UInt8]) -> Int {
            if out.count % 2 == 1 { out.append(0) }
            out += content
            return out.count - content.count
        }
        /// The rows of a rectangle: those of a tile beyond the picture's edges are zeros.
        func piece(_ left: Int, _ top: Int, _ across: Int, _ down: Int, _ plane: Int?) -> [UInt8] {
            var rows: [UInt8] = []
            for y in top..<top + down {
                var (pending, count): (UInt64, Int) = (0, 0)
                for x in left..<left + across {
                    for sample in plane.map({ $0..<$0 + 1 }) ?? 0..<samples {
                        let raw = x < width && y < height ? value(x, y, sample) : 0
                        if bits % 8 == 0 {
                            rows += number(raw, bits / 8)
                            continue
                        }
                        (pending, count) = (pending << UInt64(bits) | raw, count + bits)
                        while count >= 8 {
                            rows.append(UInt8(truncatingIfNeeded: pending >> UInt64(count - 8)))
                            count -= 8
                        }
                    }
                }
                if count > 0 { rows.append(UInt8(truncatingIfNeeded: pending << UInt64(8 - count))) }
            }
            return rows
        }
        var places: [(offset: Int, length: Int)] = []
        for plane in isPlanar ? (0..<samples).map(Optional.some) : [nil] {
            let (across, down) = (tile?.width ?? width, tile?.height ?? 8)
            for top in stride(from: 0, to: height, by: down) {
                for left in stride(from: 0, to: width, by: across) {
                    let rows = tile == nil ? min(down, height - top) : down
                    let content = piece(left, top, across, rows, plane)
                    places.append((add(content), content.count))
                }
            }
        }
        let offsets = places.map { $0.offset }
        let lengths = places.map { $0.length }
        // Tag, type (3 of two bytes, 4 of four, 7 bytes), values.
        var entries: [(Int, Int, [Int])] = [
            (256, 3, [width]), (257, 3, [height]), (258, 3, [Int](repeating: bits, count: samples)), (259, 3, [1]),
            (262, 3, [meaning]), (277, 3, [samples]), (284, 3, [isPlanar ? 2 : 1]),
            (339, 3, [Int](repeating: format, count: samples)),
        ]
        if let tile {
            entries += [(322, 3, [tile.width]), (323, 3, [tile.height]), (324, 4, offsets), (325, 4, lengths)]
        } else {
            entries += [(273, 4, offsets), (278, 3, [8]), (279, 4, lengths)]
        }
        if !map.isEmpty { entries.append((320, 3, map)) }
        if !profile.isEmpty { entries.append((34675, 7, profile.map(Int.init))) }
        var directory = number(UInt64(entries.count), 2)
        for (tag, kind, values) in entries.sorted(by: { $0.0 < $1.0 }) {
            let length = kind == 3 ? 2 : kind == 4 ? 4 : 1
            var content = values.flatMap { number(UInt64($0), length) }
            if content.count > 4 { content = number(UInt64(add(content)), 4) }
            directory += number(UInt64(tag), 2) + number(UInt64(kind), 2) + number(UInt64(values.count), 4)
            directory += content + [UInt8](repeating: 0, count: 4 - content.count)
        }
        let place = add(directory + [0, 0, 0, 0])
        out.replaceSubrange(4..<8, with: number(UInt64(place), 4))
        return out
    }
}
