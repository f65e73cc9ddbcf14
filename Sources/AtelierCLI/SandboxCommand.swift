import ArgumentParser
import AssetLibrary
import AssetModel
import FalSandbox
import LibraryJSON

struct SandboxCommand: AsyncParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "Run a local server that speaks fal's protocol and draws test cards.",
        discussion: """
            Free and offline; the images are test cards. Runs until interrupted.

            Examples:
              atelier sandbox --port 8765
              export ATELIER_FAL_ENDPOINT=http://127.0.0.1:8765
              atelier edit "on marble" --ref mug.png

            Faults for --fault, where N is how many times (default: always):
            \(SandboxFault.forms.map { "  " + $0 }.joined(separator: "\n"))
            """)

    @Option(help: ArgumentHelp("The port on 127.0.0.1; 0 picks a free one.", valueName: "port"))
    var port = 0

    @Option(help: ArgumentHelp("Accept only this key, as id:secret (default: any).", valueName: "key"))
    var key: String?

    @Option(
        help: ArgumentHelp("Append every request to this file as JSON Lines, without keys.", valueName: "file"))
    var log: String?

    @Flag(help: "Use TLS with a new certificate, whose path is printed.")
    var tls = false

    @Option(
        help: ArgumentHelp(
            "How long files are kept by default (default: forever).", valueName: "seconds"))
    var lifetime: Int?

    @Option(
        help: ArgumentHelp(
            "Misbehave, as listed above; repeatable.", valueName: "fault"))
    var fault: [String] = []

    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if !(0...65535 ~= port) { throw ValidationError("--port must be from 0 to 65535") }
        if let lifetime, lifetime < 1 { throw ValidationError("--lifetime must be at least 1") }
    }

    func run() async throws {
        let output = outputs.output
        do {
            let configuration = SandboxConfiguration(
                port: port, acceptedKey: key, log: log.map(LibraryOptions.absolute),
                tls: tls, lifetime: lifetime, script: try SandboxScript(parsing: fault))
            try await SandboxServer.withRunning(configuration, logger: Console.logger) { address in
                var members = ["url": JSONValue(address.url), "port": JSONValue(address.port)]
                members["certificate"] = address.certificate.map(JSONValue.string)
                let trust = address.certificate.map { "\nexport SSL_CERT_FILE=\($0)" } ?? ""
                try output.item(
                    members,
                    "# sandbox listening at \(address.url)\nexport ATELIER_FAL_ENDPOINT=\(address.url)\(trust)")
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        } catch is CancellationError {
            // Interrupting is how a sandbox ends.
        } catch let error as SandboxError {
            // Only a fault is a matter of the words; a port in use or a log that cannot be written is not.
            let isUsage = if case .unknownFault = error { true } else { false }
            throw LibraryError(isUsage ? .invalidInput : .conflict, code: "sandbox.\(error.code)", error.description)
        }
    }
}
