import CZlib

/// Bytes in gzip's form (RFC 1952), by zlib.
enum Gzip {
    /// The packed bytes, as small as zlib makes them; empty when it has no memory.
    static func packed(_ bytes: [UInt8]) -> [UInt8] {
        var stream = z_stream()
        // 16 more than the window asks for gzip's header.
        guard
            deflateInit2_(
                &stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return [] }
        defer { deflateEnd(&stream) }
        var source = bytes
        return source.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = uInt(input.count)
            let most = Int(deflateBound(&stream, uLong(input.count)))
            return [UInt8](unsafeUninitializedCapacity: most) { output, count in
                stream.next_out = output.baseAddress
                stream.avail_out = uInt(most)
                count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
    }
}
