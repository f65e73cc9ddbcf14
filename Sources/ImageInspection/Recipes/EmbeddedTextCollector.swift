import AssetModel

/// Takes the texts of one picture in, in file order, and keeps the account of what they may cost.
struct EmbeddedTextCollector {
    let limits: RecipeLimits
    private(set) var texts: [EmbeddedText] = []
    private(set) var omitted: [OmittedText] = []
    private var bytesLeft: Int
    /// Where the texts lie that are taken from bytes which were put together or decoded.
    private var outerPlace: EmbeddedText.Place?

    init(limits: RecipeLimits) {
        self.limits = limits
        bytesLeft = max(0, limits.maximumTotalLength)
    }

    /// The most bytes that the next text may have.
    var room: Int {
        texts.count < limits.maximumTextCount ? min(bytesLeft, max(0, limits.maximumTextLength)) : 0
    }

    /// Copies the stored bytes of a text, or notes it as left out when they are too many.
    ///
    /// The length is checked against the room before memory is taken, and against the file while reading.
    mutating func bytes(
        of keyword: String, _ carrier: EmbeddedText.Carrier, in range: Range<Int>, block: String,
        of picture: inout PictureBytes
    ) throws(InspectionError) -> [UInt8]? {
        guard range.count <= room else {
            omit(keyword, carrier, .tooLong, place(range, block))
            return nil
        }
        return try picture.copy(range)
    }

    /// Keeps a text; an empty one, or one for which there is no room, is not kept.
    mutating func keep(
        _ text: String, as keyword: String, _ carrier: EmbeddedText.Carrier, at place: EmbeddedText.Place
    ) {
        guard !text.isEmpty else { return }
        guard text.utf8.count <= room else { return omit(keyword, carrier, .tooLong, place) }
        bytesLeft -= text.utf8.count
        texts.append(EmbeddedText(carrier: carrier, keyword: keyword, text: text, place: place))
    }

    /// Notes a text that was seen and not read.
    mutating func omit(
        _ keyword: String, _ carrier: EmbeddedText.Carrier, _ reason: OmittedText.Reason, _ place: EmbeddedText.Place
    ) {
        guard omitted.count < limits.maximumTextCount else { return }
        omitted.append(OmittedText(carrier: carrier, keyword: keyword, reason: reason, place: place))
    }

    /// Takes texts from bytes that are not in the file as they are; their place is the whole they came from. A break in
    /// them ends the taking.
    mutating func collect(
        from bytes: [UInt8], at place: EmbeddedText.Place,
        _ body: (inout PictureBytes, inout Self) throws(InspectionError) -> Void
    ) {
        outerPlace = place
        bytes.withUnsafeBytes { memory in
            var part = PictureBytes(part: memory)
            do throws(InspectionError) { try body(&part, &self) } catch {}
        }
        outerPlace = nil
    }

    func place(_ range: Range<Int>, _ block: String) -> EmbeddedText.Place {
        if let outerPlace { return outerPlace }
        return EmbeddedText.Place(block: block, offset: Int64(range.lowerBound), length: range.count)
    }
}

extension PictureBytes {
    /// Copies bytes out of the file. The caller has bounded their number; beyond the end is `truncated`.
    mutating func copy(_ range: Range<Int>) throws(InspectionError) -> [UInt8] {
        try require(range.upperBound)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(range.count)
        var position = range.lowerBound
        while position < range.upperBound {
            let end = min(range.upperBound, position + Self.usualRead)
            bytes.append(contentsOf: try run(position..<end))
            position = end
        }
        return bytes
    }
}
