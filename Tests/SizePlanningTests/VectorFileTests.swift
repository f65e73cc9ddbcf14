import AssetModel
import Fixtures
import Foundation
import SizePlanning
import Testing

/// The size vectors: inputs, and what the published model's own functions answer, as computed by running them.
struct VectorFileTests {
    private static let shared = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/vectors/snap.csv")

    @Test func `every size vector is answered as the published model answers it`() throws {
        let rows = String(decoding: try Fixtures.data("vectors/snap.csv"), as: UTF8.self).split(separator: "\n")
        #expect(rows.first == "kind,in_w,in_h,out_w,out_h")
        #expect(rows.count == 301)
        let planner = SizePlanner(policy: .hiDreamO1Edit)
        for row in rows.dropFirst() {
            let fields = row.split(separator: ",").map(String.init)
            let (width, height) = (try #require(Int(fields[1])), try #require(Int(fields[2])))
            let isClosest = fields[0] == "closest"
            let output = try? planner.output(isClosest ? .closestRatio : .keepAspect, width: width, height: height)
            #expect(output?.description ?? "errorxerror" == "\(fields[3])x\(fields[4])", "\(row)")
        }
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: shared.path), "there is no list beside the project"))
    func `the list beside the project is the one that is tested here`() throws {
        #expect(try Data(contentsOf: Self.shared) == Fixtures.data("vectors/snap.csv"))
    }
}
