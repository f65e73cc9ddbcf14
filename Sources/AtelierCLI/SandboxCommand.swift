import ArgumentParser
import AssetLibrary
import AssetModel
import FalSandbox
import LibraryJSON

struct SandboxCommand: AsyncParsableCommand, LibraryFree {
    static let configuration = CommandConfiguration(
        commandName: "sandbox", abstract: "A server on this machine that speaks fal's protocol and draws test cards.",
        discussion: """
            Free, offline, and impossible to mistake for work. Runs until it is interrupted.

            Example:
              atelier sandbox --port 8765 &
              ATELIER_FAL_ENDPOINT=http://127.0.0.1:8765 atelier edit "on marble" --ref mug.png

            Faults, for --fault; N is how often, and for ever without it:
            \(SandboxFault.forms.map { "  " + $0 }.joined(separator: "\n"))
            """)

    @Option(help: ArgumentHelp("The port on 127.0.0.1; 0 takes a free one.", valueName: "port"))
    var port = 0

    @Option(help: ArgumentHelp("Accept only this key, id:secret (default: any).", valueName: "key"))
    var key: String?

    @Option(
        help: ArgumentHelp("Append every request to this file, as JSON Lines; keys are left out.", valueName: "file"))
    var log: String?

    @Flag(help: "Speak TLS, with a certificate made at the start, whose file is named.")
    var tls = false

    @Option(
        help: ArgumentHelp(
            "How long a file lives for which nothing else is said (default: for ever).", valueName: "seconds"))
    var lifetime: Int?

    @Option(
        help: ArgumentHelp(
            "Do something wrong, as listed above; can be given several times.", valueName: "fault"))
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
                    "a sandbox is at \(address.url)\nexport ATELIER_FAL_ENDPOINT=\(address.url)\(trust)")
                while true { try await Task.sleep(for: .seconds(3600)) }
            }
        } catch is CancellationError {
            // Interrupting is how a sandbox ends.
        } catch let error as SandboxError {
            throw LibraryError(.invalidInput, code: "sandbox.\(error.code)", error.description)
        }
    }
}
