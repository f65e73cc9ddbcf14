/// A text that a picture carries in its file beside the pixels: a prompt, a description, a recipe of some generator.
public struct EmbeddedText: Hashable, Sendable, Codable {
    /// Where texts of this kind live.
    public enum Carrier: String, Hashable, Sendable, Codable, CaseIterable {
        /// A text chunk of PNG: `tEXt`, `zTXt` or `iTXt`.
        case png
        /// A tag of EXIF, in any format.
        case exif
        /// A property of an XMP packet, in any format.
        case xmp
        /// A field of an IPTC record in JPEG.
        case iptc
        /// The comment of a JPEG.
        case comment
        /// The lowest bits of the alpha channel.
        case alpha
    }

    /// The bytes that hold the text, in the file as it is stored: compressed or encoded if it is so there.
    public struct Place: Hashable, Sendable, Codable {
        /// The block in which they lie, by the name that its format gives it: `tEXt`, `APP1`, `EXIF`.
        public let block: String
        /// From the start of the file, in bytes. For a text cut into several blocks: of the first piece.
        public let offset: Int64
        /// In bytes. For a text cut into several blocks: of all pieces together.
        public let length: Int

        package init(block: String, offset: Int64, length: Int) {
            self.block = block
            self.offset = offset
            self.length = length
        }
    }

    /// The kind of container.
    public let carrier: Carrier
    /// The name under which the text stands: a PNG keyword, the name of an EXIF tag, the local name of an XMP property.
    public let keyword: String
    /// The text, decoded, otherwise as it came.
    public let text: String
    /// Where it lies.
    public let place: Place

    package init(carrier: Carrier, keyword: String, text: String, place: Place) {
        self.carrier = carrier
        self.keyword = keyword
        self.text = text
        self.place = place
    }
}
