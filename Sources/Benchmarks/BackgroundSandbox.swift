import Foundation

/// A sandbox in a process of its own, until it is stopped.
struct BackgroundSandbox {
    /// Where it is.
    let url: String
    private let process = Process()

    init() throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Run.atelier)
        process.arguments = ["sandbox", "--port", "0", "--json"]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        struct Start: Decodable { let url: String }
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1), !byte.isEmpty, byte[0] != 0x0A {
            line += byte
        }
        guard let start = try? JSONDecoder().decode(Start.self, from: line) else {
            process.terminate()
            throw BenchmarkError.failed(program: "atelier sandbox", status: 1)
        }
        url = start.url
    }

    /// A place for a file, as fal's clients ask for one before they send.
    func announce(_ name: String) throws -> String {
        let body = "{\"content_type\":\"image/jpeg\",\"file_name\":\"\(name)\"}"
        let answer = try Run.output(
            "curl",
            [
                "-s", "-f", "-X", "POST", "-H", "Authorization: Key sandbox:sandbox", "-H",
                "Content-Type: application/json", "-d", body,
                url + "/storage/upload/initiate?storage_type=fal-cdn-v3",
            ])
        struct Place: Decodable {
            let upload_url: String
        }
        return try JSONDecoder().decode(Place.self, from: answer).upload_url
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }
}
