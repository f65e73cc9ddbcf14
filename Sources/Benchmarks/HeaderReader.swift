import Foundation

/// A program that tells the size of pictures, run as a whole process over a folder.
struct HeaderReader: Sendable {
    /// What the table calls it.
    let name: String
    /// A shell command that succeeds where it is installed.
    let isThere: String
    /// A shell command that writes its answers; `$DIR`, `$LIST` (the files, each ended by a zero) and `$ATELIER` are set.
    let command: String
    /// Whether it is this project's.
    var isOurs: Bool { name.hasPrefix("atelier") }
    /// The answers in its output: by path, stored size and, where it tells one, EXIF orientation.
    let answers: @Sendable (String) -> [String: Answer]

    /// What it said about one file.
    struct Answer: Equatable, Sendable {
        let width: Int
        let height: Int
        /// Nil when the program tells none.
        let orientation: Int?
    }

    /// Ours, then those of others.
    static let all = [
        HeaderReader(
            name: "atelier inspect", isThere: "true", command: "\"$ATELIER\" inspect \"$DIR\"", answers: { _ in [:] }),
        HeaderReader(
            name: "atelier inspect --json", isThere: "true", command: "\"$ATELIER\" inspect --json \"$DIR\"",
            answers: jsonAnswers),
        HeaderReader(
            name: "Pillow, 2 processes", isThere: "python3 -c 'import PIL'",
            command: "python3 -c '\(pillow)' \"$LIST\"", answers: lineAnswers),
        HeaderReader(
            name: "imagesize", isThere: "python3 -c 'import imagesize'",
            command: "python3 -c '\(imagesize)' \"$LIST\"", answers: lineAnswers),
        HeaderReader(
            name: "exiftool -fast2", isThere: "exiftool -ver",
            command:
                "exiftool -fast2 -n -q -m -f -r -p '$ImageWidth $ImageHeight $Orientation $Directory/$FileName' \"$DIR\"",
            answers: lineAnswers),
        HeaderReader(
            name: "vipsheader, 2 processes", isThere: "vipsheader --version",
            command: "xargs -0 -n 500 -P 2 vipsheader < \"$LIST\"", answers: vipsAnswers),
        HeaderReader(
            name: "identify -ping, 2 processes", isThere: "identify -version",
            command: "xargs -0 -n 500 -P 2 identify -ping -format '%w %h - %d/%f\\n' < \"$LIST\"", answers: lineAnswers),
    ]

    private static let pillow = """
        import sys, warnings
        from multiprocessing import Pool
        from PIL import Image
        warnings.simplefilter("ignore")
        def look(path):
            try:
                with Image.open(path) as p:
                    o = p.getexif().get(0x112, 1)
                    o = o if o in range(1, 9) else 1
                    return "%d %d %d %s" % (p.size[0], p.size[1], o, path)
            except Exception: return None
        if __name__ == "__main__":
            with open(sys.argv[1], "rb") as list: paths = [p.decode() for p in list.read().split(b"\\0") if p]
            with Pool(2) as pool:
                for line in pool.imap(look, paths, 64):
                    if line: print(line)
        """

    private static let imagesize = """
        import sys, imagesize
        with open(sys.argv[1], "rb") as list: paths = [p.decode() for p in list.read().split(b"\\0") if p]
        for path in paths:
            try: print("%d %d - %s" % (*imagesize.get(path), path))
            except Exception: pass
        """

    /// `width height orientation path`, one file a line; of several frames the first counts.
    @Sendable private static func lineAnswers(_ output: String) -> [String: Answer] {
        var answers: [String: Answer] = [:]
        for line in output.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 3)
            guard words.count == 4, let width = Int(words[0]), let height = Int(words[1]), width > 0 else { continue }
            let path = String(words[3])
            // A dash is exiftool's word for "none", which means upright; the others do not tell.
            let orientation = Int(words[2])
            if answers[path] == nil {
                answers[path] = Answer(width: width, height: height, orientation: orientation)
            }
        }
        return answers
    }

    /// `path: 640x480 uchar, 3 bands, srgb, pngload`.
    @Sendable private static func vipsAnswers(_ output: String) -> [String: Answer] {
        var answers: [String: Answer] = [:]
        for line in output.split(separator: "\n") {
            guard let colon = line.range(of: ": ", options: .backwards) else { continue }
            let sides = line[colon.upperBound...].prefix { $0 != " " }.split(separator: "x").compactMap { Int($0) }
            guard sides.count == 2 else { continue }
            answers[String(line[..<colon.lowerBound])] = Answer(width: sides[0], height: sides[1], orientation: nil)
        }
        return answers
    }

    @Sendable private static func jsonAnswers(_ output: String) -> [String: Answer] {
        struct Line: Decodable {
            let path: String
            let width: Int?
            let height: Int?
            let orientation: Int?
        }
        var answers: [String: Answer] = [:]
        for line in output.split(separator: "\n") {
            guard let line = try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), let width = line.width,
                let height = line.height
            else { continue }
            answers[line.path] = Answer(width: width, height: height, orientation: line.orientation)
        }
        return answers
    }
}
