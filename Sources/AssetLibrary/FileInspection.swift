public import AssetModel
import ImageInspection

/// Facts about files that need not be in any library.
public enum FileInspection {
    /// What became of one file.
    public enum Outcome: Hashable, Sendable {
        /// Its facts, what its file says in words, and what is odd about it and does no harm, in a sentence each.
        case facts(path: String, ImageFacts, EmbeddedFindings, notes: [String])
        /// Why it has none; the code is one of `not_an_image`, `unsupported`, `truncated`, `malformed`, `too_large`,
        /// `unreadable`.
        case failed(path: String, code: String, message: String)
        /// A file in a folder that does not look like a picture.
        case skipped(path: String)
    }

    /// What is made of the outcomes of some files that follow each other: the form in which they wait for their turn.
    public protocol Answer: Sendable {
        /// Takes the next outcome in. Runs beside the reading of other files.
        mutating func take(_ outcome: Outcome)
        /// Whether it is large enough to be handed on; looked at after each outcome.
        var isFull: Bool { get }
    }

    /// Reads the headers of files, and of all pictures in folders, in the order given. Paths come back as they were given.
    ///
    /// A header does not tell whether its picture is cut; with `whole` every byte is read, and a cut JPEG or PNG fails as
    /// `truncated`.
    public static func inspect(_ paths: [String], whole: Bool = false, onOutcome: (Outcome) -> Void) {
        for file in NamedFiles(paths) { onOutcome(outcome(of: file, whole: whole)) }
    }

    /// The same on two cores: `answer` takes the outcomes of some files, and is handed on in the order given.
    ///
    /// Reading warm headers is all work and no waiting, so there are two workers and no more. Memory: at most four answers
    /// that are full, and one file's texts a worker. An error of `onAnswer`, or cancelling, ends it.
    ///
    /// With `readingPixels` a PNG with alpha and no other recipe is decoded when it looks as if it hides one there; that takes
    /// milliseconds and, a worker, up to 20 MB.
    public static func inspect<Made: Answer>(
        _ paths: [String], readingPixels: Bool = false, whole: Bool = false, into answer: Made,
        onAnswer: (Made) throws -> Void
    ) async throws {
        var queue = NamedFiles(paths)
        try await withThrowingTaskGroup(of: Batch<Made>.self) { group in
            var waiting: [Int: Batch<Made>] = [:]
            var (started, handedOn) = (0, 0)
            while true {
                while started - handedOn < batchesAtOnce, let files = queue.next(batchLength) {
                    let number = started
                    group.addTask { Batch(number: number, reading: files[...], readingPixels, whole, into: answer) }
                    started += 1
                }
                guard let batch = try await group.next() else { return }
                try Task.checkCancellation()
                waiting[batch.number] = batch
                while let batch = waiting.removeValue(forKey: handedOn) {
                    handedOn += 1
                    try onAnswer(batch.answer)
                    // What a full answer had no room for: rare, and read here, one answer at a time.
                    var rest = batch.rest
                    while !rest.isEmpty {
                        let more = Batch(number: batch.number, reading: rest, readingPixels, whole, into: answer)
                        try onAnswer(more.answer)
                        rest = more.rest
                    }
                }
            }
        }
    }

    /// Files enough that handing them over costs nothing beside reading them.
    private static let batchLength = 128
    /// Two are worked on, two wait to begin or for their turn.
    private static let batchesAtOnce = 4

    private struct Batch<Made: Answer>: Sendable {
        let number: Int
        private(set) var answer: Made
        private(set) var rest: ArraySlice<NamedFiles.File>

        init(
            number: Int, reading files: ArraySlice<NamedFiles.File>, _ readsPixels: Bool, _ whole: Bool,
            into empty: Made
        ) {
            self.number = number
            answer = empty
            rest = files
            while let file = rest.first {
                rest = rest.dropFirst()
                answer.take(outcome(of: file, readingPixels: readsPixels, whole: whole))
                if answer.isFull { break }
            }
        }
    }

    private static let (headerInspector, wholeInspector) = (ImageInspector(), ImageInspector(reach: .whole))
    private static let reader = RecipeReader()

    private static func outcome(of file: NamedFiles.File, readingPixels: Bool = false, whole: Bool) -> Outcome {
        switch file.found {
        case .unreadableFolder(let folder, let message):
            return .failed(path: folder, code: "unreadable", message: message)
        case .file(let path, let isExplicit):
            do {
                let inspector = whole ? wholeInspector : headerInspector
                let (facts, texts, notes) = try reader.read(fileAt: path, factsBy: inspector)
                let found = findings(texts, facts, path, readingPixels)
                return .facts(path: file.name, facts, found, notes: notes.map(\.description))
            } catch {
                if !isExplicit, !FileWalk.looksLikePicture(path),
                    error.isNoPicture
                {
                    return .skipped(path: file.name)
                }
                return .failed(path: file.name, code: error.code, message: error.description)
            }
        }
    }
}

extension FileInspection {
    /// What the texts say, and the pixels where they may and are to be read.
    private static func findings(
        _ texts: RecipeReading, _ facts: ImageFacts, _ path: String, _ readingPixels: Bool
    ) -> EmbeddedFindings {
        guard texts.recipe == nil, HiddenRecipe.isPossible(in: facts) else { return EmbeddedFindings(texts) }
        guard readingPixels, HiddenRecipe.isReadable(facts) else { return EmbeddedFindings(texts, pixels: .notRead) }
        return EmbeddedFindings(texts, hidden: HiddenRecipe.read(ofFileAt: path, facts, reader), pixels: .read)
    }
}

/// The files behind some paths, each with the name under which it is told: as it was given, or as it was found.
private struct NamedFiles: Sequence, IteratorProtocol {
    struct File: Sendable {
        let found: FileWalk.Found
        let name: String
    }

    private var paths: ArraySlice<String>
    private var current: (path: String, walk: FileWalk)?

    init(_ paths: [String]) {
        self.paths = paths[...]
    }

    mutating func next() -> File? {
        while true {
            if let found = current?.walk.next(), let given = current?.path {
                if case .file(let file, isExplicit: false) = found { return File(found: found, name: file) }
                return File(found: found, name: given)
            }
            guard let path = paths.popFirst() else { return nil }
            current = (path, FileWalk([path]))
        }
    }

    /// The next files, at most `count`; nil after the last one.
    mutating func next(_ count: Int) -> [File]? {
        var files: [File] = []
        while files.count < count, let file = next() { files.append(file) }
        return files.isEmpty ? nil : files
    }
}
