public import AssetModel
import AssetStore
import FalAPI

/// Where requests go and with which key. Without one every local verb works, and those that need fal say so.
///
/// The sandbox is another remote, not another code path.
public struct Remote: Sendable {
    let endpoints: FalEndpoints
    let credential: FalCredential?
    /// What uploads are remembered under: the endpoint, and a fingerprint of the key's public half.
    let host: RemoteHost

    /// fal itself. The key is `id:secret`; anything else is an error that repeats no part of it.
    public static func fal(key: String) throws(LibraryError) -> Remote {
        do {
            let credential = try FalCredential(key: key)
            let host = RemoteHost("\(FalEndpoints.production.queue) \(try fingerprint(credential))")
            return Remote(endpoints: .production, credential: credential, host: host)
        } catch {
            throw LibraryError(error)
        }
    }

    /// A server that stands in for all of fal's hosts, such as a sandbox that runs on its own.
    public static func server(at base: String, key: String) throws(LibraryError) -> Remote {
        do {
            let credential = try FalCredential(key: key)
            let endpoints = try FalEndpoints(replacingAllHostsWith: base)
            let host = RemoteHost("\(endpoints.queue) \(try fingerprint(credential))")
            return Remote(endpoints: endpoints, credential: credential, host: host)
        } catch {
            throw LibraryError(error)
        }
    }

    /// The same, trusting the certificates in a PEM file besides the system's own; nil changes nothing. The file is read
    /// when the remote is first used.
    public func trusting(certificatesIn path: String?) -> Remote {
        Remote(endpoints: endpoints.trusting(certificatesIn: path), credential: credential, host: host)
    }

    /// A sandbox that lives only as long as the caller. Its uploads die with it, so they are remembered under `name`,
    /// which must be new each time, and are never offered again.
    public static func ephemeralSandbox(at base: String, name: String) throws(LibraryError) -> Remote {
        let remote = try server(at: base, key: sandboxKey)
        return Remote(endpoints: remote.endpoints, credential: remote.credential, host: .ephemeralSandbox(name))
    }

    /// Whether it is fal itself, where runs cost money.
    public var isFal: Bool { endpoints.queue == FalEndpoints.production.queue }

    /// What answers there, without a trace of the key.
    public var service: String { host.service }

    /// Whether a run was meant for this account or server.
    public func owns(_ run: Run) -> Bool { run.host == host }

    /// The key that a sandbox is given when the person has none. It opens nothing.
    public static let sandboxKey = "sandbox:sandbox"

    private static func fingerprint(_ credential: FalCredential) throws(StoreError) -> String {
        try ContentDigest(hashing: credential.keyID.utf8).short
    }
}
