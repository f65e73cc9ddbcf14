import AssetLibrary
import AssetModel
import Fixtures
import Foundation
import TestSupport
import Testing

struct LanguageSearchTests {
    /// A prompt, and words that stand within it.
    struct Phrase: Sendable, CustomTestStringConvertible {
        let language: String
        let prompt: String
        let words: [String]
        var testDescription: String { language }
    }

    static let phrases = [
        Phrase(
            language: "English", prompt: "a red ceramic mug on white marble",
            words: ["ceramic", "CERAMIC", "ｃｅｒａｍｉｃ", "\"red ceramic\"", "ceram*", "*ramic*", "*ramic", "*rami*"]),
        Phrase(
            language: "German", prompt: "eine weiße Tasse auf der Straße vor dem Café",
            words: [
                "straße", "strasse", "STRASSE", "STRAẞE", "cafe\u{301}", "CAFÉ", "weis*", "*traß*", "*trass*", "*afe",
            ]),
        Phrase(
            language: "Chinese", prompt: "一个白色的茶壶放在木桌上",
            words: ["茶壶", "白色", "木桌", "\"的茶壶\"", "茶*", "白色的茶壶", "*茶壶*", "*茶", "*壶*"]),
        Phrase(
            language: "Japanese", prompt: "大理石の上に置かれた赤いマグカップと急須",
            words: ["マグカップ", "ﾏｸﾞｶｯﾌﾟ", "マク\u{3099}カッフ\u{309A}", "急須", "赤い", "置かれた", "*カップ*", "マグ*"]),
        Phrase(
            language: "Korean", prompt: "대리석 위에 놓인 빨간머그컵입니다",
            words: ["머그컵", "머그컵".decomposedStringWithCanonicalMapping, "빨간", "컵", "머그*", "*그컵*", "대리"]),
        Phrase(
            language: "Thai", prompt: "ภาพรถไฟสีแดงบนสะพานใกล้น้ำ", words: ["รถไฟ", "สีแดง", "สะพาน", "น้ำ", "*ไฟ*", "รถ*"]),
        Phrase(
            language: "Arabic", prompt: "صورة إِبريق الشاي على طاولة خشبية",
            words: ["إبريق", "ابريق", "ابريـــق", "الشاي", "طاوله", "ﻃﺎﻭﻟﺔ", "*شاي*", "خشب*"]),
        Phrase(
            language: "emoji", prompt: "tea time 🫖 with ☕️ for a 👩🏽‍🚀 from 🇩🇪",
            words: ["🫖", "☕", "☕️", "👩‍🚀", "👩🏽‍🚀", "🇩🇪", "time🫖"]),
    ]

    @Test(arguments: phrases)
    func `prompts in English, German, Chinese, Japanese, Korean, Thai and Arabic are found by a word in the middle`(
        phrase: Phrase
    ) async throws {
        try await TestLibrary.withSandbox { library, session, _ in
            // Its neighbours must not be found with it: the others, as a file's prompt.
            for (index, other) in Self.phrases.enumerated() where other.language != phrase.language {
                _ = try await Self.importPicture(library, index, "other-\(index)", prompt: other.prompt)
            }
            var assets: Set<ContentDigest> = []
            // The prompt of a file of another tool, the name of a file, a tag.
            assets.insert(try await Self.importPicture(library, 100, "told", prompt: phrase.prompt))
            assets.insert(try await Self.importPicture(library, 101, phrase.prompt, prompt: nil))
            let tagged = try await Self.importPicture(library, 102, "tagged", prompt: nil)
            try await library.tag([tagged], with: [phrase.prompt])
            assets.insert(tagged)
            // The prompt of a picture that was made here.
            var request = RunRequest(model: EditModels.defaultForEdits, prompt: phrase.prompt)
            request.references = try await library.pictures(named: [Fixtures.path("images/demo/cat.jpg")])
            request.seed = 7
            let made = try await session.run(try await session.plan(request))
            assets.formUnion(made.run.outputs.map(\.asset))
            #expect(assets.count == 4)
            for word in phrase.words {
                let found = try await library.search(SearchQuery(parsing: word)).map(\.asset)
                #expect(Set(found) == assets, "\(word)")
            }
        }
    }

    /// Imports a picture of our own with bytes of its own.
    private static func importPicture(
        _ library: Library, _ number: Int, _ name: String, prompt: String?
    ) async throws -> ContentDigest {
        let picture = try Data(contentsOf: URL(fileURLWithPath: Fixtures.path("images/demo/mug.png")))
        var chunks = chunk("atNr", Data("\(number)".utf8))
        if let prompt {
            let settings = "\(prompt)\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: \(1000 + number), Size: 512x512"
            chunks += chunk("iTXt", Data("parameters\0\0\0\0\0\(settings)".utf8))
        }
        return try await TemporaryFolder.with { folder in
            let path = folder + "/\(name).png"
            // Behind the signature and the header.
            try (picture.prefix(33) + chunks + picture.dropFirst(33)).write(to: URL(fileURLWithPath: path))
            _ = try await library.importFiles([path])
            return try #require(try await library.pictures(named: [path]).first).asset
        }
    }

    private static func chunk(_ type: String, _ data: Data) -> Data {
        func bytes(_ number: UInt32) -> Data { withUnsafeBytes(of: number.bigEndian) { Data($0) } }
        let body = Data(type.utf8) + data
        var sum = UInt32.max
        for byte in body {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return bytes(UInt32(data.count)) + body + bytes(~sum)
    }
}
