import Foundation

/// The variables the program listens to; read here and nowhere below the doors.
enum Environment {
    /// The value of a variable; nil when it is unset or empty.
    static func value(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// A PEM file with certificates to trust besides the system's own, under the name that OpenSSL gave the variable: a
    /// sandbox with `--tls`, or a proxy that looks into TLS.
    static var trustRoots: String? { value("SSL_CERT_FILE") }
}
