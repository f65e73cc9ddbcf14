package import AssetModel
import Foundation

/// The built program, run as people and scripts run it.
package struct Program: Sendable {
    /// What a run came to.
    package struct Outcome: Sendable {
        /// The exit code; 128 and the signal when a signal ended it.
        package let status: Int32
        /// Standard output.
        package let output: String
        /// Standard error.
        package let errors: String

        /// The objects of `--json`, one a line.
        package func objects() throws -> [JSONValue] {
            try output.split(separator: "\n").map { try JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
        }
    }

    /// The working folder, also `HOME`, so that nothing of the person who runs the tests is touched.
    package let folder: String
    /// Further variables; nothing is inherited but `PATH`.
    package var environment: [String: String]

    /// A program whose home and working folder is `folder`.
    package init(in folder: String, environment: [String: String] = [:]) {
        self.folder = folder
        self.environment = environment
    }

    /// Runs to the end.
    package func run(_ arguments: String..., input: String? = nil) async throws -> Outcome {
        try await run(arguments, input: input)
    }

    /// Runs to the end.
    package func run(_ arguments: [String], input: String? = nil) async throws -> Outcome {
        let running = try start(arguments, input: input)
        return try await running.outcome()
    }

    /// Runs a line of shell to its end, in which `'$ATELIER'` stands for the program.
    package func shell(_ line: String) async throws -> Outcome {
        let script = line.replacing("$ATELIER", with: Self.path)
        return try await start(["-c", script], executable: "/bin/sh").outcome()
    }

    /// Starts and does not wait.
    package func start(_ arguments: [String], input: String? = nil) throws -> Running {
        try start(arguments, executable: Self.path, input: input)
    }

    /// Starts another program the same way, such as a browser, and does not wait.
    package func startTool(_ executable: String, _ arguments: [String]) throws -> Running {
        try start(arguments, executable: executable)
    }

    private func start(_ arguments: [String], executable: String, input: String? = nil) throws -> Running {
        var variables = ["HOME": folder, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"]
        variables.merge(environment) { $1 }
        let scratch = folder + "/.run-\(UUID().uuidString)"
        // Files rather than pipes: a full pipe stops the program.
        let (output, errors) = (scratch + ".out", scratch + ".err")
        for path in [output, errors] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        if let input { try Data(input.utf8).write(to: URL(fileURLWithPath: scratch + ".in")) }
        let (id, ended) = try ChildProcess.start(
            executable, arguments, in: folder, variables: variables,
            input: input == nil ? "/dev/null" : scratch + ".in", output: output, errors: errors)
        return Running(id: id, ended: ended, output: output, errors: errors)
    }

    /// A program that was started.
    package struct Running: Sendable {
        /// Its process id.
        package let id: Int32
        let ended: AsyncStream<Int32>
        let output: String
        let errors: String

        /// Sends it a signal.
        package func signal(_ number: Int32) { kill(id, number) }

        /// Whether it has not ended yet.
        package var isRunning: Bool { kill(id, 0) == 0 }

        /// Waits for its end.
        package func outcome() async throws -> Outcome {
            var status: Int32 = -1
            for await code in ended { status = code }
            return Outcome(
                status: status, output: try String(contentsOfFile: output, encoding: .utf8),
                errors: try String(contentsOfFile: errors, encoding: .utf8))
        }

        /// What it has printed so far.
        package func outputSoFar() throws -> String { try String(contentsOfFile: output, encoding: .utf8) }

        /// What it has printed on standard error so far.
        package func errorsSoFar() throws -> String { try String(contentsOfFile: errors, encoding: .utf8) }

        /// Waits until it has printed a whole line, and returns it; nil when it ended before.
        package func firstLine() async throws -> String? { try await lines(1).first }

        /// Waits until it has printed this many whole lines, and returns all that there are; fewer when it ended before.
        package func lines(_ count: Int) async throws -> [String] {
            var lines: [String] = []
            _ = try await Waiting.until {
                let text = try String(contentsOfFile: output, encoding: .utf8)
                lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
                return lines.count >= count
            } orElse: {
                !isRunning
            }
            return lines
        }
    }

    /// Runs a body beside a sandbox of its own process, which it then interrupts.
    package func withSandbox<R>(_ arguments: [String] = [], _ body: (Program) async throws -> R) async throws -> R {
        let sandbox = try start(["sandbox", "--port", "0", "--json"] + arguments)
        do {
            guard let line = try await sandbox.firstLine(),
                let url = try JSONDecoder().decode(JSONValue.self, from: Data(line.utf8))["url"]?.text
            else { throw CocoaError(.executableLoad) }
            var program = self
            program.environment["ATELIER_FAL_ENDPOINT"] = url
            let result = try await body(program)
            sandbox.signal(SIGINT)
            _ = try await sandbox.outcome()
            return result
        } catch {
            sandbox.signal(SIGKILL)
            throw error
        }
    }

    /// The program lies beside the test bundle.
    static let path: String = {
        let beside = URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
        let candidates = [beside, Bundle.main.bundleURL, Bundle.main.bundleURL.deletingLastPathComponent()]
        return candidates.map { $0.appending(path: "atelier").path }
            .first { FileManager.default.isExecutableFile(atPath: $0) } ?? "atelier"
    }()
}
