internal import Foundation

/// A browser that people have.
package enum BrowserKind: String, Sendable, CaseIterable, CustomStringConvertible {
    case chromium
    case firefox

    package var description: String { rawValue }

    /// The programs that it needs, in the order in which they are looked for; one of each group must be there.
    private var programs: [[String]] {
        switch self {
        case .chromium: [["chromium", "chromium-browser", "google-chrome"], ["chromedriver"]]
        case .firefox: [["firefox-esr", "firefox"]]
        }
    }

    /// Where its programs lie, or nil when one is missing.
    var paths: [String]? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") + ["/usr/bin"]
        let found = programs.compactMap { names in
            names.lazy.flatMap { name in folders.map { "\($0)/\(name)" } }
                .first { FileManager.default.isExecutableFile(atPath: $0) }
        }
        return found.count == programs.count ? found : nil
    }

    /// Why it cannot be used here, as a sentence; nil when it can.
    package var absence: String? {
        paths == nil
            ? "not tested in \(self): \(programs.map { $0[0] }.joined(separator: " or ")) is not installed" : nil
    }
}
