import AssetCatalog
import AssetModel
import AssetStore
import ImageInspection
import ImageRendering
public import Logging

/// One library: all that is local. What needs fal is a `FalSession`, which it opens.
///
/// The verbs stand beside the types that do them: importing (`Importer`), finding (`NameResolver`), sets and tags (`Curator`),
/// planning (`Planner`), costs, uploads, integrity. Safe to use from many tasks.
public struct Library: Sendable {
    /// Journal and catalog.
    package let history: History
    let layout: LibraryLayout
    let store: BlobStore
    let renditions: RenditionStore
    /// What pictures look like.
    let appearance: AppearanceStore
    /// Where they are drawn.
    let drawing = DrawingDesk()
    let inspector = ImageInspector()
    /// Reads every byte of what comes in, so that a cut picture is refused.
    let arrivals = ImageInspector(reach: .whole)
    let environment: Environment
    let logger: Logger
    /// What the gallery lays out.
    let timelines = TimelineShelf()
    /// Whether a word may name a file, as on a command line.
    var takesFiles = true

    /// The same library for what comes over a network: no word in it names a file, also not in the query of a smart set, and not where a file
    /// of the working folder is called as an id begins.
    public var takingIdsOnly: Library {
        var copy = self
        copy.takesFiles = false
        return copy
    }

    /// The library's folder, absolute.
    public var root: String { layout.root }

    /// The library's own name, a UUID that it keeps wherever it is moved.
    public var name: String { layout.library }

    /// Whether its folder is still there: one that was moved away, unmounted, or has another library in its place is not. Reads one small file.
    public var isThere: Bool { layout.isThere }

    /// Why nothing can be written, as one sentence; nil when it can.
    public var obstacleToWriting: String? { history.readOnlyReason.map { LibraryError($0).message } }

    /// Makes an empty library in a folder that is empty or not there yet.
    public static func create(at root: String, environment: Environment = .live) throws(LibraryError) {
        do {
            _ = try LibraryLayout.create(at: root, library: environment.newName())
        } catch {
            throw LibraryError(error)
        }
    }

    /// The nearest folder at or above `path` that is a library; nil when there is none.
    public static func enclosing(_ path: String) -> String? {
        var folder = path
        while true {
            if LibraryLayout.isLibrary(folder) { return folder }
            guard let slash = folder.lastIndex(of: "/"), folder != "/" else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
        }
    }

    /// Opens a library, to be held and closed with `close`, as an app does.
    ///
    /// Opening applies the journal entries that the catalog has not seen, and writes nothing else. Errors: no library, a newer one, a busy or damaged one.
    @concurrent
    public static func open(
        at root: String, environment: Environment = .live, logger: Logger,
        onFold: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> Library {
        try await inLibraryWords {
            let layout = try LibraryLayout.open(at: root)
            let history = try await History.open(
                layout, environment: environment, logger: logger, onProgress: onFold)
            // Where nothing can be written, what pictures look like is kept in memory as long as the library is open.
            let appearance = AppearanceStore(
                at: history.readOnlyReason == nil ? layout.appearance : nil, version: Fingerprinter.version,
                lookVersion: Thumbnailer.version)
            return Library(
                history: history, layout: layout, store: BlobStore(layout, trace: environment.fileTrace),
                renditions: RenditionStore(layout), appearance: appearance, environment: environment, logger: logger)
        }
    }

    /// Closes it; nothing may use it afterwards. What was reported as done is durable with or without this.
    public func close() {
        appearance.close()
        try? history.catalog.close()
    }

    /// Opens a library for the length of `body` and closes it on every path. Errors: those of `open`, and what `body` throws, as it
    /// is.
    public static func withLibrary<R: Sendable>(
        at root: String, environment: Environment = .live, logger: Logger,
        onFold: @escaping @Sendable (FoldProgress) -> Void = { _ in }, _ body: (Library) async throws -> R
    ) async throws -> R {
        let library = try await open(at: root, environment: environment, logger: logger, onFold: onFold)
        defer { library.close() }
        return try await body(library)
    }
}
