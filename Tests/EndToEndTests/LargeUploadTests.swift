import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

/// Files that go in parts, with the built program.
struct LargeUploadTests {
    @Test func `killed in the middle and run again, an upload sends only the missing parts`() async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try Self.writeLargePicture(folder + "/large.png")
            _ = try await program.run("init")
            #expect(try await program.run("import", "large.png").status == 0)
            let log = folder + "/log.jsonl"
            // Five parts are answered. The four that go out next are not, so every lane waits and nothing can finish.
            try await program.withSandbox(["--log", log, "--fault", "part:stall:5"]) { program in
                let upload = try program.start(["upload", "large.png", "--json"])
                try await RequestLog.wait(log) { $0.parts(answered: false).count == 4 }
                upload.signal(SIGKILL)
                #expect(try await upload.outcome().status == 128 + SIGKILL)
                let answered = try RequestLog(log).parts()
                #expect(answered.count == 5 && Set(answered).isSubset(of: (1...9).map(String.init)))

                let again = try await program.run("upload", "large.png", "--json")
                #expect(again.status == 0, "\(again.errors)")
                let url = try again.objects().first?["url"]?.text
                let reused = try await program.run("upload", "large.png", "--json").objects().first
                #expect(reused?["new"] == .bool(false) && reused?["url"]?.text == url)
            }
            // The answer to the last part may have come just before the end, too late to be written down: it may go twice.
            let parts = try RequestLog(log).parts()
            #expect(Set(parts).count == 11)
            #expect(11...12 ~= parts.count, "\(parts)")
            let announced = try RequestLog(log).lines.filter {
                $0["path"]?.text?.hasSuffix("/initiate-multipart") == true
            }
            #expect(announced.count == 1)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    /// A picture of 105 MB: readers stop at its end, and what follows are zeros that take no room on the disk.
    private static func writeLargePicture(_ path: String) throws {
        try FileManager.default.copyItem(atPath: Fixtures.path("images/demo/mug.png"), toPath: path)
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.truncate(atOffset: 110_000_000)
        try file.close()
    }
}

extension RequestLog {
    /// The numbers of the parts that the sandbox took, or of those that it left without an answer, in order.
    fileprivate func parts(answered: Bool = true) -> [String] {
        lines.compactMap { line in
            guard line["method"] == .string("PUT"), line["status"]?.int == (answered ? 200 : nil) else { return nil }
            return line["path"]?.text?.split(separator: "/").last.map(String.init)
        }
    }
}
