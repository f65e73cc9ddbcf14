import AssetModel
import SizePlanning
import Testing

/// The traps of fal's protocol that lie in the arithmetic of sizes (protocol facts, section 8), one test each, by number.
struct TrapTests {
    private let planner = SizePlanner(policy: .hiDreamO1Edit)

    private func size(_ text: String) throws -> PixelSize { try #require(PixelSize(parsing: text)) }

    @Test func `trap 18: a missing side is 512, and what comes back is rarely what was asked for`() throws {
        let plan = try planner.plan(.exactly(width: 1024, height: nil), references: [])
        #expect(plan.reasons.first == .missingSide(512))
        #expect(plan.output.description == "2560x1440", "by the ratio 1024:512, not 1:1")
        let asked = try planner.plan(.exactly(width: 1024, height: 1024), references: [])
        #expect(asked.output.description == "2048x2048")
        #expect(asked.reasons.contains(.snappedToList(from: "1024x1024", to: try size("2048x2048"))))
    }

    @Test(arguments: [
        ("59x96", "1664x2496"), ("8x9", "1792x2304"), ("17x12", "2496x1664"), ("1529x738", "3104x1312"),
    ])
    func `trap 19: where exact fractions tie, doubles decide`(input: String, expected: String) throws {
        let input = try size(input)
        #expect(
            try planner.output(.closestRatio, width: input.width, height: input.height).description == expected)
    }

    @Test func `trap 20: an aspect is kept for one reference alone, enlarges small ones and makes very long sides`()
        throws
    {
        let long = try planner.plan(.modelDefault, references: [try size("1x50")], keepAspect: true)
        #expect(long.rule == .keepAspect)
        #expect(long.output.description == "288x14464")
        let small = try planner.plan(.modelDefault, references: [try size("31x33")], keepAspect: true)
        #expect(small.output.description == "1984x2112")
        for count in [0, 2] {
            let references = Array(repeating: try size("31x33"), count: count)
            let plan = try planner.plan(.modelDefault, references: references, keepAspect: true)
            #expect(plan.rule == .closestRatio)
            #expect(plan.reasons.contains(.keepAspectIgnored(references: count)))
        }
    }
}
