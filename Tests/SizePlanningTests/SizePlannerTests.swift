import AssetModel
import SizePlanning
import Testing

struct SizePlannerTests {
    private let edit = SizePlanner(policy: .hiDreamO1Edit)
    private let create = SizePlanner(policy: .hiDreamO1Create)

    private func size(_ text: String) throws -> PixelSize { try #require(PixelSize(parsing: text)) }

    @Test func `nothing asked for means the model's default, and the plan says so`() throws {
        let plan = try edit.plan(.modelDefault, references: [try size("600x800")])
        #expect(plan.output.description == "2048x2048")
        #expect(plan.rule == .closestRatio)
        #expect(plan.reasons == [.defaulted(to: try size("2048x2048"))])
    }

    @Test func `a size that is not in the list snaps, and the plan says to what`() throws {
        let plan = try edit.plan(.exactly(width: 1000, height: 900), references: [])
        #expect(plan.output.description == "2048x2048")
        #expect(plan.reasons == [.snappedToList(from: "1000x900", to: try size("2048x2048"))])
    }

    @Test(arguments: [
        (SizePreset.squareHD, "2048x2048"), (.square, "2048x2048"), (.portrait4x3, "1728x2304"),
        (.portrait16x9, "1440x2560"), (.landscape4x3, "2304x1728"), (.landscape16x9, "2560x1440"),
    ])
    func `a named size snaps by its ratio`(preset: SizePreset, expected: String) throws {
        #expect(try edit.plan(.preset(preset), references: []).output.description == expected)
    }

    @Test func `a missing side counts as 512, not as the other one`() throws {
        let plan = try edit.plan(.exactly(width: 2048, height: nil), references: [])
        #expect(plan.output.description == "3104x1312")
        #expect(plan.reasons.first == .missingSide(512))
        #expect(try create.plan(.exactly(width: nil, height: 1000), references: []).output.description == "512x992")
    }

    @Test(arguments: [(0, 100), (100, 0), (-1, 5), (14_143, 100), (100, 14_143)])
    func `a side outside 1 to 14142 is an error`(width: Int, height: Int) {
        #expect(throws: SizePlanningError.self) {
            try edit.plan(.exactly(width: width, height: height), references: [])
        }
        #expect(throws: SizePlanningError.self) {
            try create.plan(.exactly(width: width, height: height), references: [])
        }
    }

    @Test func `with one reference its ratio can be kept, and a size asked for is ignored aloud`() throws {
        let plan = try edit.plan(
            .exactly(width: 512, height: 512), references: [try size("4032x3024")], keepAspect: true)
        #expect(plan.rule == .keepAspect)
        #expect(plan.output.description == "2336x1760")
        #expect(plan.references.first?.seen.description == "2336x1760")
        #expect(plan.reasons.contains(.sizeIgnored))
    }

    @Test(arguments: [0, 2, 3])
    func `with any other number of references keeping the ratio is ignored aloud`(count: Int) throws {
        let plan = try edit.plan(
            .modelDefault, references: Array(repeating: try size("4032x3024"), count: count), keepAspect: true)
        #expect(plan.rule == .closestRatio)
        #expect(plan.reasons.contains(.keepAspectIgnored(references: count)))
    }

    @Test(arguments: [
        (1, "2048x2048"), (2, "1536x1536"), (3, "1024x1024"), (4, "1024x1024"), (5, "768x768"), (8, "768x768"),
        (9, "512x512"), (20, "512x512"),
    ])
    func `the more references, the fewer pixels each one gets`(count: Int, seen: String) throws {
        let plan = try edit.plan(.modelDefault, references: Array(repeating: try size("1000x1000"), count: count))
        #expect(plan.references.count == count)
        #expect(plan.references.allSatisfy { $0.seen.description == seen })
    }

    @Test func `the longer side of the output decides how large references are`() throws {
        let plan = try edit.plan(
            .exactly(width: 3104, height: 1312), references: Array(repeating: try size("500x500"), count: 3))
        // 3104 / 2 = 1552, cut down to a multiple of 32.
        #expect(plan.references.first?.seen.description == "1536x1536")
    }

    @Test func `what is cropped away is told`() throws {
        let plan = try edit.plan(.modelDefault, references: [try size("1000x1000"), try size("3000x200")])
        #expect(plan.references[0].croppedShare == 0)
        #expect(plan.references[1].croppedShare > 0)
        #expect(plan.references[1].croppedShare < 0.05)
    }

    @Test func `a reference too thin for the text encoder is expected to fail`() throws {
        let plan = try edit.plan(.modelDefault, references: [try size("20x3000")])
        #expect(plan.references[0].condition == nil)
        #expect(plan.reasons.contains(.tooThin(position: 1, maximumRatio: 144)))
        #expect(try edit.plan(.modelDefault, references: [try size("500x500")]).references[0].condition?.width == 384)
    }

    @Test(arguments: [
        ("1000x700", "992x672"), ("2048x2048", "2048x2048"), ("33x64", "32x64"), ("10x100", "32x96"),
        ("1920x1080", "1920x1056"),
    ])
    func `without references sides are cut down to multiples of 32`(asked: String, expected: String) throws {
        let size = try size(asked)
        let plan = try create.plan(.exactly(width: size.width, height: size.height), references: [])
        #expect(plan.output.description == expected)
        #expect(plan.rule == .multipleOf32)
    }

    @Test func `without references no more than 2048 squared pixels are made, whatever is asked`() throws {
        for side in stride(from: 1, through: 14_142, by: 97) {
            let plan = try create.plan(.exactly(width: 14_142, height: side), references: [])
            #expect(plan.output.pixelCount <= 2048 * 2048)
            #expect(plan.output.width % 32 == 0 && plan.output.height % 32 == 0)
        }
    }

    @Test func `every planned size is one that the model allows`() throws {
        let allowed: Set<String> = [
            "2048x2048", "2304x1728", "1728x2304", "2560x1440", "1440x2560", "2496x1664", "1664x2496", "3104x1312",
            "1312x3104", "2304x1792", "1792x2304",
        ]
        for width in stride(from: 1, through: 14_142, by: 311) {
            for height in stride(from: 1, through: 14_142, by: 401) {
                let plan = try edit.plan(.exactly(width: width, height: height), references: [])
                #expect(allowed.contains(plan.output.description))
            }
        }
    }

    @Test func `every reason is one sentence`() throws {
        let plan = try edit.plan(
            .exactly(width: 100, height: nil), references: [try size("20x3000")], keepAspect: false)
        #expect(!plan.reasons.isEmpty)
        for reason in plan.reasons { #expect(reason.description.count > 20 && !reason.description.hasSuffix(".")) }
    }
}
