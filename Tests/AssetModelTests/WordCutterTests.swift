import Foundation
import Testing

@testable import AssetModel

@Suite struct WordCutterTests {
    @Test(arguments: [
        ("A red Mug, on marble!", "a red mug on marble"),
        ("don't x-ray 5\"x7\"", "don t x ray 5 x7"),
        // Accents, also beside their letter, and letters that Unicode does not take apart.
        ("MÄRBLE cafe\u{301} Łódź smørrebrød Þór Œuvre", "marble cafe lodz smorrebrod thor oeuvre"),
        ("Straße STRASSE ẞ", "strasse strasse ss"),
        ("ﬁne oﬃce Ĳ", "fine office ij"),
        ("ｍｕｇ Ｍｕｇ　１２ 𝐁𝐨𝐥𝐝 Ⅳ ①", "mug mug 12 bold iv 1"),
        ("İstanbul ISTANBUL ısı", "istanbul istanbul isi"),
        ("ΣΊΣΥΦΟΣ σίσυφος", "σισυφοσ σισυφοσ"),
        ("Ёлка мой мои и\u{306}", "елка мои\u{306} мои и\u{306}"),
        ("Lego™ Brand® 2026©", "lego brand 2026"),
        ("m² ½ ㎏ ㈱", "m2 1 2 kg 株"),
        // No spaces between words.
        ("白色的茶壶", "白 色 的 茶 壶"),
        ("3杯coffee豆", "3 杯 coffee 豆"),
        ("コーヒー ｺｰﾋｰ", "コ ー ヒ ー コ ー ヒ ー"),
        ("が か\u{3099} ｶﾞ", "か\u{3099} か\u{3099} カ\u{3099}"),
        ("머그컵", "\u{1106}\u{1165} \u{1100}\u{1173} \u{110F}\u{1165}\u{11B8}"),
        ("\u{1106}\u{1165}\u{1100}\u{1173}", "\u{1106}\u{1165} \u{1100}\u{1173}"),
        ("ㅋㅋ ㅠㅠ", "\u{110F} \u{110F} \u{1172} \u{1172}"),
        ("รถไฟถ้วยน้ำ", "ร ถ ไ ฟ ถ\u{E49} ว ย น\u{E49} ำ"),
        ("ສະບາຍດີ", "ສ ະ ບ າ ຍ ດ\u{EB5}"),
        ("គោម", "គ\u{17C4} ម"),
        // Arabic: vowel points, drawn-out letters, forms of display, letters written for each other.
        ("إِبْرِيق إبريـــق", "ابريق ابريق"),
        ("ﻛﻮﺏ كوب ﷲ", "كوب كوب الله"),
        ("مدرسة مدرسه على علي ۲۰۲۶ ٢٠٢٦", "مدرسه مدرسه علي علي 2026 2026"),
        ("می\u{200C}خواهم", "ميخواهم"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी कप", "हिन्दी कप"),
        // Pictures.
        ("mug🫖tea ☕️☕", "mug 🫖 tea ☕ ☕"),
        ("👍🏽👩‍🚀 🇩🇪 1️⃣", "👍 👩 🚀 🇩 🇪 1"),
        ("★ → ♥ • … — !!!", "★ ♥"),
        ("soft\u{AD}hyphen zero\u{200B}width", "softhyphen zero width"),
        ("", ""), ("\u{301}\u{200D}\u{FE0F}", ""), ("\0a\0", "a"),
    ]) func `text is cut into the words of the index`(text: String, words: String) {
        #expect(WordCutter.words(in: text) == words.unicodeScalars.split(separator: " ").map(String.init))
    }

    @Test func `a word of the index is a word again`() {
        let folding = WordFolding.shared
        for scalar in (0..<UInt32(0x20000)).compactMap(Unicode.Scalar.init) {
            let words = WordCutter.words(in: String(scalar))
            #expect(words.flatMap { WordCutter.words(in: $0) } == words, "\(scalar.value)")
            for part in folding.target(scalar.value) ?? [] {
                #expect(folding.target(part) == nil, "\(scalar.value)")
            }
        }
    }

    @Test func `a query is cut where the index cuts the text`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = Self.text(&random)
            let words = SearchWords.words(in: text)
            #expect(
                words.flatMap { WordCutter.words(in: $0) } == WordCutter.words(in: text), "\(text.debugDescription)")
            #expect(words.allSatisfy { !WordCutter.words(in: $0).isEmpty }, "\(text.debugDescription)")
        }
    }

    @Test func `letters in pieces are the letters`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let text = String((0..<8).map { _ in Self.letters.randomElement(using: &random) ?? "a" })
            #expect(
                WordCutter.words(in: text.decomposedStringWithCanonicalMapping)
                    == WordCutter.words(in: text.precomposedStringWithCanonicalMapping), "\(text)")
        }
    }

    @Test(arguments: [
        ("Café-Tasse", "CAFE\u{301}-tasse", true), ("ｍｕｇ", "Mug", true), ("Straße", "STRASSE", true),
        ("off white", "off-white", false), ("мой", "мои", false), ("茶壶", "茶杯", false),
        ("각", "\u{1100}\u{1161}\u{11A8}", true),
    ]) func `names are the same when only their letters are written otherwise`(left: String, right: String, same: Bool)
    {
        #expect((WordCutter.folded(left) == WordCutter.folded(right)) == same)
    }

    @Test func `each word says which bytes it stands for`() {
        var (text, places) = ("Ça, 茶壶 ﬁg 각!", [String]())
        text.withUTF8 { bytes in
            WordCutter.cut(bytes) { _, place in
                places.append(String(decoding: bytes[place], as: UTF8.self))
                return true
            }
        }
        #expect(places == ["Ça", "茶", "壶", "ﬁg", "각"])
    }

    @Test func `bytes that are no text part words`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in Bool.random() ? UInt8.random(in: 0...255, using: &random) : 0x61 }
            bytes.withUnsafeBufferPointer { buffer in
                WordCutter.cut(buffer) { word, place in
                    #expect(String(validating: word, as: UTF8.self) != nil && !place.isEmpty)
                    return true
                }
            }
        }
        let cut: [UInt8] = Array("mug".utf8) + [0xE8, 0x8C] + Array("tea".utf8) + [0xED, 0xA0, 0x80, 0xC0, 0xAF, 0xFF]
        var words: [String] = []
        cut.withUnsafeBufferPointer { buffer in
            WordCutter.cut(buffer) { word, _ in
                words.append(String(decoding: word, as: UTF8.self))
                return true
            }
        }
        #expect(words == ["mug", "tea"])
    }

    @Test func `a word of a megabyte ends somewhere`() {
        for piece in ["a", "é", "न\u{93E}", "\u{E01}\u{E49}\u{E49}"] {
            let words = WordCutter.words(in: "x " + String(repeating: piece, count: 300_000) + " y")
            #expect(words.first == "x" && words.last == "y")
            #expect(words.allSatisfy { $0.utf8.count <= WordCutter.longestWord })
        }
    }

    /// Letters of many scripts, marks, pictures and signs.
    static let letters: [Character] = Array("aZéÄßﬁŁøıИйёΣς茶壶かガがｶﾞ한글각รถไฟน้ำที่إبريقةहिन्दीשלום")

    static func text(_ random: inout SystemRandomNumberGenerator) -> String {
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                text.append(contentsOf: " -.,\"'*:()@".unicodeScalars.randomElement(using: &random).map { [$0] } ?? [])
            case 1: text.append(contentsOf: "🫖☕️👩‍🚀👍🏽🇩🇪★".unicodeScalars.randomElement(using: &random).map { [$0] } ?? [])
            case 2...5:
                text.append(contentsOf: (letters.randomElement(using: &random) ?? "a").unicodeScalars)
            case 6:
                text.append(Unicode.Scalar(UInt32.random(in: 0..<0xD800, using: &random)) ?? "a")
            default: text.append(Unicode.Scalar(UInt32.random(in: 0xE000..<0x2_FFFF, using: &random)) ?? "a")
            }
        }
        return String(text)
    }
}
