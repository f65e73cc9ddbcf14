import DemoPictures
import Foundation

/// Picture files to work on: real PNG, JPEG and WebP, each with other bytes behind its end, so that no two are equal.
enum Workload {
    /// Writes `count` files of `kilobytes` on average into a new folder, some hundred to a folder.
    static func write(_ count: Int, kilobytes: Int, to folder: String) throws {
        var generator = SplitMix(state: 42)
        for index in 0..<count {
            let picture = DemoPictures.all[index % DemoPictures.all.count]
            let sub = "\(folder)/\(index / 100)"
            try FileManager.default.createDirectory(atPath: sub, withIntermediateDirectories: true)
            // Sizes from a quarter to seven quarters of the average; readers ignore what follows a picture's end.
            let wanted = kilobytes * 1000 / 4 + Int(generator.next() % UInt64(max(1, kilobytes * 1500)))
            var bytes = picture.bytes
            repeat {
                withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
            } while bytes.count < wanted
            try Data(bytes).write(to: URL(fileURLWithPath: "\(sub)/\(index)-\(picture.name)"))
        }
    }
}

/// Random numbers that are the same each time (Steele, Lea and Flood, 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
