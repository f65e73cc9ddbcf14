import AssetModel
import Foundation
import TestSupport
import Testing

struct ScriptingArticleTests {
    private static let article = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/AssetLibrary/AssetLibrary.docc/Scripting.md")

    @Test func `the commands of the article on scripting run as printed, and print JSON`() async throws {
        let text = try String(contentsOf: Self.article, encoding: .utf8)
        let commands = text.split(separator: "\n").filter { $0.hasPrefix("atelier ") }.map(String.init)
        #expect(commands.count >= 3)
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            try FileManager.default.createDirectory(atPath: folder + "/photos", withIntermediateDirectories: true)
            try Copies.references(folder + "/photos")
            try await program.withSandbox { program in
                _ = try await program.run("init")
                for command in commands {
                    let outcome = try await program.shell("'$ATELIER'" + command.dropFirst("atelier".count))
                    #expect(outcome.status == 0, "\(command): \(outcome.errors)")
                    let objects = try outcome.objects()
                    #expect(!objects.isEmpty, "\(command)")
                }
            }
            try await TestLibrary.expectSound(folder + "/library")
        }
    }
}
