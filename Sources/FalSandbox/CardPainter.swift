import AssetModel
import Foundation
import ImageInspection
import ImageRendering
import SizePlanning

/// The sandbox's "model": looks at the references, plans the size, draws test cards and keeps them on disk.
struct CardPainter: Sendable {
    let state: SandboxState
    /// What fal's toolkit downloads at most of one picture.
    private static let longestReference = 50 << 20

    /// Runs a model. Throws what its result will say; `isCancelled` is asked before every picture.
    func run(
        _ request: SandboxJob.Request, isCancelled: () async -> Bool
    ) async throws(ModelFailure) -> DrawnPictures? {
        let start = ContinuousClock.now
        var input = try ModelInput(request.input, for: request.model)
        if request.model.isEcho {
            // References elsewhere are ignored; those in the sandbox must exist.
            input.references.removeAll { ownPath($0, request.base) == nil }
        }
        var sizes: [PixelSize] = []
        var colours: [ReferenceColours] = []
        for (position, reference) in input.references.enumerated() {
            let bytes = try await bytes(of: reference, position, request)
            do {
                // Models see the stored pixels: EXIF orientation is not applied.
                sizes.append(try ImageInspector().inspect(bytes: bytes).storedSize)
                colours.append(try ReferenceColours(of: bytes))
            } catch {
                throw Self.problem(position, "Failed to load the image: \(error)", type: "image_load_error", reference)
            }
        }
        var size = try request.model.isEcho ? Self.echoSize(input.size) : plannedSize(input, references: sizes)
        if await state.fails(.outputSize) {
            size = PixelSize(width: max(1, size.width / 2), height: max(1, size.height / 2)) ?? size
        }
        if request.model.isEcho, input.prompt.isEmpty {
            return DrawnPictures(
                pictures: [], echo: request.input, seed: .null, prompt: "", seconds: start.duration(to: .now).seconds)
        }
        let count = await state.fails(.outputShort) ? input.count - 1 : input.count
        let seed = input.seed ?? .integer(Int64.random(in: 0...Int64.max))
        var pictures: [DrawnPictures.Picture] = []
        for index in 0..<count {
            if await isCancelled() { return nil }
            let card = TestCard(
                size: size, seed: Self.number(of: seed), prompt: input.prompt, index: index, count: count,
                model: request.model.shortName, references: colours)
            pictures.append(try await keep(card, as: input.format, inline: input.inline, request))
        }
        if let last = pictures.indices.last, let path = pictures[last].servedAt {
            if await state.fails(.outputUnreadable) { pictures[last].servedAt = SpoiledPath.text }
            if await state.fails(.outputGone) { pictures[last].servedAt = SpoiledPath.gone }
            if await state.fails(.outputWithheld) { pictures[last].servedAt = SpoiledPath.withheld + path }
        }
        let told: JSONValue = await state.fails(.outputSeed) ? .seed(Self.number(of: seed) &+ 1) : seed
        return DrawnPictures(
            pictures: pictures, seed: told, prompt: input.prompt, tellsSize: await !state.fails(.outputWithoutSize),
            tellsBytes: await !state.fails(.outputBytes), isFlagged: await state.fails(.outputFlagged),
            seconds: start.duration(to: .now).seconds)
    }

    // MARK: - References

    private func bytes(
        of reference: String, _ position: Int, _ request: SandboxJob.Request
    ) async throws(ModelFailure) -> [UInt8] {
        if reference.hasPrefix("data:") {
            guard let comma = reference.firstIndex(of: ","), reference[..<comma].hasSuffix(";base64"),
                let data = Data(base64Encoded: String(reference[reference.index(after: comma)...]))
            else {
                throw Self.problem(position, "Invalid data URI", type: "file_download_error", "data:")
            }
            return [UInt8](data)
        }
        // Nothing is ever fetched from elsewhere: the only files that can be reached are the sandbox's own.
        guard let (path, signature) = ownPath(reference, request.base) else {
            throw Self.problem(
                position, "Failed to download the file: the sandbox reaches only its own files",
                type: "file_download_error", reference)
        }
        guard let (file, decision) = await state.look(at: path, reader: request.account, signature: signature),
            decision == .allow
        else {
            throw Self.problem(
                position, "Failed to download the file: it is gone, or not for this account",
                type: "file_download_error", reference)
        }
        guard file.byteCount <= Self.longestReference else {
            let problem = InputProblem(
                Self.location(position), "File is too large", type: "file_too_large",
                context: ["max_size": .integer(Int64(Self.longestReference))], input: .string(reference))
            throw ModelFailure([problem])
        }
        guard let data = file.bytes() else { throw ModelFailure(breakdown: "A stored file is gone") }
        await state.used(path)
        return [UInt8](data)
    }

    /// The path below `/cdn/` of one of our own URLs, with its signature, or nil for any other URL.
    private func ownPath(_ reference: String, _ base: SandboxBase) -> (path: String, signature: String?)? {
        guard let parts = URLComponents(string: reference), parts.scheme == "http" || parts.scheme == "https",
            let host = parts.host
        else { return nil }
        let authority = parts.port.map { "\(host):\($0)" } ?? host
        // A client may use one name for the queue and another for a file: both mean this machine.
        var own: Set<String> = [base.authority]
        if let colon = base.authority.lastIndex(of: ":") {
            for name in ["127.0.0.1", "localhost"] { own.insert(name + base.authority[colon...]) }
        }
        guard own.contains(authority), parts.path.hasPrefix("/cdn/files/") else { return nil }
        return (String(parts.path.dropFirst(5)), parts.queryItems?.first { $0.name == "signature" }?.value)
    }

    private static func location(_ position: Int) -> [JSONValue] {
        [.string("reference_image_urls"), .integer(Int64(position))]
    }

    private static func problem(
        _ position: Int, _ message: String, type: String, _ reference: String
    ) -> ModelFailure {
        // A data URI can be megabytes; what is wrong with it is not in its bytes.
        let input = reference.hasPrefix("data:") ? "data:" : reference
        return ModelFailure([InputProblem(location(position), message, type: type, input: .string(input))])
    }

    // MARK: - Size and pictures

    private func plannedSize(_ input: ModelInput, references: [PixelSize]) throws(ModelFailure) -> PixelSize {
        let policy: SizePolicy = references.isEmpty ? .hiDreamO1Create : .hiDreamO1Edit
        do {
            let plan = try SizePlanner(policy: policy)
                .plan(input.size, references: references, keepAspect: input.keepAspect)
            // The text encoder's copy of a very thin reference has no pixels left, and the model breaks down.
            guard plan.references.allSatisfy({ $0.condition != nil }) else {
                throw ModelFailure(breakdown: "A reference is too thin")
            }
            return plan.output
        } catch let failure as ModelFailure {
            throw failure
        } catch {
            throw ModelFailure(breakdown: "\(error)")
        }
    }

    /// The size asked for, as far as a card goes: 1024x1024 without one.
    private static func echoSize(_ asked: SizeRequest) throws(ModelFailure) -> PixelSize {
        let sides: (width: Int?, height: Int?) =
            switch asked {
            case .modelDefault: (1024, 1024)
            case .preset(let preset): (preset.sides.width, preset.sides.height)
            case .exactly(let width, let height): (width, height)
            }
        // A side that is missing is 512, as everywhere at fal.
        guard let size = PixelSize(width: min(sides.width ?? 512, 4096), height: min(sides.height ?? 512, 4096)) else {
            throw ModelFailure(breakdown: "A size without pixels")
        }
        return size
    }

    private func keep(
        _ card: TestCard, as format: ImageFormat, inline: Bool, _ request: SandboxJob.Request
    ) async throws(ModelFailure) -> DrawnPictures.Picture {
        let name = "\(SandboxState.newID()).\(format.fileExtension)"
        let path = "\(state.folder)/\(name)"
        let count: Int
        guard let picture = card.draw() else { throw ModelFailure(breakdown: "The card could not be drawn") }
        do {
            let bytes = try ImageEncoder(Self.settings(for: format)).encode(picture)
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            count = bytes.count
        } catch {
            throw ModelFailure(breakdown: "\(error)")
        }
        let file = StoredFile(
            paths: [path], contentType: format.mediaType, byteCount: count, entityTag: "\"\(SandboxState.newID())\"",
            account: request.account)
        let servedAt = inline ? nil : SandboxState.newFilePath(name)
        if let servedAt { await state.serve(file, at: servedAt, request.lifecycle) }
        return DrawnPictures.Picture(file: file, name: name, size: card.size, servedAt: servedAt)
    }

    /// Fast settings: cards are flat, so little is lost.
    private static func settings(for format: ImageFormat) -> ImageEncoder.Settings {
        switch format {
        case .jpeg: .jpeg(quality: 90)
        case .webp: .webp(quality: 85, effort: 0)
        default: .png(level: 1)
        }
    }

    private static func number(of seed: JSONValue) -> UInt64 {
        switch seed {
        case .integer(let value): UInt64(bitPattern: value)
        case .unsigned(let value): value
        default: 0
        }
    }
}

extension Duration {
    /// Seconds with their fraction.
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
