import CZlib
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What browsers unpack on the way: layouts of a million pictures.
enum Gzip {
    /// The bytes packed, as a gzip file; nil where zlib will not. `level` 1 is quick, 9 small.
    static func packed(_ bytes: some ContiguousBytes, level: Int32) -> [UInt8]? {
        bytes.withUnsafeBytes { input in
            var stream = z_stream()
            // 15 bits of window, and 16 for gzip's own header.
            guard
                deflateInit2_(
                    &stream, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                    Int32(MemoryLayout<z_stream>.size)) == Z_OK
            else { return nil }
            defer { deflateEnd(&stream) }
            let bound = Int(deflateBound(&stream, UInt(input.count)))
            guard input.count < Int(UInt32.max), bound < Int(UInt32.max) else { return nil }
            var status = Z_OK
            let output = [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
                stream.next_in = UnsafeMutablePointer(mutating: input.bindMemory(to: UInt8.self).baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(bound)
                status = deflate(&stream, Z_FINISH)
                count = bound - Int(stream.avail_out)
            }
            return status == Z_STREAM_END ? output : nil
        }
    }

    /// Whether whoever asks can unpack it.
    static func isAccepted(by request: Request) -> Bool {
        (request.headers[.acceptEncoding] ?? "").split(separator: ",").contains { word in
            let parts = word.split(separator: ";").map { $0.filter { $0 != " " } }
            return parts.first == "gzip" && !parts.dropFirst().contains { $0 == "q=0" || $0 == "q=0.0" }
        }
    }
}

extension GalleryAnswer {
    /// Long JSON, packed where whoever asks can unpack it; what is packed is not kept besides.
    static func json(_ bytes: consuming [UInt8], packedFor request: Request) -> GalleryAnswer {
        guard bytes.count > 16_384, Gzip.isAccepted(by: request), let packed = Gzip.packed(bytes, level: 1) else {
            return .bytes(ByteBuffer(bytes: bytes), mediaType: "application/json")
        }
        var answer = GalleryAnswer.bytes(ByteBuffer(bytes: packed), mediaType: "application/json")
        answer.headers[.contentEncoding] = "gzip"
        answer.headers[.vary] = "Accept-Encoding"
        return answer
    }
}
