import NIOCore
import NIOSSL

/// A self-signed certificate for 127.0.0.1, valid from 2020 to 2120, and its key, which opens nothing.
enum LoopbackTLS {
    static let certificate = """
        -----BEGIN CERTIFICATE-----
        MIIBbjCCAROgAwIBAgIBATAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxhdGVsaWVy
        IHRlc3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBcxFTATBgNV
        BAMMDGF0ZWxpZXIgdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHPI3C+8
        43PsJ7Sy4eFeha0CDZDhTla77pRb0/BG7ESvEAXDIL/jIZ2V7M9H+IFqM2xTusNu
        xeuRvrIKWDeyb6qjTjBMMA8GA1UdEwEB/wQFMAMBAf8wGgYDVR0RBBMwEYcEfwAA
        AYIJbG9jYWxob3N0MB0GA1UdDgQWBBSPFYuUBAO4Dmsy3nMAK/1Wq2D4wzAKBggq
        hkjOPQQDAgNJADBGAiEA4Ei95QrgkYtBJ6j0Zq+YwwhvE88rtL27X8K/xGKU1GwC
        IQCaCtpm0SbdfztblUNyzfdITSCNfDXjqQuTaTDNN0mveQ==
        -----END CERTIFICATE-----

        """

    private static let key = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgWsyQ+pMOZwZf6JmA
        pWRfl5tJnWOKB38WaLYJc8Y30mahRANCAARzyNwvvONz7Ce0suHhXoWtAg2Q4U5W
        u+6UW9PwRuxErxAFwyC/4yGdlezPR/iBajNsU7rDbsXrkb6yClg3sm+q
        -----END PRIVATE KEY-----

        """

    /// TLS for one connection to a loopback server.
    static func handler() throws -> NIOSSLServerHandler {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(certificate.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        return NIOSSLServerHandler(context: try NIOSSLContext(configuration: configuration))
    }
}
