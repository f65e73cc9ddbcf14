import AssetCatalog
public import AssetModel
import AssetStore
import FalAPI
package import Files
import Foundation
import ImageInspection
public import Logging

/// One library, open: the main job and the few verbs the doors need. Rooms meet here and nowhere else.
public struct Library: Sendable {
    /// The only two things that are not a function of the inputs.
    public struct Environment: Sendable {
        /// The time now.
        public var now: @Sendable () -> Timestamp
        /// 64 random bits, for names.
        public var random: @Sendable () -> UInt64
        /// Hears of every change to blobs and journal, in order; for tests.
        package var fileTrace: FileTrace?

        /// Takes both sources.
        public init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> UInt64) {
            self.now = now
            self.random = random
        }

        /// The system's clock and generator.
        public static let live = Environment(
            now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) },
            random: { UInt64.random(in: .min ... .max) })
    }

    let layout: LibraryLayout
    let store: BlobStore
    let renditions: RenditionStore
    package let history: History
    let inspector: ImageInspector
    let remote: Remote?
    let environment: Environment
    let logger: Logger
    /// What webhooks are verified with.
    let keyring = WebhookKeyring()

    var catalog: Catalog { history.catalog }

    /// The library's folder, absolute.
    public var root: String { layout.root }

    /// Makes an empty library in a folder that is empty or not there yet.
    public static func create(at root: String, environment: Environment = .live) throws(LibraryError) {
        do {
            _ = try LibraryLayout.create(at: root, library: name(environment))
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

    /// Opens the library for the length of `body` and closes it on every path.
    ///
    /// Opening applies the journal entries that the catalog has not seen, and writes nothing else. Errors: no library, a newer one, a busy or damaged one.
    public static func withLibrary<R: Sendable>(
        at root: String, remote: Remote? = nil, environment: Environment = .live, logger: Logger,
        onFold: @escaping @Sendable (FoldProgress) -> Void = { _ in }, _ body: (Library) async throws -> R
    ) async throws -> R {
        let library: Library
        do {
            library = try await open(
                at: root, remote: remote, environment: environment, logger: logger, onFold: onFold)
        } catch {
            throw LibraryError(error)
        }
        do {
            let result = try await body(library)
            try? library.catalog.close()
            return result
        } catch {
            try? library.catalog.close()
            throw error
        }
    }

    private static func open(
        at root: String, remote: Remote?, environment: Environment, logger: Logger,
        onFold: @escaping @Sendable (FoldProgress) -> Void
    ) async throws -> Library {
        let layout = try LibraryLayout.open(at: root)
        return Library(
            layout: layout, store: BlobStore(layout, trace: environment.fileTrace), renditions: RenditionStore(layout),
            history: try await History.open(layout, environment: environment, logger: logger, onProgress: onFold),
            inspector: ImageInspector(), remote: remote, environment: environment, logger: logger)
    }

    static func name(_ environment: Environment) -> String {
        EntryID(after: nil, at: environment.now(), random: environment.random()).text
    }
}
