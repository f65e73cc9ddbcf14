import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// A certificate for this machine that is made at the start and signed by itself.
///
/// It can stand in a list of trusted roots and be the server's own at once. The private key stays in memory.
struct SandboxCertificate {
    /// The certificate as PEM, for those who shall trust it.
    let pem: String
    private let key: P256.Signing.PrivateKey

    /// Long enough for the longest session, short enough to be no danger when it is left in somebody's trust.
    private static let days = 30.0

    init() throws {
        key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("atelier sandbox") }
        let signingKey = Certificate.PrivateKey(key)
        let identifier = SubjectKeyIdentifier(hash: signingKey.publicKey)
        let loopback = [UInt8](repeating: 0, count: 15) + [1]
        // An hour earlier, for clocks that are behind.
        let start = Date(timeIntervalSinceNow: -3600)
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signingKey.publicKey,
            notValidBefore: start, notValidAfter: start.addingTimeInterval(Self.days * 86_400), issuer: name,
            subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                // Strict verifiers want a root to say that it is one.
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                try ExtendedKeyUsage([.serverAuth])
                identifier
                AuthorityKeyIdentifier(keyIdentifier: identifier.keyIdentifier)
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                    .ipAddress(ASN1OctetString(contentBytes: loopback[...])),
                ])
            }, issuerPrivateKey: signingKey)
        pem = try certificate.serializeAsPEM().pemString
    }

    /// What a server needs to speak with it.
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
}
