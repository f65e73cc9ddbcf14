import AssetModel
import SizePlanning
import Testing

/// Sizes computed by executing the published model's own functions, as far as they separate one reading of the
/// arithmetic from another. The full list is larger; these are the rows on which mistakes show.
struct SnapVectorTests {
    private static let planner = SizePlanner(policy: .hiDreamO1Edit)

    @Test(arguments: [
        ("2048x2048", "2048x2048"), ("1024x768", "2304x1728"), ("1920x1080", "2560x1440"), ("4000x6000", "1664x2496"),
        ("2560x1080", "3104x1312"), ("1179x2556", "1312x3104"), ("5x4", "2304x1792"), ("4x5", "1792x2304"),
        ("1x1", "2048x2048"), ("100000x1", "3104x1312"), ("2304x1791", "2304x1792"), ("20000x15000", "2304x1728"),
        // The midpoints between neighbours: two are ties, the others are decided by rounding.
        ("1529x3104", "1440x2560"), ("59x96", "1664x2496"), ("17x24", "1728x2304"), ("55x72", "1728x2304"),
        ("8x9", "1792x2304"), ("8x7", "2048x2048"), ("55x42", "2304x1728"), ("17x12", "2496x1664"),
        ("59x36", "2560x1440"), ("1529x738", "3104x1312"),
    ])
    func `the nearest ratio is found in doubles and list order`(input: String, expected: String) throws {
        let size = try #require(PixelSize(parsing: input))
        let output = try Self.planner.output(.closestRatio, width: size.width, height: size.height)
        #expect(output.description == expected)
    }

    @Test(arguments: [
        ("1x1", "2048x2048"), ("2x1", "2880x1440"), ("31x33", "1984x2112"), ("1x50", "288x14464"),
        ("4032x3024", "2336x1760"), ("333x777", "1312x3104"), ("2304x1792", "2304x1792"), ("2560x1440", "2720x1536"),
        // Only a mixed candidate fits.
        ("1x4098", "32x131072"), ("12x12467", "32x65984"), ("2313x1", "98496x32"), ("257x1", "32832x96"),
        // Halving first changes the ratio of odd sides.
        ("8641x4572", "2784x1472"), ("4224x6403", "1664x2496"), ("17455x8450", "2944x1408"),
        ("12541x7283", "2688x1536"),
        // Rounding and cutting down differ.
        ("79x34", "3104x1344"), ("31x4", "5696x736"), ("1390x490", "3424x1216"), ("715x8137", "576x6880"),
    ])
    func `a kept ratio is resized as the model does it`(input: String, expected: String) throws {
        let size = try #require(PixelSize(parsing: input))
        let output = try Self.planner.output(.keepAspect, width: size.width, height: size.height)
        #expect(output.description == expected)
    }

    @Test(arguments: ["1x4227", "9000x1", "7x30000"])
    func `a picture too thin to keep is an error`(input: String) throws {
        let size = try #require(PixelSize(parsing: input))
        #expect(throws: SizePlanningError.tooThin(size)) {
            try Self.planner.output(.keepAspect, width: size.width, height: size.height)
        }
    }

    @Test func `a width of 0 is a ratio and a height of 0 is none`() throws {
        #expect(try Self.planner.output(.closestRatio, width: 0, height: 100).description == "1312x3104")
        #expect(throws: SizePlanningError.noRatio(width: 100, height: 0)) {
            try Self.planner.output(.closestRatio, width: 100, height: 0)
        }
        #expect(throws: SizePlanningError.noRatio(width: 0, height: 0)) {
            try Self.planner.output(.closestRatio, width: 0, height: 0)
        }
    }

    @Test func `sides up to the largest a file can declare do not trap`() throws {
        let side = PixelSize.maximumSide
        #expect(try Self.planner.output(.keepAspect, width: side, height: side).description == "2048x2048")
        #expect(throws: SizePlanningError.self) { try Self.planner.output(.keepAspect, width: side, height: 1) }
        #expect(throws: SizePlanningError.self) { try Self.planner.output(.keepAspect, width: 1, height: side) }
        #expect(try Self.planner.output(.closestRatio, width: side, height: 1).description == "3104x1312")
    }
}
