import AssetModel
import ImageInspection

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

// Bytes that nobody would think of, for the inspector and the recipe parsers; `Tests/Fuzzing/run` builds and starts it.
// It stands outside every target, because it is built with sanitizers. A crash, an answer that takes too long, and two
// answers for the same bytes are findings.

private let recipes = RecipeReader(
    limits: RecipeLimits(maximumTextLength: 50_000, maximumTotalLength: 100_000))

/// A file without a name, so that bytes can be read as a file as well as from memory.
private let descriptor: Int32 = {
    let path = "/tmp/atelier-fuzz-\(getpid())"
    let file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600)
    unlink(path)
    return file
}()

private let keywords = [
    "parameters", "prompt", "workflow", "Comment", "Description", "invokeai_metadata", "sd-metadata", "Dream",
    "fooocus_scheme", "sui_image_params", "XML:com.adobe.xmp", "Software",
    "Raw profile type exif", "Raw profile type iptc", "kiln",
]

/// A PNG of nothing but one text, so that what the texts say need not be found through a checksum or a packing.
private func picture(of text: ArraySlice<UInt8>, under keyword: String) -> [UInt8] {
    let isLong = keyword.hasPrefix("XML")
    let body = Array(keyword.utf8) + (isLong ? [0, 0, 0, 0, 0] : [0]) + text
    let length = (0..<4).map { UInt8(truncatingIfNeeded: body.count >> (24 - 8 * $0)) }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + length + Array((isLong ? "iTXt" : "tEXt").utf8) + body
        + [0, 0, 0, 0]
}

private func check(_ reading: RecipeReading, _ byteCount: Int) {
    precondition(reading.recipe?.payload.isEmpty != true, "a recipe from nowhere")
    precondition(reading.recipe?.recipe.guidance?.isFinite != false, "a number that is none")
    for text in reading.texts {
        precondition(
            text.place.offset >= 0 && Int(text.place.offset) + text.place.length <= byteCount, "beyond the end")
    }
}

/// Takes one input: the first byte below 32 makes it a text or an alpha channel, any other a whole file.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    switch first {
    case 0..<16:
        let picture = picture(of: bytes.dropFirst(), under: keywords[Int(first) % keywords.count])
        if let reading = try? recipes.read(bytes: picture) { check(reading, picture.count) }
    case 16..<32 where first != 0x1F:
        let width = Int(first) - 15
        let alpha = Array(bytes.dropFirst())
        _ = recipes.read(alpha: alpha, width: width, height: alpha.count / width)
    default:
        ftruncate(descriptor, 0)
        pwrite(descriptor, bytes, count, 0)
        let facts = Result { () throws(InspectionError) in try ImageInspector().inspect(bytes: bytes) }
        let same = Result { () throws(InspectionError) in try ImageInspector().inspect(descriptor: descriptor) }
        precondition(facts == same, "memory says \(facts), a file \(same)")
        switch facts {
        case .success(let facts):
            precondition(facts.frameCount >= 1 && 1...64 ~= facts.bitDepth && facts.channels ?? 0 >= 1, "\(facts)")
        case .failure(let error): precondition(!error.description.isEmpty && !error.code.isEmpty)
        }
        let texts = Result { () throws(InspectionError) in try recipes.read(bytes: bytes) }
        let again = Result { () throws(InspectionError) in try recipes.read(descriptor: descriptor) }
        precondition(texts == again, "the texts of memory and of a file differ")
        if case .success(let reading) = texts { check(reading, count) }
    }
    return 0
}
