import Foundation
import NIOCore

/// Where a gallery listens.
package struct GalleryPlace: Sendable, Hashable {
    /// An address of this machine, or a name that stands for one; `0.0.0.0` and `::` mean all of them.
    package let host: String
    /// The port; 0 picks a free one.
    package let port: Int

    package init(host: String = "127.0.0.1", port: Int = 0) {
        self.host = host
        self.port = port
    }

    /// Whether only programs on this machine can reach it.
    package var isLoopback: Bool { Self.loopback.contains(host) || host.hasPrefix("127.") }

    private static let loopback: Set<String> = ["127.0.0.1", "localhost", "::1"]

    /// The names under which a browser may ask for it, without the port: those of this machine for loopback; else the address and the
    /// machine's own name, and where it listens everywhere each of the machine's addresses. A name that someone else lets point here is none.
    var names: [String] {
        let local = ["127.0.0.1", "localhost", "[::1]"]
        guard !isLoopback else { return local.contains(Self.inURL(host)) ? local : local + [Self.inURL(host)] }
        var names = [Self.inURL(host)]
        if isEverywhere {
            let devices = (try? System.enumerateDevices()) ?? []
            names = local + devices.compactMap { $0.address?.ipAddress }.map(Self.inURL)
        }
        let machine = ProcessInfo.processInfo.hostName.lowercased()
        return names + [machine, machine + ".local"]
    }

    /// What stands in the address that is printed.
    var shownHost: String { isEverywhere ? ProcessInfo.processInfo.hostName.lowercased() : Self.inURL(host) }

    private var isEverywhere: Bool { host == "0.0.0.0" || host == "::" }

    /// An address as a URL has it: that of IPv6 in brackets.
    private static func inURL(_ host: String) -> String {
        host.contains(":") ? "[\(host.lowercased())]" : host.lowercased()
    }
}

/// The address of a running gallery.
package struct GalleryAddress: Sendable, Hashable {
    /// The host, as it stands in a URL.
    let host: String
    /// The port it listens on.
    package let port: Int
    /// The secret of this start.
    package let token: String
    /// The base URL, without a trailing slash.
    package var url: String { "http://\(host):\(port)" }
    /// The address that opens it in a browser: the only one with the token.
    package var entrance: String { url + "/?token=" + token }
    /// The URL for fal's webhooks; `--webhook` takes the address of a tunnel to it.
    package var webhook: String { url + WebhookResponder.path }
}
