import Crypto
import Foundation
import NIOSSL

/// A self-signed certificate for this machine, made when the sandbox starts.
///
/// It serves as a trusted root and as the server's own certificate at once (RFC 5280). The private key stays in memory.
struct SandboxCertificate {
    /// The certificate as PEM, for clients that are to trust it.
    let pem: String
    private let key: P256.Signing.PrivateKey

    /// Long enough for the longest session, short enough to be harmless when left in a trust store.
    private static let days = 30.0

    init(now: Date = Date()) throws {
        let key = P256.Signing.PrivateKey()
        let body = Self.body(for: key.publicKey, now: now)
        let signature = try key.signature(for: Data(body)).derRepresentation
        let der = DER.sequence(body, Self.signatureAlgorithm, DER.bitString(Array(signature)))
        let base64 = Data(der).base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
        pem = "-----BEGIN CERTIFICATE-----\n\(base64)\n-----END CERTIFICATE-----\n"
        self.key = key
    }

    /// The TLS configuration of a server with this certificate.
    var serverConfiguration: TLSConfiguration {
        get throws {
            let certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
            let key = try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: [.certificate(certificate)], privateKey: .privateKey(key))
            configuration.applicationProtocols = ["http/1.1"]
            return configuration
        }
    }

    /// ECDSA with SHA-256.
    private static let signatureAlgorithm = DER.sequence(DER.identifier(1, 2, 840, 10045, 4, 3, 2))

    /// The part that is signed.
    private static func body(for key: P256.Signing.PublicKey, now: Date) -> [UInt8] {
        // Each start has its own key, so a hash of it is unique.
        let hash = Array(SHA256.hash(data: key.x963Representation))
        let name = DER.sequence(
            DER.set(DER.sequence(DER.identifier(2, 5, 4, 3), DER.utf8String("atelier sandbox"))))
        // An hour earlier, for clocks that are behind.
        let start = now.addingTimeInterval(-3600)
        return DER.sequence(
            DER.tagged(0, explicit: true, DER.integer([2])),  // version 3
            DER.integer([0x40 | hash[0] & 0x3F] + hash[1..<16]),
            signatureAlgorithm,
            name,
            DER.sequence(time(start), time(start.addingTimeInterval(days * 86_400))),
            name,
            Array(key.derRepresentation),
            DER.tagged(3, explicit: true, extensions(keyIdentifier: Array(hash.prefix(20)))))
    }

    private static func extensions(keyIdentifier: [UInt8]) -> [UInt8] {
        DER.sequence(
            // Basic constraints: strict verifiers want a root to say that it is one, and that nothing stands below it.
            certificateExtension(19, isCritical: true, DER.sequence(DER.true, DER.integer([0]))),
            // Key usage: digital signature and certificate signing.
            certificateExtension(15, isCritical: true, DER.bitString([0b1000_0100], unusedBits: 2)),
            // Extended key usage: a server.
            certificateExtension(37, DER.sequence(DER.identifier(1, 3, 6, 1, 5, 5, 7, 3, 1))),
            // Subject and authority key identifier.
            certificateExtension(14, DER.octetString(keyIdentifier)),
            certificateExtension(35, DER.sequence(DER.tagged(0, keyIdentifier))),
            // Subject alternative names: localhost, 127.0.0.1, ::1.
            certificateExtension(
                17,
                DER.sequence(
                    DER.tagged(2, Array("localhost".utf8)), DER.tagged(7, [127, 0, 0, 1]),
                    DER.tagged(7, [UInt8](repeating: 0, count: 15) + [1]))))
    }

    /// An extension of the arc 2.5.29.
    private static func certificateExtension(_ number: UInt, isCritical: Bool = false, _ content: [UInt8]) -> [UInt8] {
        DER.sequence(DER.identifier(2, 5, 29, number), isCritical ? DER.true : [], DER.octetString(content))
    }

    private static func time(_ date: Date) -> [UInt8] {
        DER.time(date.formatted(.iso8601).filter(\.isNumber))
    }
}
