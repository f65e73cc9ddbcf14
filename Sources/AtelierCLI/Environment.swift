import Foundation

/// The variables the program listens to; read here and nowhere below the doors.
enum Environment {
    /// The value of a variable; nil when it is unset or empty.
    static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
