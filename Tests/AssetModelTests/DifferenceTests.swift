import Testing

@testable import AssetModel

/// Two recipes beside each other.
struct DifferenceTests {
    private static func marked(_ first: String, _ second: String) -> String {
        WordDifference(first, second).pieces.map { piece in
            switch piece.kind {
            case .same: piece.space + piece.text
            case .removed: piece.space + "[-\(piece.text)-]"
            case .added: piece.space + "{+\(piece.text)+}"
            }
        }.joined()
    }

    @Test(
        arguments: [
            ("a red mug", "a blue mug", "a [-red-] {+blue+} mug"), ("a mug", "a mug", "a mug"), ("", "a", "{+a+}"),
            ("a mug, red", "a mug", "a mug[-, red-]"), ("红色的杯子", "蓝色的杯子", "[-红-]{+蓝+}色的杯子"),
            ("(cat:1.2)", "(cat:1.3)", "(cat:1.[-2-]{+3+})"), ("a  b", "a b", "a b"), ("x y z", "z", "[-x y-] z"),
            ("a b c", "d e f", "[-a b c-]{+d e f+}"), ("don't go", "do go", "[-don't-]{+do+} go"), ("", "", ""),
        ])
    func `a change of words is shown as git shows it`(first: String, second: String, expected: String) {
        #expect(Self.marked(first, second) == expected)
    }

    /// The length of the longest part that both lists have in their order.
    private static func common(_ first: [Int], _ second: [Int]) -> Int {
        var row = [Int](repeating: 0, count: second.count + 1)
        for one in first {
            var corner = 0
            for (place, other) in second.enumerated() {
                let above = row[place + 1]
                row[place + 1] = one == other ? corner + 1 : max(above, row[place])
                corner = above
            }
        }
        return row[second.count]
    }

    @Test func `every difference leads from the first list to the second, by as few changes as there can be`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let letters = Int.random(in: 1...6, using: &random)
            let first = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                Int.random(in: 0...letters, using: &random)
            }
            let second = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                Int.random(in: 0...letters, using: &random)
            }
            var (old, new, same): ([Int], [Int], Int) = ([], [], 0)
            for change in SequenceDifference(first, second).changes {
                switch change {
                case .same(let one, let other):
                    #expect(first[one] == second[other])
                    old.append(one)
                    new.append(other)
                    same += 1
                case .removed(let place): old.append(place)
                case .added(let place): new.append(place)
                }
            }
            #expect(old == Array(first.indices) && new == Array(second.indices))
            #expect(same == Self.common(first, second))
        }
    }

    @Test func `10,000 words are compared at once, whatever they are`() {
        let words = (0..<10_000).map { "w\($0)" }
        let texts = [
            words.joined(separator: " "), words.reversed().joined(separator: " "),
            (words[5000...] + words[..<5000]).joined(separator: " "),
            Array(repeating: "very", count: 10_000).joined(separator: " "),
            (0..<10_000).map { "\($0 % 7)" }.joined(separator: " "), "short",
        ]
        let clock = ContinuousClock()
        for first in texts {
            for second in texts {
                var result: WordDifference?
                let time = clock.measure { result = WordDifference(first, second) }
                #expect(result?.isSame == (first == second))
                #expect(time < .seconds(5), "\(time)")
            }
        }
        #expect(WordDifference(texts[0], texts[2]).pieces.filter { $0.kind == .same }.count == 1)
    }

    private static func digest(_ byte: UInt8) throws -> ContentDigest {
        try ContentDigest(bytes: [UInt8](repeating: byte, count: 32))
    }

    private static func run(
        _ number: UInt64, references: [UInt8], seed: UInt64?, _ parameters: [String: JSONValue], prompt: String = "p",
        outputs: Int = 1
    ) throws -> Run {
        let size = try #require(PixelSize(width: 2048, height: 2048))
        let facts = ImageFacts(
            format: .png, storedSize: size, orientation: .upright, hasAlpha: false, bitDepth: 8, frameCount: 1,
            byteCount: 1)
        return Run(
            id: Run.ID(random: (number, 1)), model: "fal-ai/hidream-o1-image/edit", prompt: prompt,
            parameters: .object(parameters), references: try ReferenceSet(try references.map(digest)),
            plannedSize: size, state: .finished, request: nil, host: RemoteHost("h"), seed: seed, reason: nil,
            outputs: try (0..<outputs).map {
                Run.Output(asset: try digest(UInt8(200 + $0)), facts: facts, isFlagged: nil, url: nil)
            }, plannedAt: Timestamp(milliseconds: 0), changedAt: Timestamp(milliseconds: 0))
    }

    @Test func `fields are told by name, asked and got`() throws {
        let one = try Self.run(
            1, references: [], seed: 7, ["num_inference_steps": .integer(28), "x": .object(["y": .bool(true)])])
        let other = try Self.run(2, references: [], seed: 9, ["num_inference_steps": .integer(50), "seed": .seed(9)])
        let difference = RecipeDifference(.run(one, image: nil), .run(other, image: nil))
        let told = difference.fields.map { field in
            "\(field.name) \(field.aspect?.rawValue ?? "-") \(field.left?.canonicalText ?? "none") "
                + "\(field.right?.canonicalText ?? "none")"
        }
        #expect(
            told == [
                "seed asked none \"9\"", "seed got \"7\" \"9\"", "steps - 28 50", "x.y - true none",
            ], "\(told)")
        #expect(difference.texts.isEmpty && difference.references.isEmpty && difference.commonRun == nil)
    }

    @Test func `a field that is left out and its usual value are the same`() throws {
        let one = try Self.run(1, references: [1], seed: 7, [:])
        let steps = try #require(EditModels.entry(one.model)?.defaults[.steps])
        let other = try Self.run(2, references: [1], seed: 7, ["num_inference_steps": steps])
        #expect(RecipeDifference(.run(one, image: nil), .run(other, image: nil)).isEmpty)
    }

    @Test(
        arguments: [
            ([1, 2, 3], [1, 3], ["2: 1 none"]), ([1, 2, 3], [3, 1, 2], ["3: 2 0"]), ([1], [1, 2], ["2: none 1"]),
            ([1, 2], [2, 1], ["1: 0 1"]), ([1, 2], [3, 4], ["1: 0 none", "2: 1 none", "3: none 0", "4: none 1"]),
            ([1, 2], [1, 2], []),
        ] as [([UInt8], [UInt8], [String])])
    func `references are added, removed or moved`(first: [UInt8], second: [UInt8], expected: [String]) throws {
        let difference = RecipeDifference(
            .run(try Self.run(1, references: first, seed: 7, [:]), image: nil),
            .run(try Self.run(2, references: second, seed: 7, [:]), image: nil))
        let told = difference.references.map { reference in
            let (from, to) = (reference.from.map(String.init), reference.to.map(String.init))
            return "\(reference.asset.bytes[0]): \(from ?? "none") \(to ?? "none")"
        }
        #expect(Set(told) == Set(expected), "\(told)")
    }

    @Test func `two pictures of one run are told to be that, and a recipe stands beside a run`() throws {
        let run = try Self.run(1, references: [], seed: 7, [:], outputs: 3)
        #expect(RecipeDifference(.run(run, image: 0), .run(run, image: 2)).commonRun == run.id)
        let recipe = Recipe(
            generator: "ComfyUI", certainty: .certain, prompt: "p q", seed: 7, steps: 20, guidance: 5)
        let difference = RecipeDifference(.run(run, image: 0), .recipe(recipe, asset: try Self.digest(1)))
        #expect(difference.commonRun == nil && difference.texts.map(\.name) == ["prompt"])
        #expect(difference.fields.contains { $0.name == "generator" && $0.left == nil })
    }
}
