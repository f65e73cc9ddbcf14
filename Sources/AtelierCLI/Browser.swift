import Foundation

/// The person's browser.
enum Browser {
    /// Opens an address in it; a machine without one is told so, and nothing else happens.
    static func open(_ address: String) {
        #if os(macOS)
        let program = "/usr/bin/open"
        #else
        let program = "/usr/bin/xdg-open"
        #endif
        guard FileManager.default.isExecutableFile(atPath: program) else {
            Console.note("no browser was found; open the address yourself")
            return
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [address]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.terminationHandler = { process in
            guard process.terminationStatus != 0 else { return }
            Console.note("no browser could be opened; open the address yourself")
        }
        do { try process.run() } catch { Console.note("the browser could not be started; open the address yourself") }
    }
}
