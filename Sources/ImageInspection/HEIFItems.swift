import AssetModel

/// The items of a HEIF file (ISO/IEC 23008-12): what its `meta` box says about single pictures.
///
/// Only places are kept; every question walks over the box that answers it, so memory does not grow with the file.
struct HEIFItems {
    /// Names of boxes and kinds of references, as four bytes.
    private enum Name {
        static let primary = 0x7069_746D  // pitm
        static let infos = 0x6969_6E66  // iinf
        static let info = 0x696E_6665  // infe
        static let references = 0x6972_6566  // iref
        static let properties = 0x6970_7270  // iprp
        static let container = 0x6970_636F  // ipco
        static let association = 0x6970_6D61  // ipma
        static let locations = 0x696C_6F63  // iloc
        static let auxiliaryOf = 0x6175_786C  // auxl
        static let derivedFrom = 0x6469_6D67  // dimg
    }

    /// Properties of one item that are looked at; real ones have up to ten.
    private static let maximumPropertyCount = 32
    /// Auxiliary pictures of the primary item that are looked at; real files have up to four.
    private static let maximumAuxiliaryCount = 8

    /// The item that a viewer shows.
    let primary: Int
    private var infos: Range<Int>?
    private var references: Range<Int>?
    private var properties: Range<Int>?
    private var locations: Range<Int>?

    /// Finds the boxes inside a `meta` box. Four bytes of version stand before them.
    init(meta: Range<Int>, of picture: inout PictureBytes) throws(InspectionError) {
        var primary: Int?
        var walk = BoxWalk(meta.dropFirst(4))
        while let box = try walk.next(in: &picture) {
            switch box.name {
            case Name.primary where primary == nil:
                let isShort = try picture.field(1, at: 0, in: box.body) == 0
                primary = try picture.field(isShort ? 2 : 4, at: 4, in: box.body)
            case Name.infos: infos = infos ?? box.body
            case Name.references: references = references ?? box.body
            case Name.properties: properties = properties ?? box.body
            case Name.locations: locations = locations ?? box.body
            default: break
            }
        }
        guard let primary else { throw picture.flaw(.missingPicture) }
        self.primary = primary
    }

    /// The coding of an item, four letters as a number, or nil when there is no such item.
    func coding(of item: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int? {
        guard let infos else { return nil }
        let isShort = try picture.field(1, at: 0, in: infos) == 0
        var walk = BoxWalk(infos.dropFirst(isShort ? 6 : 8))
        while let box = try walk.next(in: &picture) {
            guard box.name == Name.info else { continue }
            // Version 2 has short numbers, version 3 long ones; older ones name no coding.
            let version = try picture.field(1, at: 0, in: box.body)
            guard version == 2 || version == 3 else { continue }
            let length = version == 2 ? 2 : 4
            guard try picture.field(length, at: 4, in: box.body) == item else { continue }
            return try picture.field(4, at: 4 + length + 2, in: box.body)
        }
        return nil
    }

    /// What the properties of an item say, in their order.
    func properties(of item: Int, in picture: inout PictureBytes) throws(InspectionError) -> HEIFProperties {
        var found = HEIFProperties()
        guard let properties, let container = try BoxWalk.first(Name.container, in: properties, of: &picture) else {
            return found
        }
        for index in try indices(of: item, in: properties, of: &picture) where index > 0 {
            var walk = BoxWalk(container)
            var number = 0
            while number < index, let box = try walk.next(in: &picture) {
                number += 1
                if number == index { try found.take(box, of: &picture) }
            }
        }
        return found
    }

    /// The numbers of an item's properties, counted from 1.
    private func indices(
        of item: Int, in properties: Range<Int>, of picture: inout PictureBytes
    ) throws(InspectionError) -> [Int] {
        var walk = BoxWalk(properties)
        while let box = try walk.next(in: &picture) {
            guard box.name == Name.association else { continue }
            let itemLength = try picture.field(1, at: 0, in: box.body) == 0 ? 2 : 4
            let indexLength = try picture.field(1, at: 3, in: box.body) & 1 == 0 ? 1 : 2
            var offset = 8
            for _ in 0..<(try picture.field(4, at: 4, in: box.body)) {
                let number = try picture.field(itemLength, at: offset, in: box.body)
                let count = try picture.field(1, at: offset + itemLength, in: box.body)
                offset += itemLength + 1
                if number == item {
                    var indices: [Int] = []
                    for position in 0..<min(count, Self.maximumPropertyCount) {
                        let index = try picture.field(indexLength, at: offset + position * indexLength, in: box.body)
                        // The highest bit says whether a reader must understand it.
                        indices.append(index & (indexLength == 1 ? 0x7F : 0x7FFF))
                    }
                    return indices
                }
                offset += count * indexLength
            }
        }
        return []
    }

    /// The first item from which another one is made, as a grid is of its tiles.
    func firstPart(of item: Int, in picture: inout PictureBytes) throws(InspectionError) -> Int? {
        try reference(in: &picture) { kind, from, target, _ in
            kind == Name.derivedFrom && from == item ? target : nil
        }
    }

    /// Whether an auxiliary item with transparency belongs to an item.
    func hasAlpha(_ item: Int, in picture: inout PictureBytes) throws(InspectionError) -> Bool {
        var looks = 0
        return try reference(in: &picture) { (kind, from, target, picture) throws(InspectionError) in
            guard kind == Name.auxiliaryOf, target == item, looks < Self.maximumAuxiliaryCount else { return nil }
            looks += 1
            return try properties(of: from, in: &picture).isAlpha ? from : nil
        } != nil
    }

    /// The first answer that is not nil, over all references: their kind, from which item, to which.
    private func reference(
        in picture: inout PictureBytes,
        _ answer: (Int, Int, Int, inout PictureBytes) throws(InspectionError) -> Int?
    ) throws(InspectionError) -> Int? {
        guard let references else { return nil }
        let length = try picture.field(1, at: 0, in: references) == 0 ? 2 : 4
        var walk = BoxWalk(references.dropFirst(4))
        while let box = try walk.next(in: &picture) {
            guard box.name == Name.auxiliaryOf || box.name == Name.derivedFrom else { continue }
            let from = try picture.field(length, at: 0, in: box.body)
            for index in 0..<(try picture.field(2, at: length, in: box.body)) {
                let target = try picture.field(length, at: length + 2 + index * length, in: box.body)
                if let found = try answer(box.name, from, target, &picture) { return found }
            }
        }
        return nil
    }

    /// Makes sure that the bytes of an item are in the file, as far as they lie there and not in `meta` itself.
    func requireBytes(of item: Int, in picture: inout PictureBytes) throws(InspectionError) {
        guard let locations else { return }
        let version = try picture.field(1, at: 0, in: locations)
        let sizes = try picture.field(2, at: 4, in: locations)
        let (offsetLength, lengthLength, baseLength) = (sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15)
        let indexLength = version == 0 ? 0 : sizes & 15
        for length in [offsetLength, lengthLength, baseLength, indexLength] {
            guard length == 0 || length == 4 || length == 8 else { throw picture.flaw(.blockLength) }
        }
        let numberLength = version < 2 ? 2 : 4
        var offset = 6 + numberLength
        for _ in 0..<(try picture.field(numberLength, at: 6, in: locations)) {
            let number = try picture.field(numberLength, at: offset, in: locations)
            offset += numberLength
            // Where offsets are counted from: 0 the file, 1 a box inside `meta`.
            let method = version == 0 ? 0 : try picture.field(2, at: offset, in: locations) & 15
            offset += version == 0 ? 2 : 4
            let base = try picture.field(baseLength, at: offset, in: locations)
            let count = try picture.field(2, at: offset + baseLength, in: locations)
            offset += baseLength + 2
            if number == item {
                guard method == 0 else { return }
                for _ in 0..<count {
                    let start = try picture.field(offsetLength, at: offset + indexLength, in: locations)
                    let length = try picture.field(
                        lengthLength, at: offset + indexLength + offsetLength, in: locations)
                    // Each is at most 2⁶¹.
                    guard base + start <= picture.byteCount else { throw .truncated(picture.format) }
                    try picture.require(base + start + length)
                    offset += indexLength + offsetLength + lengthLength
                }
                return
            }
            offset += count * (indexLength + offsetLength + lengthLength)
        }
    }
}
