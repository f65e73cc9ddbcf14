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

    /// The hosts of the addresses that are printed: where it listens everywhere, this machine's own first, and then that of each network
    /// device; without those of IPv6 that count on one link only, which no browser takes.
    var shownHosts: [String] {
        guard isEverywhere else { return [Self.inURL(host)] }
        let addresses = ((try? System.enumerateDevices()) ?? []).compactMap(\.address).filter { address in
            switch address {
            case .v4: true
            case .v6: host == "::" && address.ipAddress?.lowercased().hasPrefix("fe80") == false
            case .unixDomainSocket: false
            }
        }
        let hosts = addresses.compactMap(\.ipAddress).filter { !$0.hasPrefix("127.") && $0 != "::1" }.map(Self.inURL)
        return ["127.0.0.1"] + hosts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Throws for what can never be listened on: an empty text, half an address, and a name that stands for none. Cost: a look-up of a name,
    /// which waits for the system's resolver.
    func check() throws(GalleryError) {
        if (try? SocketAddress(ipAddress: host, port: port)) != nil { return }
        // The system's resolver takes 127.1 and 1 as addresses too.
        let isNumber = host.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
        guard !isNumber, (try? SocketAddress.makeAddressResolvingHost(host, port: port)) != nil else {
            throw .noAddress(host: host)
        }
    }

    private var isEverywhere: Bool { host == "0.0.0.0" || host == "::" }

    /// An address as a URL has it: that of IPv6 in brackets.
    private static func inURL(_ host: String) -> String {
        host.contains(":") ? "[\(host.lowercased())]" : host.lowercased()
    }
}

/// The address of a running gallery.
package struct GalleryAddress: Sendable, Hashable {
    /// The hosts that it can be reached by, as they stand in a URL; never empty.
    let hosts: [String]
    /// The port it listens on.
    package let port: Int
    /// The secret of this start.
    package let token: String
    /// The base URL, without a trailing slash.
    package var url: String { "http://\(hosts.first ?? "127.0.0.1"):\(port)" }
    /// The address that opens it in a browser on this machine: with those of the other hosts the only ones with the token.
    package var entrance: String { url + "/?token=" + token }
    /// The address that opens it, by each host.
    package var entrances: [String] { hosts.map { "http://\($0):\(port)/?token=\(token)" } }
    /// The URL for fal's webhooks; `--webhook` takes the address of a tunnel to it.
    package var webhook: String { url + WebhookResponder.path }
}
