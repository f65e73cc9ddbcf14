import AssetModel

/// Bits one after the other, the lowest of each byte first, as JPEG XL packs its headers.
struct BitReader {
    private let bytes: [UInt8]
    private var position = 0
    private let format: ImageFormat

    /// Reads from the beginning of a piece of a file; its end is the end of what is known.
    init(_ bytes: [UInt8], of format: ImageFormat) {
        self.bytes = bytes
        self.format = format
    }

    /// The number in the next bits, at most 32 of them.
    mutating func bits(_ count: Int) throws(InspectionError) -> Int {
        guard position + count <= bytes.count * 8 else { throw .truncated(format) }
        var value = 0
        for index in 0..<count {
            let bit = Int(bytes[position >> 3] >> UInt8(position & 7) & 1)
            value |= bit << index
            position += 1
        }
        return value
    }

    /// One bit, as yes or no.
    mutating func flag() throws(InspectionError) -> Bool {
        try bits(1) == 1
    }

    /// Two bits choose how the number follows: a least value and a number of bits to be added to it.
    mutating func number(
        _ first: (Int, Int), _ second: (Int, Int), _ third: (Int, Int), _ fourth: (Int, Int)
    ) throws(InspectionError) -> Int {
        let (least, count) = [first, second, third, fourth][try bits(2)]
        return try least + bits(count)
    }

    /// One of a list of named values.
    mutating func choice() throws(InspectionError) -> Int {
        try number((0, 0), (1, 0), (2, 4), (18, 6))
    }

    /// Leaves out bits.
    mutating func skip(_ count: Int) throws(InspectionError) {
        guard position + count <= bytes.count * 8 else { throw .truncated(format) }
        position += count
    }
}
