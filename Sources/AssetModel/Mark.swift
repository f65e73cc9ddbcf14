/// A field in which a person says one thing of a picture, a run or a set; what was said last counts.
public enum MarkField: String, Hashable, Sendable, Codable, CaseIterable {
    /// The name of a picture or a run.
    case title
    /// A remark about a picture or a run.
    case note
    /// 1 to 5 stars of a picture.
    case rating
    /// Whether a picture is a favourite.
    case favourite
    /// Whether a picture is in the trash.
    case trashed
    /// The query of a smart set.
    case query
    /// The digest of the picture that stands for a set.
    case cover
    /// What a member of a set is there for, such as `style`.
    case role

    /// The value as the field can hold it; nil for one that it cannot.
    package func accepted(_ value: MarkValue?) -> MarkValue? {
        switch (self, value) {
        case (.title, .text(let text)), (.note, .text(let text)), (.query, .text(let text)), (.role, .text(let text)),
            (.cover, .text(let text)):
            text.isEmpty ? nil : value
        case (.rating, .number(let stars)): (1...5).contains(stars) ? value : nil
        case (.favourite, .flag(let isSet)), (.trashed, .flag(let isSet)): isSet ? value : nil
        default: nil
        }
    }
}

/// What a field holds. No value at all is the same as never having been said.
package enum MarkValue: Hashable, Sendable, Codable {
    case text(String)
    case number(Int)
    case flag(Bool)

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let flag = try? container.decode(Bool.self) {
            self = .flag(flag)
        } else if let number = try? container.decode(Int.self) {
            self = .number(number)
        } else {
            self = .text(try container.decode(String.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let text): try container.encode(text)
        case .number(let number): try container.encode(number)
        case .flag(let flag): try container.encode(flag)
        }
    }

    /// The text; nil for another kind of value.
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    /// The value as a person reads it.
    package var shown: String {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .flag(let flag): flag ? "true" : "false"
        }
    }
    /// The number; nil for another kind of value.
    package var number: Int? { if case .number(let number) = self { number } else { nil } }
}

/// What a person said of one picture or run.
public struct Marks: Hashable, Sendable {
    /// Its name; nil when it has none.
    public let title: String?
    /// A remark; nil when there is none.
    public let note: String?
    /// 1 to 5 stars; 0 when it is not rated. Always 0 for a run, whose pictures are rated.
    public let rating: Int
    /// Whether it is a favourite.
    public let isFavourite: Bool
    /// Whether it is in the trash.
    public let isTrashed: Bool

    package init(
        title: String? = nil, note: String? = nil, rating: Int = 0, isFavourite: Bool = false, isTrashed: Bool = false
    ) {
        self.title = title
        self.note = note
        self.rating = rating
        self.isFavourite = isFavourite
        self.isTrashed = isTrashed
    }
}
