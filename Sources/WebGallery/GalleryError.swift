/// Why the gallery cannot start.
package enum GalleryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another program listens on this port already.
    case portInUse(port: Int)
    /// The server cannot listen on this port, for another reason.
    case cannotListen(port: Int, reason: String)

    /// A stable name in snake_case, for programs.
    package var code: String {
        switch self {
        case .portInUse: "port_in_use"
        case .cannotListen: "cannot_listen"
        }
    }

    /// The message, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .portInUse(let port): "port \(port) is already in use"
        case .cannotListen(let port, let reason): "cannot listen on port \(port): \(reason)"
        }
    }
}
