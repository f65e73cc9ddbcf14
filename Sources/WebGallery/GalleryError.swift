/// Why the gallery cannot start.
package enum GalleryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Another program listens on this port already.
    case portInUse(port: Int)
    /// The port cannot be listened on, for another reason.
    case cannotListen(port: Int, reason: String)

    /// Short and stable, for programs.
    package var code: String {
        switch self {
        case .portInUse: "port_in_use"
        case .cannotListen: "cannot_listen"
        }
    }

    /// One sentence.
    package var description: String {
        switch self {
        case .portInUse(let port): "port \(port) on this machine is in use already"
        case .cannotListen(let port, let reason): "port \(port) on this machine cannot be listened on: \(reason)"
        }
    }
}
