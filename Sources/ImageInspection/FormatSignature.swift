import AssetModel

/// The first bytes by which each format is known.
///
/// A format is named only when nothing else of importance begins that way: two letters `BM` are not yet a bitmap, and
/// `RIFF` alone may be a sound. The longest signature ends at byte 18, apart from HEIF's list of brands.
enum FormatSignature {
    /// The format that begins with these bytes, or nil; the bytes may be a part of the file's beginning.
    static func format(of start: UnsafeRawBufferPointer) -> ImageFormat? {
        guard start.count >= 2 else { return nil }
        switch (start[0], start[1]) {
        case (0xFF, 0xD8):
            return start.count >= 3 && start[2] == 0xFF ? .jpeg : nil
        case (0x89, 0x50):
            return big64(start, 0) == 0x8950_4E47_0D0A_1A0A ? .png : nil
        case (0x47, 0x49):
            // GIF8, then 7a or 9a.
            return big32(start, 0) == 0x4749_4638 && [0x3761, 0x3961].contains(big16(start, 4)) ? .gif : nil
        case (0x52, 0x49):
            // RIFF, four bytes of length, WEBP.
            return big32(start, 0) == 0x5249_4646 && big32(start, 8) == 0x5745_4250 ? .webp : nil
        case (0x49, 0x49):
            // II, then 42 or, for BigTIFF, 43.
            return [0x2A00, 0x2B00].contains(big16(start, 2)) ? .tiff : nil
        case (0x4D, 0x4D):
            return [0x002A, 0x002B].contains(big16(start, 2)) ? .tiff : nil
        case (0x42, 0x4D):
            return isBitmap(start) ? .bmp : nil
        case (0xFF, 0x0A):
            return .jxl
        case (0x00, 0x00):
            // Boxes: JPEG XL's container has one fixed beginning, HEIF begins with its brands.
            if big32(start, 0) == 12, big64(start, 4) == 0x4A58_4C20_0D0A_870A { return .jxl }
            return big32(start, 4) == 0x6674_7970 ? heifFormat(start) : nil
        default:
            return nil
        }
    }

    /// `BM` and, at byte 14, one of the lengths that a bitmap header has had in its history.
    private static func isBitmap(_ start: UnsafeRawBufferPointer) -> Bool {
        guard let swapped = big32(start, 14) else { return false }
        return [12, 16, 40, 52, 56, 64, 108, 124].contains(UInt32(truncatingIfNeeded: swapped).byteSwapped)
    }

    /// Which picture an `ftyp` box announces: its major brand, else the first telling one of its compatible brands.
    private static func heifFormat(_ start: UnsafeRawBufferPointer) -> ImageFormat? {
        guard let length = big32(start, 0), length >= 16, let major = big32(start, 8) else { return nil }
        if let format = format(ofBrand: major) { return format }
        // mif1 and msf1 say only "a HEIF picture or sequence".
        guard major == 0x6D69_6631 || major == 0x6D73_6631 else { return nil }
        for offset in stride(from: 16, to: min(length, start.count), by: 4) {
            if let brand = big32(start, offset), let format = format(ofBrand: brand) { return format }
        }
        return nil
    }

    private static func format(ofBrand brand: Int) -> ImageFormat? {
        switch brand {
        // avif avis
        case 0x6176_6966, 0x6176_6973: .avif
        // heic heix heim heis hevc hevx hevm hevs
        case 0x6865_6963, 0x6865_6978, 0x6865_696D, 0x6865_6973, 0x6865_7663, 0x6865_7678, 0x6865_766D, 0x6865_7673:
            .heic
        default: nil
        }
    }

    private static func big16(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
        guard offset + 2 <= bytes.count else { return nil }
        return Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self)))
    }

    private static func big32(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
        guard offset + 4 <= bytes.count else { return nil }
        return Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
    }

    private static func big64(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64? {
        guard offset + 8 <= bytes.count else { return nil }
        return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
