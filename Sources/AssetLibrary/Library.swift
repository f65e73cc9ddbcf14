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
    let renditions: RenditionStore
    let journal: Journal
    let catalog: Catalog
    let inspector: ImageInspector
    let remote: Remote?
    let environment: Environment
    let logger: Logger
    /// Why the library cannot be written, when it cannot: then the catalog is in memory, and every change is refused.
    let obstacle: StoreError?
    /// What webhooks are verified with.
    let keyring = WebhookKeyring()

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
            try? library.catalog.close()
            return result
        } catch {
            try? library.catalog.close()
            throw error
        }
    }

    // MARK: - The one way to write

    /// Makes facts durable and visible under one lock: catalog rows first, inside the transaction, so that what cannot be
    /// applied never reaches the journal; then the journal, synced; then the commit. A crash before the commit leaves
    /// entries that the next opening applies.
    ///
    /// `condition` looks at the catalog under the same lock and may refuse; what it gives back there, such as a claim, is given
    /// back with these facts or not at all. Cancelling the caller does not stop it half-way.
    /// `persistently` waits on while another program holds the lock: for what must not be lost, since it cost money.
    func record(
        _ facts: [JournalEntry.Fact], persistently: Bool = false,
        if condition: @escaping @Sendable (CatalogWriter) throws -> Void = { _ in }
    ) async throws {
        guard !facts.isEmpty else { return }
        if let obstacle { throw obstacle }
        // A task of its own does not inherit the caller's cancellation, in which SQLite would refuse to write. It is
        // awaited at once.
        try await Task {
            // With the lock's own patience of seconds, about ten minutes.
            var attempts = persistently ? 120 : 1
            while true {
                do { return try await recordOnce(facts, if: condition) } catch {
                    attempts -= 1
                    let isWorthWaiting =
                        error as? CatalogError == .busy || (error as? StoreError)?.code == "journal_grew"
                    guard attempts > 0, isWorthWaiting else { throw error }
                }
            }
        }.value
    }

    private func recordOnce(
        _ facts: [JournalEntry.Fact], if condition: @escaping @Sendable (CatalogWriter) throws -> Void
    ) async throws {
        let (journal, environment) = (journal, environment)
        try await catalog.withWriteLock { writer in
            try Self.catchUp(writer, journal)
            try condition(writer)
            // After every machine's newest entry, so that replaying all of them gives the same order.
            var last = try writer.newestEntry()
            let entries = facts.map { fact in
                let now = environment.now()
                let id = EntryID(after: last, at: now, random: environment.random())
                last = id
                return JournalEntry(id: id, at: id.time ?? now, fact: fact)
            }
            try writer.apply(entries)
            let position = try journal.append(entries, after: try writer.positions())
            if let last { try writer.advance(to: position, after: last) }
        }
    }

    /// Applies what the journal holds and the catalog has not seen; says how many bytes of an unfinished line were cut off.
    ///
    /// Entries of another machine may be older than what was applied already. Then everything is folded again, because rows
    /// must come out as if all had arrived in the order of time.
    @discardableResult
    static func catchUp(_ writer: CatalogWriter, _ journal: Journal) throws -> Int {
        let positions = try writer.positions()
        guard try journal.hasNews(after: positions) else { return 0 }
        let torn = try journal.cutTornLine()
        let newest = try writer.newestEntry()
        var (isLate, isFirst) = (false, true)
        try journal.read(after: positions) { entries, position in
            // The very first entry is the oldest of all that are new.
            if isFirst, let newest, let first = entries.first, first.id < newest { isLate = true }
            isFirst = false
            if !isLate { try writer.apply(entries, upTo: position) }
        }
        if isLate {
            try writer.erase()
            try journal.read(after: []) { entries, position in try writer.apply(entries, upTo: position) }
        }
        return torn
    }

    private static func open(
        at root: String, remote: Remote?, environment: Environment, logger: Logger
    ) async throws -> Library {
        let layout = try LibraryLayout.open(at: root)
        let journal = Journal(layout)
        func library(_ catalog: Catalog, obstacle: StoreError? = nil) -> Library {
            Library(
                layout: layout, store: BlobStore(layout), renditions: RenditionStore(layout), journal: journal,
                catalog: catalog,
                inspector: ImageInspector(),
                remote: remote, environment: environment, logger: logger, obstacle: obstacle)
        }
        do {
            let catalog = try Catalog.open(at: layout.catalog)
            if try journal.hasNews(after: await catalog.positions()) {
                let torn = try await catalog.withWriteLock { writer in try catchUp(writer, journal) }
                if torn > 0 {
                    logger.warning(
                        "the journal ended in an unfinished line, which was cut off", metadata: ["bytes": "\(torn)"])
                }
            }
            return library(catalog)
        } catch let error as CatalogError where error == .readOnly || error == .full {
            // The catalog is only a fold over the journal, and the journal can be read.
            let obstacle = layout.obstacleToWriting() ?? .noPermission(path: layout.catalog)
            let catalog = try Catalog.inMemory()
            try await catalog.withWriteLock { writer in
                try journal.read(after: []) { entries, position in try writer.apply(entries, upTo: position) }
            }
            return library(catalog, obstacle: obstacle)
        }
    }

    private static func name(_ environment: Environment) -> String {
        EntryID(after: nil, at: environment.now(), random: environment.random()).text
    }
}
