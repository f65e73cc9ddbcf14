import ArgumentParser
import AssetLibrary
import AssetModel
import FalSandbox

struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "A server on this machine that speaks fal's protocol and draws test cards.",
        discussion: """
            Free, offline, and impossible to mistake for work. Runs until it is interrupted.

            Example:
              atelier sandbox --port 8765 &
              ATELIER_FAL_ENDPOINT=http://127.0.0.1:8765 atelier edit "on marble" --ref mug.png
            """)

    @Option(help: ArgumentHelp("The port on 127.0.0.1; 0 takes a free one.", valueName: "port"))
    var port = 0

    @Option(help: ArgumentHelp("Accept only this key, id:secret (default: any).", valueName: "key"))
    var key: String?

    @Option(
        help: ArgumentHelp("Append every request to this file, as JSON Lines; keys are left out.", valueName: "file"))
    var log: String?

    @Option(
        help: ArgumentHelp(
            "Do something wrong, such as storage:503:2, submit:422, submit:timeout:after-accept, status:slow:5 or "
                + "result:error; can be given several times.", valueName: "fault"))
    var fault: [String] = []

    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if !(0...65535 ~= port) { throw ValidationError("--port must be from 0 to 65535") }
    }

    func run() async throws {
        let output = outputs.output
        do {
            let configuration = SandboxConfiguration(
                port: port, acceptedKey: key, log: log.map(LibraryOptions.absolute),
                script: try SandboxScript(parsing: fault))
            try await SandboxServer.withRunning(configuration, logger: Console.logger) { address in
                try output.item(
                    .object(["url": .string(address.url), "port": .integer(Int64(address.port))]),
                    "a sandbox is at \(address.url)\nexport ATELIER_FAL_ENDPOINT=\(address.url)")
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        } catch is CancellationError {
            // Interrupting is how a sandbox ends.
        } catch let error as SandboxError {
            throw LibraryError(.invalidInput, code: "sandbox.\(error.code)", error.description)
        }
    }
}
