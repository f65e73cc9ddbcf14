import Foundation

/// A path in the temporary folder that no other test uses.
func temporaryPath(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "rendering-\(UUID().uuidString)-\(name)").path
}

func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(filePath: path)) }

func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
