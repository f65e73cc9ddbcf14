/// One way in which what came differs from what was asked for, as values; `description` is the sentence.
public struct Drift: Hashable, Sendable, Codable, CustomStringConvertible {
    /// What differs. Raw values are what the journal, the catalog and `drift:` in a search say.
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A picture's measured size is not the planned one.
        case size
        /// The answer names another seed than the one asked for.
        case seed
        /// Fewer or more pictures came than were asked for.
        case count
        /// A picture is of another format than the one asked for.
        case format
        /// A picture has more or fewer bytes than the answer announced.
        case bytes
        /// The answer says another size of a picture than was measured.
        case announced
        /// The answer does not say how large a picture is; it was measured.
        case unmeasured
        /// An output is no picture that can be read; its bytes are kept.
        case unreadable
        /// An output is not served any more, or the answer does not say where it is.
        case missing
    }

    /// What differs.
    public let kind: Kind
    /// Which output of the answer, from 0; nil when it is about the run as a whole.
    public let position: Int?
    /// What was asked for, planned or announced; nil when there is nothing to say.
    public let asked: String?
    /// What came, or the reason why nothing did; nil when there is nothing to say.
    public let got: String?
    /// The bytes of an unreadable output, as they came; nil for every other kind.
    public let kept: ContentDigest?

    package init(
        _ kind: Kind, position: Int? = nil, asked: String? = nil, got: String? = nil, kept: ContentDigest? = nil
    ) {
        self.kind = kind
        self.position = position
        self.asked = asked
        self.got = got
        self.kept = kept
    }

    /// One sentence without a full stop.
    public var description: String {
        let picture = position.map { "image \($0 + 1)" } ?? "the answer"
        let (asked, got) = (asked ?? "nothing", got ?? "nothing")
        return switch kind {
        case .size: "\(picture) is \(got), not the planned \(asked)"
        case .seed: "asked for seed \(asked); fal used \(got)"
        case .count:
            "asked for \(asked) image\(asked == "1" ? "" : "s"), got \(got)"
        case .format: "\(picture) is \(got), not \(asked) as asked"
        case .bytes: "\(picture) has \(got) bytes, not the \(asked) announced"
        case .announced: "\(picture) is \(got), fal's answer says \(asked)"
        case .unmeasured: "fal's answer does not say how large \(picture) is; measured it is \(got)"
        case .unreadable:
            "\(picture) cannot be read: \(got)" + (kept.map { "; its bytes are kept as \($0.short)" } ?? "")
        case .missing: "\(picture) could not be fetched: \(got)"
        }
    }
}

extension Drift {
    /// Compares outputs with what was planned and asked, and with what the answer says of itself.
    ///
    /// `outputs` are those that came, in order; outputs that did not are the caller's to report. Without a planned size the
    /// endpoint is not known well enough to judge sizes, a number of pictures that was not asked for, or what an answer leaves out.
    public static func comparing(
        parameters: JSONValue, plannedSize: PixelSize?, outputs: [Run.Output], response: JSONValue
    ) -> [Drift] {
        var drift: [Drift] = []
        // How many pictures an endpoint makes of itself is known only of those whose sizes are.
        let wanted = parameters[.imageCount]?.int ?? (plannedSize == nil ? outputs.count : 1)
        if outputs.count != wanted { drift.append(Drift(.count, asked: "\(wanted)", got: "\(outputs.count)")) }
        let announced = response.answerFiles
        for (place, output) in outputs.enumerated() {
            let size = output.facts.storedSize
            // What the answer says of an output that came by URL stands beside that URL; inside the answer, beside its digest.
            let name = output.url ?? "sha256:\(output.asset.hex)"
            let found = announced.firstIndex { $0.url == name }
            let index = found ?? place
            if let plannedSize, size != plannedSize {
                drift.append(Drift(.size, position: index, asked: "\(plannedSize)", got: "\(size)"))
            }
            if let format = parameters[.outputFormat]?.text, format != output.facts.format.rawValue,
                plannedSize != nil || ImageFormat(rawValue: format) != nil
            {
                drift.append(Drift(.format, position: index, asked: format, got: output.facts.format.rawValue))
            }
            guard let image = found.map({ announced[$0] }) else { continue }
            if let said = image.announcedSize {
                if said != "\(size)" { drift.append(Drift(.announced, position: index, asked: said, got: "\(size)")) }
            } else if plannedSize != nil {
                drift.append(Drift(.unmeasured, position: index, got: "\(size)"))
            }
            if let bytes = image.announcedByteCount, Int64(bytes) != output.facts.byteCount {
                drift.append(Drift(.bytes, position: index, asked: "\(bytes)", got: "\(output.facts.byteCount)"))
            }
        }
        if let seed = parameters[.seed]?.seed, let answered = response[.seed]?.seed, seed != answered {
            drift.append(Drift(.seed, asked: "\(seed)", got: "\(answered)"))
        }
        return drift
    }
}
