import AssetCatalog
public import AssetModel
import AssetStore
import FalAPI
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
    let journal: Journal
    let catalog: Catalog
    let inspector: ImageInspector
    let remote: Remote?
    let environment: Environment
    let logger: Logger
    /// False on a disk that cannot be written: the catalog is in memory, and every change is refused.
    let isWritable: Bool

    /// The library's folder, absolute.
    public var root: String { layout.root }

    /// Makes an empty library in a folder that is empty or not there yet.
    public static func create(at root: String, environment: Environment = .live) throws(LibraryError) {
        do {
            let layout = try LibraryLayout.create(
                at: root, library: name(environment), replica: name(environment))
            let catalog = try Catalog.open(at: layout.catalog)
            try catalog.close()
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
    /// Opening applies the journal entries that the catalog has not seen, and cuts a line off the journal that was
    /// never finished. Errors: no library, a newer one, a busy or damaged one.
    public static func withLibrary<R: Sendable>(
        at root: String, remote: Remote? = nil, environment: Environment = .live, logger: Logger,
        _ body: (Library) async throws -> R
    ) async throws -> R {
        let library: Library
        do {
            library = try await open(at: root, remote: remote, environment: environment, logger: logger)
        } catch {
            throw LibraryError(error)
        }
        do {
            let result = try await body(library)
            do { try library.catalog.close() } catch { logger.error("\(error)") }
            return result
        } catch {
            try? library.catalog.close()
            throw error
        }
    }

    // MARK: - The one way to write

    /// Makes facts durable and visible: journal (synced), then catalog, under one lock.
    func record(_ facts: [JournalEntry.Fact]) async throws {
        guard !facts.isEmpty else { return }
        guard isWritable else { throw StoreError.readOnly(path: root) }
        let (journal, replica, environment) = (journal, layout.replica, environment)
        try await catalog.withWriteLock { writer in
            try Self.catchUp(writer, journal, logger: nil)
            var last = try writer.lastEntry(of: replica)
            let entries = facts.map { fact in
                let now = environment.now()
                let id = EntryID(after: last, at: now, random: environment.random())
                last = id
                return JournalEntry(id: id, at: id.time ?? now, fact: fact)
            }
            let position = try journal.append(entries)
            try writer.apply(entries, upTo: position)
        }
    }

    /// Applies what the journal holds and the catalog has not seen.
    static func catchUp(_ writer: CatalogWriter, _ journal: Journal, logger: Logger?) throws {
        let positions = try writer.positions()
        guard try journal.hasNews(after: positions) else { return }
        let torn = try journal.cutTornLine()
        if torn > 0 {
            logger?.warning(
                "the journal ended in an unfinished line, which was cut off", metadata: ["bytes": "\(torn)"])
        }
        try journal.read(after: positions) { entries, position in try writer.apply(entries, upTo: position) }
    }

    private static func open(
        at root: String, remote: Remote?, environment: Environment, logger: Logger
    ) async throws -> Library {
        let layout = try LibraryLayout.open(at: root)
        let journal = Journal(layout)
        func library(_ catalog: Catalog, isWritable: Bool) -> Library {
            Library(
                layout: layout, store: BlobStore(layout), journal: journal, catalog: catalog,
                inspector: ImageInspector(),
                remote: remote, environment: environment, logger: logger, isWritable: isWritable)
        }
        do {
            let catalog = try Catalog.open(at: layout.catalog)
            if try journal.hasNews(after: await catalog.positions()) {
                try await catalog.withWriteLock { writer in try catchUp(writer, journal, logger: logger) }
            }
            return library(catalog, isWritable: true)
        } catch CatalogError.readOnly {
            // The catalog is only a fold over the journal, and the journal can be read.
            let catalog = try Catalog.inMemory()
            try await catalog.withWriteLock { writer in
                try journal.read(after: []) { entries, position in try writer.apply(entries, upTo: position) }
            }
            return library(catalog, isWritable: false)
        }
    }

    private static func name(_ environment: Environment) -> String {
        EntryID(after: nil, at: environment.now(), random: environment.random()).text
    }
}
