import AssetModel

/// A description that belongs to no generator's recipe: a note about the picture by any author.
enum PlainNote {
    /// Longer texts are data, not descriptions.
    private static let longest = 16_384
    /// Where descriptions stand, the most deliberate first.
    private static let places: [(EmbeddedText.Carrier, String)] = [
        (.xmp, "description"), (.iptc, "Caption-Abstract"), (.exif, "ImageDescription"), (.xmp, "AIPromptInformation"),
        (.exif, "UserComment"), (.exif, "XPComment"), (.png, "Description"), (.png, "Comment"), (.comment, "comment"),
        (.xmp, "title"), (.iptc, "Headline"), (.iptc, "ObjectName"), (.exif, "XPTitle"), (.png, "Title"),
    ]
    /// What cameras and programs write without being asked.
    private static let routine = [
        "OLYMPUS DIGITAL CAMERA", "SONY DSC", "DCIM\\", "SAMSUNG", "KONICA MINOLTA", "MINOLTA DIGITAL CAMERA",
        "Created with GIMP", "CREATOR: gd-jpeg", "Lavc", "LEAD Technologies", "File written by Adobe Photoshop",
        "Screenshot",
        "Software:", "Processed By eBay", "Optimized by", "Compressed by",
    ]

    /// Whether a camera or a program wrote a text without being asked.
    static func isRoutine(_ text: String) -> Bool { routine.contains { text.hasPrefix($0) } }

    /// The first description that says something; nil when there is none.
    static func read(_ texts: EmbeddedTexts) -> EmbeddedText? {
        for (carrier, keyword) in places {
            guard let text = texts.first(carrier, keyword), text.text.utf8.count <= longest,
                text.text.unicodeScalars.contains(where: { $0.properties.isAlphabetic }),
                !text.text.unicodeScalars.contains(where: { $0.value < 0x20 && !"\n\r\t".unicodeScalars.contains($0) }),
                !isRoutine(text.text),
                // Settings of a program that no rule understood.
                !text.text.hasPrefix("{"), !text.text.hasPrefix("[")
            else { continue }
            return text
        }
        return nil
    }
}
