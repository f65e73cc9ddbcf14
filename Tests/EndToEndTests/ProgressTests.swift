import Fixtures
import Foundation
import TestSupport
import Testing

/// What a person sees of a verb that takes its time.
struct ProgressTests {
    private static let count = 3000
    private static let width = 72

    /// A library beside a folder of many small pictures that differ.
    private static func withPictures(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            let picture = try Fixtures.data("images/jpeg/gray.jpg")
            for number in 0..<count {
                let inner = "\(folder)/pictures/\(number / 100)"
                if number % 100 == 0 {
                    try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
                }
                let bytes = Data(picture) + Data("\(number)".utf8)
                try bytes.write(to: URL(fileURLWithPath: "\(inner)/picture number \(number).jpg"))
            }
            try await body(program, folder)
        }
    }

    @Test func `a person sees a bar that moves, whole results beside it, and a clean end`() async throws {
        try await Self.withPictures { program, folder in
            let (status, sent) = try await program.runOnTerminal(["import", "pictures"], width: Self.width)
            #expect(status == 0)
            var screen = TerminalScreen(width: Self.width)
            var bars: [Int] = []
            var counted: [String] = []
            for piece in sent {
                screen.take(piece.bytes)
                let row = screen.currentRow
                // A piece may end inside a line; a whole one ends with what erases the rest of the row.
                guard row.hasPrefix("importing"), piece.bytes.ends(with: "\u{1B}[K".utf8) else { continue }
                if let bar = row.split(separator: "]").first?.split(separator: "[").last, row.contains("[") {
                    // In per cent: a longer estimate of the time that is left makes the bar shorter.
                    bars.append(bar.count { $0 == "=" || $0 == ">" } * 100 / max(1, bar.count))
                }
                if let range = row.range(of: #"[0-9,]+ of 3,000 files"#, options: .regularExpression) {
                    counted.append(String(row[range]))
                }
                #expect(screen.cursor < Self.width)
            }
            #expect(Set(counted).count > 4, "\(counted)")
            // The same share of two lengths can differ by the width of a cell.
            let isMoving = zip(bars, bars.dropFirst()).allSatisfy { $1 >= $0 - 15 }
            #expect(isMoving && Set(bars).count > 3 && bars.first ?? 0 < bars.last ?? 0, "\(bars)")
            #expect(screen.unknown.isEmpty, "\(screen.unknown)")
            // Each picture has a whole row or, where its path is longer than the terminal is wide, goes on in the next.
            let text = screen.text
            #expect(text.count { $0.contains("  new    ") } == Self.count)
            #expect(!text.contains { $0.contains("importing") }, "a line of progress was left behind")
            #expect(text.suffix(2) == ["3000 new images, 0 already in library", ""], "\(text.suffix(3))")
            #expect(screen.cursor == 0)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test func `an interrupted verb leaves a clean line, and a narrow terminal no wrapped one`() async throws {
        try await Self.withPictures { program, folder in
            var program = program
            program.environment["NO_COLOR"] = "1"
            let (status, sent) = try await program.runOnTerminal(
                ["import", "pictures", "--json"], width: 40,
                whileRunning: { sent, id in
                    if String(decoding: sent, as: UTF8.self).contains("of 3,000 files") { kill(id, SIGINT) }
                })
            #expect(status == 130)
            var screen = TerminalScreen(width: 40)
            for piece in sent {
                let wraps = screen.wrapCount
                screen.take(piece.bytes)
                if screen.currentRow.hasPrefix("importing") {
                    #expect(screen.wrapCount == wraps || piece.bytes.count > 200)
                }
            }
            #expect(
                !screen.text.contains { $0.contains("importing") } && screen.cursor == 0, "\(screen.text.suffix(3))")
            #expect(!String(decoding: sent.flatMap(\.bytes), as: UTF8.self).contains("\u{1B}[3"))
            try await TestLibrary.expectSound(folder + "/library", afterKill: true)
        }
    }

    @Test func `a pipe gets the results and the summary, and nothing that moves`() async throws {
        try await Self.withPictures { program, _ in
            let outcome = try await program.run("import", "pictures")
            #expect(outcome.status == 0)
            #expect(outcome.errors == "3000 new images, 0 already in library\n", "\(outcome.errors)")
            #expect(!outcome.output.contains("\u{1B}") && !outcome.output.contains("\r"))
            let verified = try await program.run("verify")
            #expect(!verified.errors.contains("\r") && verified.output.isEmpty)
        }
    }

    @Test func `what is over in half a second shows no line at all`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder)
            let (status, sent) = try await program.runOnTerminal(["size", "640x480"], width: 80)
            #expect(status == 0)
            #expect(!sent.flatMap(\.bytes).contains(0x1B))
        }
    }
}

extension [UInt8] {
    fileprivate func ends(with bytes: some Collection<UInt8>) -> Bool { suffix(bytes.count).elementsEqual(bytes) }
}
