import Foundation
package import Testing

/// How often the tests attack: kills at many points, damaged files, faults that are waited out.
///
/// By default as often as fits in three minutes. `ATELIER_TEST_ATTACKS=full`, which `.ci/run` sets, asks for all of it.
package enum Attacks {
    /// Whether tests may have the machine to themselves, which browsers and tests of slow clients need: `ATELIER_TEST_ALONE`, which `.ci/run` sets
    /// for a run of these alone.
    package static let areAlone = ProcessInfo.processInfo.environment["ATELIER_TEST_ALONE"] != nil
    /// What is said of a test that is skipped for that.
    package static let needsToBeAlone: Comment =
        "needs the machine to itself: set ATELIER_TEST_ALONE and run it by --filter"

    /// Whether the full counts were asked for.
    package static let areFull = ProcessInfo.processInfo.environment["ATELIER_TEST_ATTACKS"] == "full"

    /// One of two counts, and a note of it in the file that `ATELIER_TEST_REPORT` names, when it does.
    package static func count(_ kind: String, _ few: Int, full: Int) -> Int {
        let count = areFull ? full : few
        report(kind, count)
        return count
    }

    /// Notes how many attacks of a kind were made, one line each.
    package static func report(_ kind: String, _ count: Int) {
        guard let path = ProcessInfo.processInfo.environment["ATELIER_TEST_REPORT"],
            let file = FileHandle(forWritingAtPath: path)
        else { return }
        defer { try? file.close() }
        _ = try? file.seekToEnd()
        try? file.write(contentsOf: Data("\(count) \(kind)\n".utf8))
    }
}
