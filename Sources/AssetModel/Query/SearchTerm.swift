/// One thing that a search asks of a picture.
public enum SearchTerm: Hashable, Sendable {
    /// Words that follow each other, each of letters and digits; of a prefix, the last one may go on. Never empty.
    case text([String], isPrefix: Bool = false)
    /// Letters and digits within a word, or at its end.
    case substring(String, endsWord: Bool)
    /// Words that follow each other in its title, its notes or the description in its file.
    case note([String])
    /// A seed that made it.
    case seed(ClosedRange<UInt64>)
    /// The size as seen, in pixels.
    case size(PixelSize)
    /// The width as seen, in pixels.
    case width(SearchBound)
    /// The height as seen, in pixels.
    case height(SearchBound)
    /// The ratio of width to height as seen, within one per cent.
    case ratio(width: Int, height: Int)
    /// Millions of pixels.
    case megapixels(SearchBound)
    /// The format of the file.
    case format(ImageFormat)
    /// Imported or generated.
    case kind(AssetKind)
    /// A part of the name of the model that made it.
    case model(String)
    /// A part of the name of the program that made it, as its recipe says.
    case generator(String)
    /// A tag, whatever its case.
    case tag(String)
    /// Membership of a set, by name.
    case set(String)
    /// Imported or made from the first moment on and before the second.
    case created(from: Timestamp?, until: Timestamp?)
    /// Made by a run that used this asset, or an output of this run, as a reference: an id or the beginning of one.
    case reference(String)
    /// Made by a run with this among its references: an id or the beginning of one.
    case parent(String)
    /// A reference of the run that made this.
    case child(String)
    /// Made from this, directly or through others.
    case ancestor(String)
    /// What this was made from, directly or through others.
    case descendant(String)
    /// Looks like this picture: an id or a path, and in how many bits the fingerprints may differ; nil for the usual distance.
    case like(String, distance: Int?)
    /// One of these.
    case among([ContentDigest])
    /// Words in its texts, the first or last of them open: takes the place of `text` and `substring` where the texts must be read.
    case pattern(WordPattern)
    /// Its stars; 0 when it is not rated.
    case rating(SearchBound)
    /// Whether it is a favourite.
    case favourite(Bool)
    /// In the trash. Without this term a search leaves out what is there.
    case trashed
    /// A part of a path that it was imported from.
    case path(String)
    /// Something that is known of it.
    case has(Property)
    /// What it looks like.
    case shape(Shape)
    /// Made by a run whose answer differs in this way from what was asked for; nil means in any way.
    case drift(Drift.Kind?)
    /// Flagged by fal's safety checker, or looked at and not flagged.
    case flagged(Bool)

    /// The id by whose relatives it asks; nil when it asks for something else.
    public var relative: String? {
        switch self {
        case .reference(let id), .parent(let id), .child(let id), .ancestor(let id), .descendant(let id): id
        default: nil
        }
    }

    /// What `has:` asks for.
    public enum Property: String, Hashable, Sendable, CaseIterable {
        case recipe, prompt, seed, note, title, tag, set, rating
    }

    /// What `is:` asks for.
    public enum Shape: String, Hashable, Sendable, CaseIterable {
        case portrait, landscape, square, animated, transparent
    }
}

/// What a number must be.
public enum SearchBound: Hashable, Sendable {
    case exactly(Double)
    case above(Double)
    case atLeast(Double)
    case below(Double)
    case atMost(Double)
    /// Both ends count.
    case between(Double, Double)

    /// Reads `2`, `>2`, `>=2`, `<2`, `<=2`, `2..4`, `2..` and `..4`; nil for anything else, such as a range that ends before it begins.
    init?(parsing text: some StringProtocol) {
        if let range = text.firstRange(of: "..") {
            let (first, last) = (text[..<range.lowerBound], text[range.upperBound...])
            switch (Self.number(first), Self.number(last)) {
            case (let first?, let last?):
                guard first <= last else { return nil }
                self = first == last ? .exactly(first) : .between(first, last)
            case (let first?, nil) where last.isEmpty: self = .atLeast(first)
            case (nil, let last?) where first.isEmpty: self = .atMost(last)
            default: return nil
            }
            return
        }
        let digits = text.drop { "<>=".contains($0) }
        guard let number = Self.number(digits) else { return nil }
        switch text[..<digits.startIndex] {
        case "", "=": self = .exactly(number)
        case ">": self = .above(number)
        case ">=": self = .atLeast(number)
        case "<": self = .below(number)
        case "<=": self = .atMost(number)
        default: return nil
        }
    }

    /// Digits with a point among them: what people write, and nothing else that a computer takes for a number.
    private static func number(_ text: some StringProtocol) -> Double? {
        guard !text.isEmpty, text.count <= 15, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else {
            return nil
        }
        // Further digits than anyone types would not be written back as they are read.
        return Double(text).map { ($0 * 10_000).rounded() / 10_000 }
    }

    var description: String {
        switch self {
        case .exactly(let number): Self.text(number)
        case .above(let number): ">" + Self.text(number)
        case .atLeast(let number): ">=" + Self.text(number)
        case .below(let number): "<" + Self.text(number)
        case .atMost(let number): "<=" + Self.text(number)
        case .between(let first, let last): Self.text(first) + ".." + Self.text(last)
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && number < 1e15 ? String(Int64(number)) : "\(number)"
    }
}
