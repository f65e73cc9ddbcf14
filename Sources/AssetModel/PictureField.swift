/// A text in a model's input that stands where the address of a picture can stand.
///
/// Such places are told by the name of the field alone: `url`, `urls`, `image`, `images`, `mask`, `masks`, and any name that
/// ends in one of these behind an underscore, such as `image_url`, `reference_image_urls` or `control_image`. An array's
/// elements stand in the field that the array stands in. Everything else in an input is left alone.
package struct PictureField: Hashable, Sendable {
    /// Where it stands, such as `images[1].url`.
    package let path: String
    /// What stands there.
    package let text: String
    /// Whether it is an element of an array, so that several can take its place.
    package let isInArray: Bool

    /// How an asset is written in such a place as long as it has no URL.
    package static func placeholder(of asset: ContentDigest) -> String { "asset:\(asset.hex)" }

    /// The asset whose placeholder stands there; nil for any other text.
    package var asset: ContentDigest? {
        guard text.hasPrefix("asset:"), let digest = try? ContentDigest(parsing: text.dropFirst(6)),
            Self.placeholder(of: digest) == text
        else { return nil }
        return digest
    }

    /// Whether a field of this name holds addresses of pictures.
    package static func isPictureField(_ name: String) -> Bool {
        let last = name.lowercased().split(separator: "_", omittingEmptySubsequences: false).last ?? ""
        return ["url", "urls", "image", "images", "mask", "masks"].contains(last)
    }
}

extension JSONValue {
    /// The texts of this input that can be addresses of pictures, objects by the order of their keys, arrays in theirs.
    package var pictureFields: [PictureField] {
        var fields: [PictureField] = []
        _ = replacingPictureFields { field in
            fields.append(field)
            return [field.text]
        }
        return fields
    }

    /// The same input with other texts in these places. In an array one text can become several, or none; elsewhere it becomes
    /// the first of what `replacement` gives, and stays when that is nothing.
    package func replacingPictureFields(_ replacement: (PictureField) -> [String]) -> JSONValue {
        replaced(at: "", in: nil, replacement)
    }

    private func replaced(at path: String, in name: String?, _ replacement: (PictureField) -> [String]) -> JSONValue {
        switch self {
        case .object(let members):
            var result = members
            for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                result[key] = value.replaced(
                    at: path.isEmpty ? key : "\(path).\(key)", in: PictureField.isPictureField(key) ? key : nil,
                    replacement)
            }
            return .object(result)
        case .array(let elements):
            return .array(
                elements.enumerated().flatMap { index, element -> [JSONValue] in
                    let place = "\(path)[\(index)]"
                    guard name != nil, case .string(let text) = element else {
                        return [element.replaced(at: place, in: name, replacement)]
                    }
                    return replacement(PictureField(path: place, text: text, isInArray: true)).map(JSONValue.string)
                })
        case .string(let text) where name != nil:
            let texts = replacement(PictureField(path: path, text: text, isInArray: false))
            return texts.first.map(JSONValue.string) ?? self
        default:
            return self
        }
    }
}
