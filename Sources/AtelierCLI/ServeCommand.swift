import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON
import WebGallery

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Open the library in a browser: the gallery, its API, and fal's webhooks.",
        discussion: """
            Listens on 127.0.0.1 until interrupted. The address that it prints has a token in it: it opens the gallery in a browser on this machine, and no other program or site gets in without it.

            The API under /api/v1 is what the page uses, and programs can: /api/v1/openapi.json describes it, and they send the token as `Authorization: Bearer`. At most 64 connections, headers of 64 KB, JSON of 4 MB and files of 512 MB are taken. The connection is not encrypted: with --listen, use it in a network that you trust.

            fal's webhooks arrive at /webhooks/fal through a tunnel of your choice, whose address you give to the run with --webhook. A delivery must carry fal's signature. It is answered at once, and the result is then fetched from fal's queue. `atelier resume` collects what was interrupted.

            Examples:
              atelier serve --open
              atelier serve --port 8790 --read-only
              atelier serve --listen 192.168.1.20
              cloudflared tunnel --url http://127.0.0.1:8790
              atelier edit "on marble" --ref mug.png --webhook https://NAME/webhooks/fal
            """)

    @Flag(help: "Open the gallery in the browser.")
    var open = false
    @Flag(help: "Show everything and change nothing.")
    var readOnly = false
    @Option(
        help: ArgumentHelp(
            "The port; 0 picks a free one (default: the same one each time for this library).", valueName: "port"))
    var port: Int?
    @Option(
        help: ArgumentHelp(
            "Listen on this address of the machine instead of 127.0.0.1, so that others on the network can open the gallery with the address and its token.",
            valueName: "address"))
    var listen: String?

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if let port, !(0...65535 ~= port) { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        let output = outputs.output
        do {
            try await RemoteOptions.withLibraryAndEnvironment(libraryOptions) { library, remote in
                try await GalleryStage.with(library, remote, isReadOnly: readOnly) { gallery in
                    try await GalleryStage.serve(
                        gallery, on: listen, port: port, opening: open, output,
                        report: { Self.show($0, library, output) })
                }
            }
        } catch is CancellationError {
            // Interrupting is how it ends.
        }
    }

    // MARK: - One delivery

    /// One line for people, one object for programs. A reader that has gone is no reason to stop.
    private static func show(_ report: WebhookReport, _ library: Library, _ output: Output) {
        let about = report.requestID.map { "fal's request \($0)" } ?? "status \(report.status)"
        let line = "webhook, \(about): \(sentence(report.outcome))"
        // What is said to a person who looks after a script stands beside its objects.
        if output.isJSON { Console.note(line) }
        try? output.item(report.json(in: library), line)
    }

    private static func sentence(_ outcome: WebhookReport.Outcome) -> String {
        switch outcome {
        case .turnedAway(let error): error.message
        case .underWay(let run): "\(run.id) is already being collected"
        case .interrupted: "interrupted; `atelier resume` collects it"
        case .taken(.unknownRequest): "no run of this library has this request"
        case .taken(.elsewhere(let run)): "\(run.id) belongs to \(run.host), which is not the account or server in use"
        case .taken(.alreadyEnded(let run)): "\(run.id) had already ended, \(run.stateName)"
        case .taken(.failed(_, let error)): error.message
        case .taken(.finished(let edit)):
            "\(edit.run.id), \(Phrase.count(edit.run.outputs.count, "image"))"
        }
    }
}
