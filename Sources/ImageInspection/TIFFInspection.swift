import AssetModel

/// Reads TIFF 6.0 and BigTIFF in both byte orders: the first directory, then the chain of the others, to count them.
///
/// - Facts are those of the first page. Later directories count as pages unless they say that they are a smaller copy of
///   another one or a mask (`NewSubfileType`), as in pyramids.
/// - A fourth colour sample without `ExtraSamples` is alpha, one that is called unspecified is not; common readers do so.
/// - The first and the last strip or tile must lie in the file; those between are not looked at. A strip that is not compressed
///   may claim more than the file has when its rows need less: a note says so.
/// - The raw files of cameras begin like a TIFF, with a small preview as their first page: they are `unsupported`.
/// - Directories may stand anywhere and are reached by seeking. What is wrong with the chain behind the
///   first page is a note; the pages before the damage count, each once.
///
/// Source: Adobe, TIFF revision 6.0; AWare Systems and libtiff, the BigTIFF design.
enum TIFFInspection {
    /// Tags of a directory's entries.
    private enum Tag {
        static let kind = 254
        static let width = 256
        static let height = 257
        static let bits = 258
        static let compression = 259
        static let meaning = 262
        static let stripOffsets = 273
        static let orientation = 274
        static let samples = 277
        static let stripRows = 278
        static let stripLengths = 279
        static let tileOffsets = 324
        static let tileLengths = 325
        static let furtherDirectories = 330
        static let extraSamples = 338
        static let planes = 284
        static let profile = 34675
        static let rawVersion = 50706
    }

    /// One entry of a directory whose values are whole numbers or bytes.
    private struct Entry {
        /// The length of one value: 1, 2, 4 or 8 bytes.
        var size: Int
        var count: Int
        /// Where the values are: in the entry if they fit, else anywhere.
        var start: Int
    }

    /// How this file writes numbers and directories.
    private struct Layout {
        var isLittle: Bool
        var isBig: Bool

        var entryLength: Int { isBig ? 20 : 12 }
        var countLength: Int { isBig ? 8 : 2 }
        /// The length of an offset, which is also the room for values in an entry.
        var offsetLength: Int { isBig ? 8 : 4 }

        /// An offset, or a number of values.
        func offset(at position: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
            isBig
                ? try picture.number64(at: position, isLittle: isLittle)
                : try picture.number32(at: position, isLittle: isLittle)
        }

        /// The number of entries in the directory at a position, which must all be in the file.
        func entryCount(at directory: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int {
            let count =
                isBig
                ? try picture.number64(at: directory, isLittle: isLittle)
                : try picture.number16(at: directory, isLittle: isLittle)
            guard 1...0xFFFF ~= count else { throw picture.flaw(.blockLength) }
            try picture.require(directory + countLength + count * entryLength)
            return count
        }
    }

    static func header(
        of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        let isLittle = try picture.byte(at: 0) == 0x49
        let layout = Layout(isLittle: isLittle, isBig: try picture.number16(at: 2, isLittle: isLittle) == 43)
        if layout.isBig {
            // Offsets of eight bytes, and two bytes of nothing.
            guard try picture.number16(at: 4, isLittle: isLittle) == 8, try picture.big16(at: 6) == 0 else {
                throw picture.flaw(.headerLength)
            }
        }
        // Canon's raw files write their own mark behind the offset.
        if !layout.isBig, picture.byteCount >= 10, try picture.big16(at: 8) == 0x4352 {
            throw .unsupported(.cameraRaw)
        }
        let first = try layout.offset(at: layout.isBig ? 8 : 4, in: &picture)
        guard first != 0 else { throw picture.flaw(.missingPicture) }
        guard first >= 8 else { throw picture.flaw(.blockLength) }
        var header = try page(at: first, layout, of: &picture, limits: limits)
        var pages = 1
        do throws(InspectionError) {
            try countPages(from: first, layout, in: &picture, into: &pages)
        } catch {
            if case .unreadable = error { throw error }
            header.notes.append(.pageChain)
        }
        header.frameCount = pages
        return header
    }

    // MARK: The first page

    private static func page(
        at directory: Int, _ layout: Layout, of picture: inout PictureBytes, limits: InspectionLimits
    ) throws(InspectionError) -> PictureHeader {
        var entries: [Int: Entry] = [:]
        for index in 0..<(try layout.entryCount(at: directory, in: &picture)) {
            let position = directory + layout.countLength + index * layout.entryLength
            let tag = try picture.number16(at: position, isLittle: layout.isLittle)
            guard wanted.contains(tag), entries[tag] == nil else { continue }
            entries[tag] = try entry(at: position, layout, in: &picture)
        }
        func value(_ tag: Int, at index: Int = 0) throws(InspectionError) -> Int? {
            guard let entry = entries[tag], index < entry.count else { return nil }
            return try number(index, of: entry, layout, in: &picture)
        }
        guard let width = try value(Tag.width), let height = try value(Tag.height) else {
            throw picture.flaw(.missingHeader)
        }
        let size = try limits.size(width: width, height: height, in: picture)
        let meaning = try value(Tag.meaning)
        // DNG tells its version; others show themselves by the meaning of samples (a colour filter, linear raw), or by
        // a first page that is a small copy of what other directories hold.
        let isCopy = try (value(Tag.kind) ?? 0) & 1 == 1
        if entries[Tag.rawVersion] != nil || meaning == 32803 || meaning == 34892
            || isCopy && entries[Tag.furtherDirectories] != nil
        {
            throw .unsupported(.cameraRaw)
        }
        let samples = try value(Tag.samples) ?? 1
        let bits = try value(Tag.bits) ?? 1
        guard samples >= 1, 1...64 ~= bits else { throw picture.flaw(.pixelLayout) }
        var header = PictureHeader(storedSize: size, bitDepth: bits, channels: samples)
        header.orientation = Orientation(rawValue: try value(Tag.orientation) ?? 1) ?? .upright
        if let extra = entries[Tag.extraSamples] {
            for index in 0..<min(extra.count, samples) where try [1, 2].contains(value(Tag.extraSamples, at: index)) {
                header.hasAlpha = true
            }
        } else {
            header.hasAlpha = meaning == 2 && samples == 4
        }
        // Bytes of the rows of the last strip, when they are stored as they are.
        var lastStrip: Int?
        if try (value(Tag.compression) ?? 1) == 1, try (value(Tag.planes) ?? 1) == 1, entries[Tag.tileOffsets] == nil {
            let rowsPerStrip = try min(max(1, value(Tag.stripRows) ?? height), height)
            let (rowBits, overflows) = width.multipliedReportingOverflow(by: bits * min(samples, 0xFFFF))
            let rows = height - (height - 1) / rowsPerStrip * rowsPerStrip
            if !overflows, rowBits / 8 < picture.byteCount / rows { lastStrip = (rowBits + 7) / 8 * rows }
        }
        if try !requirePixels(entries, lastStrip, layout, in: &picture) { header.notes.append(.stripLength) }
        if let profile = entries[Tag.profile], profile.size == 1 {
            try picture.require(profile.start + profile.count)
            header.colorProfile = try ColorProfile.name(
                in: profile.start..<profile.start + profile.count, of: &picture)
        }
        return header
    }

    private static let wanted: Set = [
        Tag.kind, Tag.width, Tag.height, Tag.bits, Tag.compression, Tag.meaning, Tag.stripOffsets, Tag.orientation,
        Tag.samples, Tag.stripRows, Tag.stripLengths, Tag.planes, Tag.tileOffsets, Tag.tileLengths,
        Tag.furtherDirectories, Tag.extraSamples, Tag.profile,
        Tag.rawVersion,
    ]

    /// The first and the last piece of the pixels must be in the file. False when the last one claims more than there is, and
    /// the `lastStrip` bytes that its rows need are there.
    private static func requirePixels(
        _ entries: [Int: Entry], _ lastStrip: Int?, _ layout: Layout, in picture: inout PictureBytes
    ) throws(InspectionError) -> Bool {
        guard let offsets = entries[Tag.stripOffsets] ?? entries[Tag.tileOffsets], offsets.count > 0 else {
            throw picture.flaw(.missingPicture)
        }
        let lengths = entries[Tag.stripLengths] ?? entries[Tag.tileLengths]
        for index in [0, offsets.count - 1] {
            let offset = try number(index, of: offsets, layout, in: &picture)
            // Old writers leave the lengths out; then one byte is all that can be asked for.
            guard let lengths, index < lengths.count else {
                try picture.require(offset + 1)
                continue
            }
            let length = try number(index, of: lengths, layout, in: &picture)
            // Zero means that the piece is not stored, in sparse files.
            guard length > 0 else { continue }
            if index == offsets.count - 1, let lastStrip, length > lastStrip, offset + length > picture.byteCount {
                try picture.require(offset + lastStrip)
                return false
            }
            try picture.require(offset + length)
        }
        return true
    }

    // MARK: Entries

    /// An entry as it stands; nil when its values are not whole numbers.
    private static func entry(
        at position: Int, _ layout: Layout, in picture: inout PictureBytes
    ) throws(InspectionError) -> Entry? {
        let size: Int
        switch try picture.number16(at: position + 2, isLittle: layout.isLittle) {
        case 1, 6, 7: size = 1
        case 3, 8: size = 2
        case 4, 9, 13: size = 4
        case 16, 17, 18: size = 8
        default: return nil
        }
        let count = try layout.offset(at: position + 4, in: &picture)
        guard count <= picture.byteCount / size else { throw .truncated(.tiff) }
        let room = position + 4 + layout.offsetLength
        if count * size <= layout.offsetLength { return Entry(size: size, count: count, start: room) }
        return Entry(size: size, count: count, start: try layout.offset(at: room, in: &picture))
    }

    private static func number(
        _ index: Int, of entry: Entry, _ layout: Layout, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int {
        let position = entry.start + index * entry.size
        switch entry.size {
        case 1: return try picture.byte(at: position)
        case 2: return try picture.number16(at: position, isLittle: layout.isLittle)
        case 4: return try picture.number32(at: position, isLittle: layout.isLittle)
        default: return try picture.number64(at: position, isLittle: layout.isLittle)
        }
    }

    // MARK: The other pages

    /// Follows the chain. Brent's way to find a circle needs two positions and no memory: the walk must never meet the
    /// place where it was at the last power of two.
    private static func countPages(
        from first: Int, _ layout: Layout, in picture: inout PictureBytes, into pages: inout Int
    ) throws(InspectionError) {
        var (directory, marked) = (first, first)
        var (steps, power) = (0, 1)
        while true {
            directory = try next(after: directory, layout, in: &picture)
            if directory == 0 { return }
            steps += 1
            guard directory != marked else {
                pages = try pagesOfCircle(from: first, length: steps, layout, in: &picture)
                throw picture.flaw(.circle)
            }
            if try isPage(directory, layout, in: &picture) { pages += 1 }
            if steps == power {
                (marked, steps, power) = (directory, 0, power * 2)
            }
        }
    }

    /// The pages of a chain that ends in a circle of a known length, each counted once. Two walks at that distance meet where
    /// the circle begins.
    private static func pagesOfCircle(
        from first: Int, length: Int, _ layout: Layout, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int {
        var (pages, directory, ahead) = (1, first, first)
        for _ in 0..<length { ahead = try next(after: ahead, layout, in: &picture) }
        while directory != ahead {
            ahead = try next(after: ahead, layout, in: &picture)
            directory = try next(after: directory, layout, in: &picture)
            if try isPage(directory, layout, in: &picture) { pages += 1 }
        }
        for _ in 1..<length {
            directory = try next(after: directory, layout, in: &picture)
            if try isPage(directory, layout, in: &picture) { pages += 1 }
        }
        return pages
    }

    /// The directory that a directory names as the next one; 0 for none.
    private static func next(
        after directory: Int, _ layout: Layout, in picture: inout PictureBytes
    ) throws(InspectionError) -> Int {
        let count = try layout.entryCount(at: directory, in: &picture)
        return try layout.offset(at: directory + layout.countLength + count * layout.entryLength, in: &picture)
    }

    /// Whether a later directory is a picture of its own. Entries stand in the order of their tags.
    private static func isPage(
        _ directory: Int, _ layout: Layout, in picture: inout PictureBytes
    ) throws(InspectionError) -> Bool {
        _ = try layout.entryCount(at: directory, in: &picture)
        let position = directory + layout.countLength
        guard try picture.number16(at: position, isLittle: layout.isLittle) == Tag.kind,
            let entry = try entry(at: position, layout, in: &picture), entry.count == 1
        else { return true }
        // The lowest bit: a smaller copy. The third: a mask.
        return try number(0, of: entry, layout, in: &picture) & 0b101 == 0
    }
}
