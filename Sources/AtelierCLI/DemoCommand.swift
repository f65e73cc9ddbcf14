import ArgumentParser
import AssetLibrary
import AssetModel
import DemoPictures
import FalSandbox
import Foundation
import LibraryJSON

struct DemoCommand: AsyncParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "The main job on sample pictures: offline, free, in a new library.",
        discussion: """
            Makes a library in the temporary folder and leaves it there, so that you can look around in it.

            Example: atelier demo
            """)

    @Option(help: ArgumentHelp("An empty folder for the demo (default: a new temporary one).", valueName: "path"))
    var folder: String?

    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let folder = folder.map(LibraryOptions.absolute) ?? Self.newFolder()
        let steps = DemoSteps(output: outputs.output, folder: folder)
        try await SandboxServer.withRunning(logger: Console.logger) { address in
            try Library.create(at: steps.library)
            let remote = try Remote.passingSandbox(at: address.url, name: "demo \(address.url)")
            try await Library.withLibrary(at: steps.library, remote: remote, logger: Console.logger) { library in
                try await steps.run(library)
            }
        }
    }

    private static func newFolder() -> String {
        let name = "atelier-demo-\(UInt32.random(in: .min ... .max))"
        return LibraryOptions.absolute(FileManager.default.temporaryDirectory.appendingPathComponent(name).path)
    }
}

/// The main job, step by step, each with the command that does the same.
struct DemoSteps: Sendable {
    let output: Output
    let folder: String

    var library: String { folder + "/library" }

    func run(_ library: Library) async throws {
        let prompt = "put the mug on marble, and let the cat look at it"

        let pictures = try writePictures()
        try step("import the sample pictures as a set", "atelier import \(folder)/pictures --set demo")
        let summary = try await library.importFiles(pictures, set: "demo")
        for digest in summary.assets {
            guard let facts = try await library.asset(digest)?.facts else { continue }
            try say("\(digest.short)  \(facts.format.rawValue) \(facts.displaySize)  \(Phrase.bytes(facts.byteCount))")
        }

        try step(
            "plan: what will come back, before paying",
            "atelier plan \"\(prompt)\" --ref @demo --size landscape_4_3 --seed 7")
        var request = EditRequest(model: EditModels.defaultForEdits, prompt: prompt)
        request.references = try await library.pictures(named: ["@demo"])
        request.seed = 7
        request.size = .preset(.landscape4x3)
        let plan = try await library.plan(request)
        try say("\(plan.size.output), about \(Phrase.dollars(plan.estimatedPrice)) on fal, free here")
        for reason in plan.size.reasons { try say("- \(reason)") }

        try step(
            "edit: upload, submit, download, index",
            "atelier edit \"\(prompt)\" --ref @demo --size landscape_4_3 --seed 7 --sandbox")
        let first = try await library.run(plan)
        try show(first, library)

        try step(
            "edit again: the references are on the server already", "the same with --seed 8, while that sandbox runs")
        request.seed = 8
        try show(try await library.run(try await library.plan(request)), library)

        try step("find it again by a word and by its seed", "atelier search 'marble seed:7'")
        let hits = try await library.search(SearchQuery(parsing: "marble seed:7"))
        for hit in hits {
            let path = library.path(of: hit.asset, hit.facts.format)
            try output.item(
                hit.json(in: library),
                "   \(hit.id)  \(hit.facts.displaySize)  seed \(hit.seed ?? 0)\n   \(path)")
        }
        guard hits.count == 1, hits.first?.generation == first.generation.id else {
            throw LibraryError(.damaged, code: "demo_failed", "the search did not find the picture it should")
        }

        try output.line("\nThe pictures are real files; the cards say SANDBOX because no model ran. Look around:")
        try output.line("   atelier search -L \(library.root)")
        try output.line("   atelier verify -L \(library.root)")
        try output.line("Done with it: rm -r \(folder)")
    }

    private func step(_ title: String, _ command: String) throws {
        try output.line("\n\(title)\n   $ \(command)")
    }

    private func say(_ text: String) throws { try output.line("   \(text)") }

    private func show(_ finished: FinishedEdit, _ library: Library) throws {
        let seed = finished.generation.seed.map { ", seed \($0)" } ?? ""
        for picture in finished.generation.outputs {
            try say(
                "\(picture.facts.storedSize)\(seed), \(Phrase.count(finished.uploadedCount, "upload")), "
                    + "\(finished.reusedCount) reused")
            try say(library.path(of: picture.asset, picture.facts.format))
        }
        for difference in finished.differences { try say("not as asked: \(difference)") }
    }

    private func writePictures() throws -> [String] {
        let pictures = folder + "/pictures"
        do {
            try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: true)
            return try DemoPictures.all.map { picture in
                let path = "\(pictures)/\(picture.name)"
                try Data(picture.bytes).write(to: URL(fileURLWithPath: path))
                return path
            }
        } catch {
            throw LibraryError(.storage, code: "demo_folder", "\(pictures): the sample pictures cannot be written here")
        }
    }
}
