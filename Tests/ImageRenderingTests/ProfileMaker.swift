import Foundation

/// Writes ICC profiles (ICC.1:2001-04, version 2.4) of known content.
enum ProfileMaker {
    /// A display whose curve is a power. `primaries` are the colorants under D50.
    static func display(primaries: [(Double, Double, Double)], gamma: Double) -> [UInt8] {
        let curve = Array("curv".utf8) + [0, 0, 0, 0, 0, 0, 0, 1] + big(Int(gamma * 256), 2) + [0, 0]
        var tags: [(String, [UInt8])] = zip(["rXYZ", "gXYZ", "bXYZ"], primaries).map { ($0, light($1)) }
        tags += ["rTRC", "gTRC", "bTRC"].map { ($0, curve) }
        return profile("mntr", "RGB ", "XYZ ", tags)
    }

    /// Adobe RGB (1998): a wider green, a gamma of 2.2.
    static let adobe = display(
        primaries: [(0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)], gamma: 2.2)
    /// The primaries of sRGB, and light as it is.
    static let linear = display(
        primaries: [(0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410)], gamma: 1)
    /// The same curve for gray alone.
    static let linearGray = profile(
        "mntr", "GRAY", "XYZ ", [("kTRC", Array("curv".utf8) + [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0])])

    /// A printer whose inks all make gray: each takes a quarter of the lightness L*.
    static let printer: [UInt8] = {
        var table: [UInt8] = []
        for corner in 0..<16 {
            let inks = corner.nonzeroBitCount
            table += [UInt8(255 - 255 * inks / 4), 128, 128]
        }
        let one: [UInt8] = [0, 1, 0, 0]
        let zero: [UInt8] = [0, 0, 0, 0]
        let matrix = one + zero + zero + zero + one + zero + zero + zero + one
        let straight = [UInt8](0...255)
        var tag = Array("mft1".utf8) + [0, 0, 0, 0, 4, 3, 2, 0] + matrix
        for _ in 0..<4 { tag += straight }
        tag += table
        for _ in 0..<3 { tag += straight }
        return profile("prtr", "CMYK", "Lab ", [("A2B0", tag)])
    }()

    private static func light(_ value: (Double, Double, Double)) -> [UInt8] {
        Array("XYZ ".utf8) + [0, 0, 0, 0] + fixed(value.0) + fixed(value.1) + fixed(value.2)
    }

    private static func big(_ value: Int, _ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * (length - 1 - $0))) }
    }

    private static func fixed(_ value: Double) -> [UInt8] { big(Int((value * 65_536).rounded()), 4) }

    private static func profile(
        _ device: String, _ colours: String, _ connection: String, _ tags: [(String, [UInt8])]
    ) -> [UInt8] {
        let name =
            Array("desc".utf8) + [0, 0, 0, 0, 0, 0, 0, 5] + Array("test\0".utf8) + [UInt8](repeating: 0, count: 78)
        let common: [(String, [UInt8])] = [
            ("desc", name), ("cprt", Array("text".utf8) + [0, 0, 0, 0] + Array("none\0".utf8)),
            ("wtpt", light((0.9642, 1, 0.8249))),
        ]
        let all = common + tags
        var (table, body) = (big(all.count, 4), [UInt8]())
        for (tag, content) in all {
            table += Array(tag.utf8) + big(132 + 12 * all.count + body.count, 4) + big(content.count, 4)
            body += content + [UInt8](repeating: 0, count: (4 - content.count % 4) % 4)
        }
        var head = [UInt8](repeating: 0, count: 128)
        head.replaceSubrange(0..<4, with: big(128 + table.count + body.count, 4))
        head.replaceSubrange(8..<12, with: [2, 0x40, 0, 0])
        head.replaceSubrange(12..<24, with: Array((device + colours + connection).utf8))
        head.replaceSubrange(36..<40, with: Array("acsp".utf8))
        head.replaceSubrange(68..<80, with: fixed(0.9642) + fixed(1) + fixed(0.8249))
        return head + table + body
    }
}
