import ArgumentParser
import Foundation

/// A search as people do it: a whole process, from start to answer.
struct SearchBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search", abstract: "A search as a whole process, beside the start of a program that does nothing."
    )

    @Option(help: "How many assets the library has.")
    var assets = 1000

    @Option(help: "How many rounds.")
    var rounds = 21

    func run() throws {
        let folder = FileManager.default.currentDirectoryPath + "/.build-bench-\(UInt32.random(in: 1...999_999))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Workload.write(assets, kilobytes: 20, to: folder + "/source")
        let library = folder + "/library"
        try Run(Run.atelier, ["init", library])
        try Run(Run.atelier, ["import", folder + "/source", "-L", library])
        var (empty, version, search) = (Series(), Series(), Series())
        for _ in 0..<rounds {
            empty.add(try Run("/bin/true", []).seconds)
            version.add(try Run(Run.atelier, ["--version"]).seconds)
            search.add(try Run(Run.atelier, ["search", "cat", "-L", library]).seconds)
        }
        print("\(assets) assets, \(rounds) rounds; seconds as median (smallest–largest)")
        print("true                 \(empty.text)")
        print("atelier --version    \(version.text)")
        print("atelier search cat   \(search.text)")
    }
}
