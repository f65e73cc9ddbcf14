import Crypto
import Foundation
import NIOSSL
import Testing

@testable import FalSandbox

/// The sandbox's certificate, byte by byte where a reader of certificates would stumble.
struct CertificateTests {
    @Test func `lengths, integers, identifiers and times are encoded as X.690 says`() {
        #expect(DER.octetString([]) == [0x04, 0x00])
        #expect(DER.octetString([UInt8](repeating: 7, count: 127)).prefix(2) == [0x04, 0x7F])
        #expect(DER.octetString([UInt8](repeating: 7, count: 128)).prefix(3) == [0x04, 0x81, 0x80])
        #expect(DER.octetString([UInt8](repeating: 7, count: 65_536)).prefix(5) == [0x04, 0x83, 0x01, 0x00, 0x00])
        #expect(DER.integer([0]) == [0x02, 0x01, 0x00])
        #expect(DER.integer([0, 0x7F]) == [0x02, 0x01, 0x7F])
        #expect(DER.integer([0x80]) == [0x02, 0x02, 0x00, 0x80])
        #expect(DER.identifier(1, 2, 840, 10045, 2, 1) == [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01])
        #expect(DER.time("20491231235959") == [0x17, 0x0D] + Array("491231235959Z".utf8))
        #expect(DER.time("20500101000000") == [0x18, 0x0F] + Array("20500101000000Z".utf8))
    }

    @Test func `it holds for a month, in lines of 64 characters, under a number of its own`() throws {
        let now = Date(timeIntervalSince1970: 1_767_225_600)
        let pem = try SandboxCertificate(now: now).pem
        #expect(pem.split(separator: "\n").allSatisfy { $0.utf8.count <= 64 })
        let certificate = try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem)
        #expect(certificate.notValidBefore == 1_767_225_600 - 3600)
        #expect(certificate.notValidAfter == 1_767_225_600 - 3600 + 30 * 86_400)
        #expect(certificate.serialNumber.first.map { $0 < 0x80 } == true)
        let another = try NIOSSLCertificate(bytes: Array(try SandboxCertificate(now: now).pem.utf8), format: .pem)
        #expect(certificate.serialNumber != another.serialNumber)
    }
}
