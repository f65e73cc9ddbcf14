import Foundation
import NIOCore

/// Why the gallery cannot start. Each names the address.
package enum GalleryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was given is no address, and no name of one.
    case noAddress(host: String)
    /// Another program listens there already.
    case inUse(host: String, port: Int)
    /// No device of this machine has this address.
    case notOurs(host: String, port: Int)
    /// The system does not let this user listen there.
    case notPermitted(host: String, port: Int)
    /// It cannot be listened there, for another reason.
    case cannotListen(host: String, port: Int, reason: String)

    init(_ error: any Error, _ place: GalleryPlace) {
        let (host, port) = (place.host, place.port)
        switch (error as? IOError)?.errnoCode {
        case EADDRINUSE: self = .inUse(host: host, port: port)
        case EADDRNOTAVAIL: self = .notOurs(host: host, port: port)
        case EACCES, EPERM: self = .notPermitted(host: host, port: port)
        case let number?: self = .cannotListen(host: host, port: port, reason: String(cString: strerror(number)))
        case nil: self = .cannotListen(host: host, port: port, reason: "\(error)")
        }
    }

    /// A stable name in snake_case, for programs.
    package var code: String {
        switch self {
        case .noAddress: "no_address"
        case .inUse: "port_in_use"
        case .notOurs: "not_our_address"
        case .notPermitted: "not_permitted"
        case .cannotListen: "cannot_listen"
        }
    }

    /// Whether what was asked for can be on no machine and at no time.
    package var isUsage: Bool { if case .noAddress = self { true } else { false } }

    /// The message, as one sentence without a full stop.
    package var description: String {
        switch self {
        case .noAddress(let host):
            "“\(host)” is not an address to listen on; give one of this machine, such as 127.0.0.1"
        case .inUse(let host, let port): "\(Self.shown(host, port)): this port is already in use by another program"
        case .notOurs(let host, let port):
            "\(Self.shown(host, port)): no network device of this machine has this address"
        case .notPermitted(let host, let port):
            port > 0 && port < 1024
                ? "\(Self.shown(host, port)): ports below 1024 are kept for the system"
                : "\(Self.shown(host, port)): the system does not permit listening there"
        case .cannotListen(let host, let port, let reason): "\(Self.shown(host, port)): cannot listen there: \(reason)"
        }
    }

    private static func shown(_ host: String, _ port: Int) -> String {
        let host = host.contains(":") ? "[\(host)]" : host
        return port == 0 ? host : "\(host):\(port)"
    }
}
