import ArgumentParser
import Foundation

/// Taking files in, beside `cp -r` and `sha256sum` over the copies: the same reading, writing and hashing, without the
/// syncs that make an import survive a power cut.
struct ImportBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import of many files, beside cp -r and sha256sum.")

    @Option(help: "How many files.")
    var files = 1000

    @Option(help: "Their size on average, in kilobytes.")
    var kilobytes = 124

    @Option(help: "How many rounds; both sides run in each.")
    var rounds = 5

    @Option(help: "Where to work (default: a new folder beside this one).")
    var folder: String?

    func run() throws {
        let folder =
            folder ?? FileManager.default.currentDirectoryPath + "/.build-bench-\(UInt32.random(in: 1...999_999))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Workload.write(files, kilobytes: kilobytes, to: folder + "/source")
        var (copies, hashes, imports, ratios) = (Series(), Series(), Series(), Series())
        var peak = 0.0
        for round in 0..<rounds {
            let (copy, library) = ("\(folder)/copy\(round)", "\(folder)/library\(round)")
            let copied = try Run("cp", ["-r", folder + "/source", copy]).seconds
            let hashed = try Run("sh", ["-c", "find '\(copy)' -type f -print0 | xargs -0 sha256sum"]).seconds
            try Run(Run.atelier, ["init", library])
            let imported = try Run(Run.atelier, ["import", folder + "/source", "-L", library, "--no-fingerprints"])
            copies.add(copied)
            hashes.add(hashed)
            imports.add(imported.seconds)
            ratios.add(imported.seconds / (copied + hashed))
            peak = max(peak, imported.peakMegabytes)
            for path in [copy, library] { try FileManager.default.removeItem(atPath: path) }
        }
        print("\(files) files of about \(kilobytes) kB, \(rounds) rounds; seconds as median (smallest–largest)")
        print("cp -r                          \(copies.text)")
        print("sha256sum of the copies        \(hashes.text)")
        print("atelier import, durable        \(imports.text)   \(Int(Double(files) / imports.median)) files/s")
        print("import / (cp -r + sha256sum)   \(ratios.text)")
        print("peak memory                    \(Int(peak)) MB")
    }
}
