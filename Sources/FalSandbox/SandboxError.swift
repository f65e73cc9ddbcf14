/// Why a sandbox cannot start.
package enum SandboxError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another program listens on this port already.
    case portInUse(host: String, port: Int)
    /// The address cannot be listened on, for another reason.
    case cannotListen(host: String, port: Int, reason: String)
    /// No fault has this name, or its number is missing or out of range.
    case unknownFault(String)
    /// The request log cannot be opened for appending.
    case logUnwritable(path: String)
    /// No private temporary folder could be made.
    case noTemporaryFolder(path: String)
    /// The certificate for TLS could not be made or written.
    case noCertificate(reason: String)

    /// A stable name in snake_case, for programs.
    package var code: String {
        switch self {
        case .portInUse: "port_in_use"
        case .cannotListen: "cannot_listen"
        case .unknownFault: "unknown_fault"
        case .logUnwritable: "log_unwritable"
        case .noTemporaryFolder: "no_temporary_folder"
        case .noCertificate: "no_certificate"
        }
    }

    /// The message, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .portInUse(let host, let port): "port \(port) on \(host) is already in use"
        case .cannotListen(let host, let port, let reason):
            "the sandbox cannot listen on \(host), port \(port): \(reason)"
        case .unknownFault(let text):
            "\(text) is not a fault the sandbox knows: \(SandboxFault.forms.joined(separator: ", "))"
        case .logUnwritable(let path): "the request log \(path) cannot be written"
        case .noTemporaryFolder(let path): "no private folder can be made in \(path)"
        case .noCertificate(let reason): "no certificate could be made for the sandbox: \(reason)"
        }
    }
}
