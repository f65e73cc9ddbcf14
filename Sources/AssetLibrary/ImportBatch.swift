import AssetModel
import AssetStore
import ImageInspection

/// A file on its way in.
enum ImportedFile: Sendable {
    case staged(path: String, StagedBlob, PictureReading)
    case outcome(ImportOutcome)

    /// The file.
    var path: String {
        switch self {
        case .staged(let path, _, _): path
        case .outcome(.imported(let path, _, _, _)), .outcome(.skipped(let path)), .outcome(.failed(let path, _, _)),
            .outcome(.notRemoved(let path)):
            path
        }
    }

    var textLength: Int { if case .staged(_, _, let reading) = self { reading.textLength } else { 0 } }
}

/// Files that share one round of folder syncs and one action.
struct ImportBatch: Sendable {
    private(set) var files: [ImportedFile] = []
    private(set) var byteCount: Int64 = 0
    private(set) var textLength = 0

    mutating func append(_ file: ImportedFile) {
        files.append(file)
        if case .staged(_, let blob, _) = file { byteCount += blob.byteCount }
        textLength += file.textLength
    }

    /// Those that are to be committed.
    var staged: [(path: String, blob: StagedBlob, reading: PictureReading)] {
        files.compactMap {
            if case .staged(let path, let blob, let reading) = $0 { (path, blob, reading) } else { nil }
        }
    }

    /// Every asset that the batch came to, in order, each once.
    var assets: [ContentDigest] {
        files.compactMap { file in
            switch file {
            case .staged(_, let blob, _): blob.digest
            case .outcome(.imported(_, let asset, _, _)): asset
            case .outcome: nil
            }
        }.uniqued()
    }
}

/// The files behind some paths, listed away from the caller's actor, some at a time.
struct FileQueue: Sendable {
    private var walk: FileWalk
    private var ready: ArraySlice<FileWalk.Found> = []

    /// Enough that handing them over costs nothing beside reading them.
    private static let length = 64

    init(_ paths: [String]) { walk = FileWalk(paths) }

    mutating func next() async -> FileWalk.Found? {
        if ready.isEmpty { (ready, walk) = await Self.list(walk) }
        return ready.popFirst()
    }

    @concurrent
    private static func list(_ walk: FileWalk) async -> (ArraySlice<FileWalk.Found>, FileWalk) {
        var walk = walk
        var found: [FileWalk.Found] = []
        while found.count < length, let next = walk.next() { found.append(next) }
        return (found[...], walk)
    }
}

extension InspectionError {
    /// Whether the file is no picture at all, rather than one that cannot be read.
    var isNoPicture: Bool {
        switch self {
        case .empty, .notAnImage, .unreadable(.notAFile): true
        default: false
        }
    }
}
