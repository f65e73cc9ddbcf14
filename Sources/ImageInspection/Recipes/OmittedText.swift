package import AssetModel

/// A text that was seen in a picture and not read, with the reason.
package struct OmittedText: Hashable, Sendable {
    /// Why a text was left out.
    package enum Reason: String, Hashable, Sendable, CaseIterable {
        /// It is longer than the limits allow, as stored or decompressed, or the picture has too many texts.
        case tooLong = "too_long"
        /// Its compression or its form is broken.
        case damaged
        /// It is compressed with Brotli, which is not read.
        case compressed
    }

    /// The kind of container.
    package let carrier: EmbeddedText.Carrier
    /// The name under which it stands, as far as it is known.
    package let keyword: String
    /// Why it was left out.
    package let reason: Reason
    /// Where it lies.
    package let place: EmbeddedText.Place
}
