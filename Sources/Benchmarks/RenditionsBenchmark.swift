import ArgumentParser
import AssetModel
import CTurboJPEG
import Foundation
import ImageInspection
import ImageRendering
import Synchronization

/// Thumbnails of large pictures, beside vipsthumbnail, Pillow and ImageMagick, and beside libjpeg-turbo that only decodes.
struct RenditionsBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renditions",
        abstract: "Thumbnails of 24-megapixel JPEGs and 2048x2048 PNGs, beside other makers.",
        discussion: """
            Whole processes, everything in each round, files per second of processor time: two processors make twice as many. Ours makes 512 and
            256 pixels, placeholder, colours and fingerprint in one; the others one size, or both where it says so.

            Example: swift run -c release atelier-bench renditions --rounds 5
            """)

    @Option(help: "How many pictures of each kind.")
    var pictures = 12

    @Option(help: "How many rounds; everything runs in each.")
    var rounds = 5

    @Option(help: "The Python that has Pillow.")
    var python = "python3"

    /// One who makes thumbnails.
    private struct Maker {
        let name: String
        let program: String
        /// The words for some files.
        let arguments: ([String], _ output: String) -> [String]
        var isForJPEGOnly = false
    }

    func run() throws {
        let scratch = NSTemporaryDirectory() + "atelier-bench-\(UInt32.random(in: 1...999_999))"
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        try FileManager.default.createDirectory(atPath: scratch + "/out", withIntermediateDirectories: true)
        let makers = makers.filter { maker in
            guard maker.program != CommandLine.arguments[0] else { return true }
            let question = maker.program == python ? ["-c", "import PIL"] : ["--version"]
            return (try? Run(maker.program, question)) != nil
        }
        print("\(Machine.description); load \(Machine.load); \(pictures) files, \(rounds) rounds, medians\n")
        for kind in RenditionCorpus.Kind.allCases {
            let files = try RenditionCorpus.write(kind, pictures, to: "\(scratch)/\(kind.ending)")
            let chosen = makers.filter { kind == .jpeg || !$0.isForJPEGOnly }
            var seconds = [Series](repeating: Series(), count: chosen.count)
            var peaks = [Double](repeating: 0, count: chosen.count)
            for _ in 0..<rounds {
                for (index, maker) in chosen.enumerated() {
                    let run = try Run(maker.program, maker.arguments(files, scratch + "/out"))
                    seconds[index].add(run.processorSeconds)
                    peaks[index] = max(peaks[index], run.peakMegabytes)
                }
            }
            table(kind, chosen, seconds, peaks, byteCount: try Self.byteCount(files))
        }
    }

    private func table(
        _ kind: RenditionCorpus.Kind, _ makers: [Maker], _ seconds: [Series], _ peaks: [Double], byteCount: Int
    ) {
        let vips = [512, 256].map { side in makers.firstIndex { $0.name == "vipsthumbnail, \(side)" } }
        let alone = makers.firstIndex { $0.isForJPEGOnly }
        print(
            "| \(kind.rawValue), \(byteCount / pictures / 100_000 * 100) KB each | files per CPU-second | of vipsthumbnail's 512 | of its 256 | of the decoding alone | peak |"
        )
        print("|---|---|---|---|---|---|")
        for (index, maker) in makers.enumerated() {
            func ratio(_ other: Int?) -> String {
                guard let other else { return "" }
                return String(format: "%.2f", seconds[other].median / seconds[index].median)
            }
            let rate = String(format: "%.1f", Double(pictures) / seconds[index].median)
            let ratios = (vips + [alone]).map(ratio).joined(separator: " | ")
            print("| \(maker.name) | \(rate) | \(ratios) | \(Int(peaks[index])) MB |")
        }
        print("")
    }

    private var makers: [Maker] {
        let bench = CommandLine.arguments[0]
        var makers = [
            Maker(
                name: "Atelier, 512 and 256, one thread", program: bench,
                arguments: { files, _ in
                    ["draw-thumbnails", "--threads", "1"] + files
                }),
            Maker(
                name: "Atelier, 512 and 256, two threads", program: bench,
                arguments: { files, _ in
                    ["draw-thumbnails", "--threads", "2"] + files
                }),
            Maker(
                name: "libjpeg-turbo, decoding at 1/8 alone", program: bench,
                arguments: { files, _ in
                    ["draw-thumbnails", "--eighth"] + files
                }, isForJPEGOnly: true),
        ]
        for side in [512, 256] {
            makers.append(
                Maker(
                    name: "vipsthumbnail, \(side)", program: "vipsthumbnail",
                    arguments: { files, output in
                        ["--size", "\(side)", "-o", "\(output)/%s-\(side).jpg[Q=82]"] + files
                    }))
        }
        makers.append(
            Maker(
                name: "Pillow, 512 and 256", program: python,
                arguments: { files, output in
                    ["-c", Self.pillow, output] + files
                }))
        makers.append(
            Maker(
                name: "ImageMagick, 512", program: "convert",
                arguments: { files, output in
                    ["-define", "jpeg:size=512x512"] + files + [
                        "-thumbnail", "512x512", "-quality", "82", "\(output)/magick.jpg",
                    ]
                }))
        return makers
    }

    private static let pillow = """
        import sys
        from PIL import Image
        for number, path in enumerate(sys.argv[2:]):
            with Image.open(path) as picture:
                picture.draft('RGB', (512, 512))
                picture.thumbnail((512, 512))
                picture.convert('RGB').save(f'{sys.argv[1]}/pillow-{number}.jpg', quality=82)
                picture.thumbnail((256, 256))
                picture.convert('RGB').save(f'{sys.argv[1]}/pillow-{number}-256.jpg', quality=82)
        """

    private static func byteCount(_ files: [String]) throws -> Int {
        try files.reduce(0) { sum, path in
            sum + (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0)
        }
    }
}

/// What the benchmark runs as a program of its own.
struct DrawThumbnailsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw-thumbnails", abstract: "Make the thumbnails of files and throw them away.",
        shouldDisplay: false)

    @Flag(help: "Only decode JPEGs at an eighth.") var eighth = false
    @Option(help: "How many at once.") var threads = 1
    @Argument(help: "The files.") var files: [String]

    func run() throws {
        let next = Mutex(0)
        let failures = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            while true {
                let index = next.withLock { value in
                    defer { value += 1 }
                    return value
                }
                guard index < files.count else { return }
                if (try? eighth ? Self.decode(files[index]) : Self.draw(files[index])) == nil {
                    failures.withLock { $0 += 1 }
                }
            }
        }
        if failures.withLock({ $0 }) > 0 { throw ExitCode.failure }
    }

    private static func draw(_ path: String) throws {
        let facts = try ImageInspector().inspect(fileAt: path)
        _ = try Thumbnailer().look(ofFileAt: path, facts)
    }

    private static func decode(_ path: String) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        guard let turbo = tjInitDecompress() else { throw ExitCode.failure }
        defer { tjDestroy(turbo) }
        let isDone = data.withUnsafeBytes { bytes in
            let start = bytes.bindMemory(to: UInt8.self).baseAddress
            var (width, height, sampling, colours): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
            guard tjDecompressHeader3(turbo, start, UInt(bytes.count), &width, &height, &sampling, &colours) == 0
            else { return false }
            (width, height) = ((width + 7) / 8, (height + 7) / 8)
            var pixels = [UInt8](repeating: 0, count: Int(width * height) * 3)
            return tjDecompress2(
                turbo, start, UInt(bytes.count), &pixels, width, 0, height, Int32(TJPF_RGB.rawValue), 0) == 0
        }
        if !isDone { throw ExitCode.failure }
    }
}
