import CZlib

/// Decompression with a bound: a small text that would grow without end is given up, not followed.
enum Inflation {
    /// The outcome.
    enum Outcome: Equatable {
        case bytes([UInt8])
        case tooLong
        case damaged
    }

    /// How the bytes are wrapped.
    enum Wrapping {
        /// RFC 1950, as in PNG.
        case zlib
        /// RFC 1952.
        case gzip
    }

    /// Decompresses up to `limit` bytes. Bytes behind the end of the stream are ignored. Memory is the result and
    /// what zlib needs, about 50 KiB.
    static func inflate(_ input: ArraySlice<UInt8>, _ wrapping: Wrapping, limit: Int) -> Outcome {
        var stream = z_stream()
        let windowBits: Int32 = wrapping == .zlib ? 15 : 31
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            return .damaged
        }
        defer { inflateEnd(&stream) }
        // zlib reads through the pointer and never writes; its header lacks the const.
        var input = Array(input)
        var output: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16384)
        return input.withUnsafeMutableBufferPointer { source in
            stream.next_in = source.baseAddress
            stream.avail_in = UInt32(clamping: source.count)
            while true {
                let status = piece.withUnsafeMutableBufferPointer { target in
                    stream.next_out = target.baseAddress
                    stream.avail_out = UInt32(target.count)
                    return CZlib.inflate(&stream, Z_NO_FLUSH)
                }
                let got = piece.count - Int(stream.avail_out)
                guard output.count + got <= limit else { return .tooLong }
                output.append(contentsOf: piece[..<got])
                switch status {
                case Z_STREAM_END: return .bytes(output)
                // No progress means that the input ended early.
                case Z_OK where got > 0 || stream.avail_in > 0: continue
                default: return .damaged
                }
            }
        }
    }
}
