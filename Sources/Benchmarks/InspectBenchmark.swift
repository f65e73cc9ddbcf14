import ArgumentParser
import CHeaderLoop
import Foundation

/// Reading the headers of all pictures in a folder, beside a loop that only opens, reads 4 KiB and closes, and beside
/// other readers, whose answers are compared.
struct InspectBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect", abstract: "Headers of a folder's pictures, beside a C loop and other readers.",
        discussion: """
            What is right says the folder's manifest.json, as in fixtures/images, else Pillow.

            Examples:
              swift run -c release atelier-bench inspect ~/Pictures
              swift run -c release atelier-bench inspect fixtures/images --copies 10000
              swift run -c release atelier-bench inspect --made 10000
            """)

    @Argument(help: "A folder of pictures; the larger, the less a program's start counts.")
    var folder: String?

    @Option(help: "Number of pictures to make instead: PNG, JPEG and WebP of 64 to 2048 pixels, most with an infotext.")
    var made: Int?

    @Option(help: "Number of copies of the folder's pictures to work on, 500 to a folder.")
    var copies: Int?

    @Option(help: "How many rounds; everything runs in each.")
    var rounds = 3

    func run() throws {
        guard (folder == nil) != (made == nil) else { throw ValidationError("name a folder, or --made with a number") }
        let scratch = NSTemporaryDirectory() + "atelier-bench-\(UInt32.random(in: 1...999_999))"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        var paths: [String] = []
        var truth: [String: HeaderReader.Answer]?
        var root = scratch + "/copies"
        if let made {
            var corpus = PictureCorpus()
            let pictures = try corpus.write(made, to: root)
            paths = pictures.map(\.path)
            truth = Dictionary(
                uniqueKeysWithValues: pictures.map {
                    ($0.path, HeaderReader.Answer(width: $0.width, height: $0.height, orientation: $0.orientation))
                })
        } else if let folder {
            let source = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
            paths = try Self.files(in: source)
            guard !paths.isEmpty else { throw ValidationError("\(folder) holds no pictures") }
            truth = Self.truth(in: source)
            if let copies {
                (paths, truth) = try Self.copy(paths, truth, times: copies, to: root)
            } else {
                root = source
            }
        }
        let list = scratch + "/list"
        try Data(paths.joined(separator: "\0").utf8 + [0]).write(to: URL(fileURLWithPath: list))
        let setup = "DIR='\(root)' LIST='\(list)' ATELIER='\(Run.atelier)'; "

        // Others look at pixels too, which made pictures do not have.
        let readers = HeaderReader.all.filter {
            (made == nil || $0.isOurs) && (try? Run("sh", ["-c", $0.isThere])) != nil
        }
        var loop = Series()
        _ = Self.loop(paths)
        var times = [Series](repeating: Series(), count: readers.count)
        var peaks = [Double](repeating: 0, count: readers.count)
        for _ in 0..<rounds {
            loop.add(Self.loop(paths))
            for (index, reader) in readers.enumerated() {
                // Some files may be broken, which is no failure of the run.
                let run = try Run("sh", ["-c", setup + reader.command + " > '\(scratch)/\(index)'; true"])
                times[index].add(run.seconds)
                peaks[index] = max(peaks[index], run.peakMegabytes)
            }
        }
        let answers = readers.enumerated().map { index, reader in
            reader.answers((try? String(contentsOfFile: "\(scratch)/\(index)", encoding: .utf8)) ?? "")
        }
        let expected = truth ?? answers[readers.firstIndex { $0.name.hasPrefix("Pillow") } ?? 0]

        print("\(paths.count) files, \(rounds) rounds; whole processes, seconds as median (smallest–largest)")
        print(
            "right: size, and orientation where it is told, as the manifest or Pillow says, of \(expected.count) files")
        Self.row("", "seconds", "files/s", "C loop", "peak", "right")
        Self.row("C: open, read 4 KiB, close, 2 threads", loop.text, Self.rate(paths, loop), "1.00", "", "")
        for (index, reader) in readers.enumerated() {
            let right = expected.filter { path, fact in
                guard let answer = answers[index][path] else { return false }
                return answer.width == fact.width && answer.height == fact.height
                    && answer.orientation ?? fact.orientation == fact.orientation
            }.count
            Self.row(
                reader.name, times[index].text, Self.rate(paths, times[index]),
                String(format: "%.3f", loop.median / times[index].median), "\(Int(peaks[index])) MB",
                answers[index].isEmpty ? "" : "\(right)")
        }
    }

    /// What the fixtures' own manifest says, when the folder has one.
    private static func truth(in root: String) -> [String: HeaderReader.Answer]? {
        struct Entry: Decodable {
            struct Facts: Decodable {
                let size: String
                let orientation: Int
            }
            let file: String
            let facts: Facts?
        }
        guard let data = FileManager.default.contents(atPath: root + "/manifest.json"),
            let entries = try? JSONDecoder().decode([Entry].self, from: data)
        else { return nil }
        var expected: [String: HeaderReader.Answer] = [:]
        for entry in entries {
            guard let facts = entry.facts else { continue }
            let sides = facts.size.split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2 else { continue }
            expected["\(root)/\(entry.file)"] = HeaderReader.Answer(
                width: sides[0], height: sides[1], orientation: facts.orientation)
        }
        return expected
    }

    /// Copies the files in turn up to a number, with what is true of each.
    private static func copy(
        _ paths: [String], _ truth: [String: HeaderReader.Answer]?, times count: Int, to folder: String
    ) throws -> ([String], [String: HeaderReader.Answer]?) {
        var copies: [String] = []
        var truthOfCopies: [String: HeaderReader.Answer] = [:]
        for number in 0..<count {
            let path = paths[number % paths.count]
            let home = "\(folder)/\(number / 500)"
            if number % 500 == 0 {
                try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
            }
            let copy = "\(home)/\(number).\(URL(fileURLWithPath: path).pathExtension)"
            try FileManager.default.copyItem(atPath: path, toPath: copy)
            copies.append(copy)
            truthOfCopies[copy] = truth?[path]
        }
        return (copies, truth == nil ? nil : truthOfCopies)
    }

    private static func files(in root: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: root).sorted().map { "\(root)/\($0)" }.filter { path in
            let kind = (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
            return kind == .typeRegular && !path.contains("/.") && !path.hasSuffix(".json") && !path.hasSuffix(".swift")
        }
    }

    private static func loop(_ paths: [String]) -> Double {
        var words: [UnsafePointer<CChar>?] = paths.map { path in strdup(path).map { UnsafePointer($0) } ?? nil }
        defer { for word in words { free(UnsafeMutablePointer(mutating: word)) } }
        var bytes = 0
        return header_loop(&words, words.count, 2, &bytes)
    }

    private static func rate(_ paths: [String], _ series: Series) -> String {
        "\(Int(Double(paths.count) / series.median))"
    }

    private static func row(_ name: String, _ columns: String...) {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(1, width - text.count))
        }
        print(padded(name, 40) + zip(columns, [24, 10, 8, 9, 7]).map { padded($0, $1) }.joined())
    }
}
