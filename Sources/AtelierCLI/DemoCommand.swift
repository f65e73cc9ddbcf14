import ArgumentParser
import AssetLibrary
import AssetModel
import DemoPictures
import FalSandbox
import Foundation
import LibraryJSON
import WebGallery

struct DemoCommand: AsyncParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Try the whole workflow on sample images: offline, free, in a new library.",
        discussion: """
            Creates a library in the temporary folder, or in --folder, which must be empty or new, and leaves it there for you to explore.

            Examples:
              atelier demo
              atelier demo --open
            """)

    @Flag(help: "Then show the library in the gallery, and open it in the browser, until interrupted.")
    var open = false

    @Option(
        help: ArgumentHelp("An empty or new folder for the demo (default: a new temporary folder).", valueName: "path"))
    var folder: String?

    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        let folder = folder.map(LibraryOptions.absolute) ?? Self.newFolder()
        try Self.refuseUsed(folder)
        let steps = DemoSteps(output: outputs.output, folder: folder, isOpened: open)
        do { try await run(steps) } catch is CancellationError where open {
            // Interrupting is how a gallery ends.
        }
    }

    private func run(_ steps: DemoSteps) async throws {
        try await SandboxServer.withRunning(logger: Console.logger) { address in
            try Library.create(at: steps.library)
            let remote = try Remote.ephemeralSandbox(at: address.url, name: "demo \(address.url)")
            try await Library.withLibrary(at: steps.library, logger: Console.logger) { library in
                try await library.withSession(remote) { session in
                    try await steps.run(library, session)
                    guard open else { return }
                    let gallery = Gallery(
                        library: library, fal: nil, sandbox: session, version: Atelier.configuration.version)
                    try await GalleryStage.serve(
                        gallery, on: nil, port: nil, opening: true, outputs.output, report: { _ in })
                }
            }
        }
    }

    /// The demo ends by naming the whole folder to be removed, so nothing of the user's may be in it.
    private static func refuseUsed(_ folder: String) throws(LibraryError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) else { return }
        let isEmpty =
            isFolder.boolValue && (try? FileManager.default.contentsOfDirectory(atPath: folder).isEmpty) == true
        guard isEmpty else {
            throw LibraryError(
                .conflict, code: "demo_folder_not_empty",
                "\(folder): not an empty folder, and the demo needs an empty or new one")
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
    /// Whether the gallery opens afterwards.
    let isOpened: Bool

    var library: String { folder + "/library" }

    func run(_ library: Library, _ session: FalSession) async throws {
        let prompt = "put the mug on marble, and let the cat look at it"

        let pictures = try writePictures()
        try output.line(
            "In a library of its own, with one sandbox for the whole demo:\n   $ export ATELIER_LIBRARY=\(self.library)"
        )
        try step("import the sample images as a set", "atelier import \(folder)/pictures --set demo")
        let summary = try await library.importFiles(pictures, set: "demo")
        for digest in summary.assets {
            guard let facts = try await library.asset(digest)?.facts else { continue }
            try say("\(digest.short)  \(facts.format.rawValue) \(facts.displaySize)  \(Phrase.bytes(facts.byteCount))")
        }

        try step(
            "plan: see the result's size and price before paying",
            "atelier plan \"\(prompt)\" --ref @demo --size landscape_4_3 --seed 7")
        var request = RunRequest(model: EditModels.defaultForEdits, prompt: prompt)
        request.references = try await library.pictures(named: ["@demo"])
        request.seed = 7
        request.size = .preset(.landscape4x3)
        let plan = try await session.plan(request)
        if let estimate = plan.estimate {
            let cost = plan.cost.map { ", about \(Phrase.dollars($0)) on fal, free here" } ?? ""
            try say("\(estimate.size.output)\(cost)")
            for reason in estimate.size.reasons { try say("- \(RemedyText.sentence(reason))") }
        }

        try step(
            "edit: upload, submit, download, index",
            "atelier edit \"\(prompt)\" --ref @demo --size landscape_4_3 --seed 7 --sandbox")
        let first = try await session.run(plan)
        try show(first, library)

        try step(
            "edit again with another seed: the references are still in the sandbox, so nothing is uploaded",
            "atelier edit \"\(prompt)\" --ref @demo --size landscape_4_3 --seed 8 --sandbox")
        request.seed = 8
        try show(try await session.run(try await session.plan(request)), library)

        try step("find it by a word of its prompt and its seed", "atelier search 'marble seed:7'")
        let hits = try await library.search(SearchQuery(parsing: "marble seed:7"))
        for hit in hits {
            let path = library.path(of: hit.asset, hit.facts.format)
            try output.item(
                hit.json(in: library),
                "   \(hit.id)  \(hit.facts.displaySize)  seed \(hit.seed ?? 0)\n   \(path)")
        }
        guard hits.count == 1, hits.first?.generation == first.run.id else {
            throw LibraryError(.damaged, code: "demo_failed", "the search did not find the image it should")
        }

        try output.line("\nThe results are test cards marked SANDBOX, because no model ran. Look around:")
        try output.line("   export ATELIER_LIBRARY=\(library.root)")
        if !isOpened { try output.line("   atelier serve --open") }
        try output.line("   atelier search")
        try output.line("   atelier contactsheet '' sheet.png")
        try output.line("   atelier verify")
        try output.line("Remove it with: rm -r \(folder)")
    }

    private func step(_ title: String, _ command: String) throws {
        try output.line("\n\(title)\n   $ \(command)")
    }

    private func say(_ text: String) throws { try output.line("   \(text)") }

    private func show(_ finished: FinishedRun, _ library: Library) throws {
        let seed = finished.run.seed.map { ", seed \($0)" } ?? ""
        for picture in finished.run.outputs {
            try say(
                "\(picture.facts.storedSize)\(seed), \(Phrase.count(finished.uploadedCount, "upload")), "
                    + "\(finished.reusedCount) reused")
            try say(library.path(of: picture.asset, picture.facts.format))
        }
        for difference in finished.differences { try say("note: \(difference)") }
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
            throw LibraryError(.storage, code: "demo_folder", "\(pictures): the sample images cannot be written here")
        }
    }
}
