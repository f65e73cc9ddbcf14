import AssetModel
import Foundation
import Testing

struct JSONNumberTests {
    @Test func `a number has the text that it has after a journal line was written and read`() throws {
        var random = SystemRandomNumberGenerator()
        let numbers =
            [
                3, 0, -0.0, 0.5, 1e20, 1e15, 9_007_199_254_740_991, 1e-7, -2, 1.5e300,
                100_000_000_000_000_000,
            ]
            + (0..<2_000).map { _ in Double(bitPattern: random.next()) }.filter(\.isFinite)
            + (0..<500).map { _ in Double(Int64.random(in: -1 << 60...1 << 60, using: &random)) }
        for number in numbers {
            let value = JSONValue.object(["guidance_scale": .number(number)])
            let line = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
            let read = try JSONValue(parsing: line)
            #expect(read.canonicalText == value.canonicalText, "\(number): \(line)")
        }
    }
}
