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
            // Every answer comes late, so that there is a middle to be killed in.
            try await program.withSandbox(["--log", log, "--fault", "delay:300"]) { program in
                let upload = try program.start(["upload", "large.png", "--json"])
                while upload.isRunning, try Self.parts(log).count < 4 {
                    try await Task.sleep(for: .milliseconds(20))
                }
                upload.signal(SIGKILL)
                #expect(try await upload.outcome().status == 128 + SIGKILL)

                let again = try await program.run("upload", "large.png", "--json")
                #expect(again.status == 0, "\(again.errors)")
                let url = try again.objects().first?["url"]?.text
                let reused = try await program.run("upload", "large.png", "--json").objects().first
                #expect(reused?["new"] == .bool(false) && reused?["url"]?.text == url)
            }
            // A part that was under way when the program died has no answer that anyone heard: at most the four that are sent
            // at once go again.
            let parts = try Self.parts(log)
            #expect(Set(parts).count == 11)
            #expect(11...15 ~= parts.count, "\(parts)")
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

    /// The numbers of the parts that the sandbox took, in order.
    private static func parts(_ log: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: log) else { return [] }
        return try RequestLog(log).lines.compactMap { line in
            guard line["method"] == .string("PUT"), line["status"]?.int == 200 else { return nil }
            return line["path"]?.text?.split(separator: "/").last.map(String.init)
        }
    }
}
