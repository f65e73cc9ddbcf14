import AssetCatalog
public import AssetModel
import AssetStore
public import Foundation
import ImageRendering
public import Logging

/// The library as it was. What is asked is answered by folding the journal up to a moment into a catalog that is gone afterwards.
extension Library {
    /// Opens a library as it was at a moment, by the clocks of the machines that wrote its lines. What happened later is not there;
    /// every action is refused. Files that were deleted since are not brought back.
    ///
    /// Cost: as much as rebuilding what of the journal lies before that moment, though nothing is written beside a file
    /// without a name. `onFold` hears how far it is.
    @concurrent
    public static func open(
        at root: String, asOf moment: Timestamp, environment: Environment = .live, logger: Logger,
        onFold: @escaping @Sendable (FoldProgress) -> Void = { _ in }
    ) async throws(LibraryError) -> Library {
        try await inLibraryWords {
            let layout = try LibraryLayout.open(at: root)
            let journal = Journal(
                layout, newReplica: { environment.newName() }, trace: environment.fileTrace
            ).readingPastNewer
            let fold = try CatalogFold.temporary()
            do {
                try await History.fold(journal, into: fold, until: moment, onProgress: onFold)
            } catch {
                fold.discard()
                throw error
            }
            let history = History(
                layout: layout, journal: journal, handle: CatalogHandle(fold.catalog()), environment: environment,
                readOnlyReason: LibraryError(
                    .invalidInput, code: "past", "the past cannot be changed: the library was opened as of \(moment)"))
            // What pictures look like does not change with time.
            let appearance = AppearanceStore(
                at: layout.obstacleToWriting() == nil ? layout.appearance : nil, version: Fingerprinter.version,
                lookVersion: Thumbnailer.version)
            return Library(
                history: history, layout: layout, store: BlobStore(layout, trace: environment.fileTrace),
                renditions: RenditionStore(layout), appearance: appearance, environment: environment, logger: logger)
        }
    }

    /// The same for the length of `body`; see `withLibrary(at:…)`.
    public static func withLibrary<R: Sendable>(
        at root: String, asOf moment: Timestamp, environment: Environment = .live, logger: Logger,
        onFold: @escaping @Sendable (FoldProgress) -> Void = { _ in }, _ body: (Library) async throws -> R
    ) async throws -> R {
        let library = try await open(
            at: root, asOf: moment, environment: environment, logger: logger, onFold: onFold)
        defer { library.close() }
        return try await body(library)
    }

    /// The moment that a person means by a date or time: `2026-05-01` and `2026-05` mean their end, `2026-05-01T12:00` the end of that
    /// minute, `7d` seven days ago; in the person's time zone. Errors: what is no date, or lies ahead.
    public static func moment(
        asOf text: String, environment: Environment = .live, timeZone: TimeZone = .current
    ) throws(LibraryError) -> Timestamp {
        let now = environment.now()
        let clock = SearchClock(now: now) { moment in
            Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)))
        }
        // As times are printed: `2026-05-01 12:00`.
        guard let (start, end) = clock.period(text.replacing(" ", with: "T")) else {
            throw LibraryError(
                .invalidInput, code: "bad_date",
                "“\(text)” is no date; write 2026-05-01, 2026-05, 2026-05-01T12:00, yesterday or 7d")
        }
        guard start <= now else {
            throw LibraryError(.invalidInput, code: "future_date", "“\(text)” lies ahead")
        }
        // The end of a day is the first moment that is not part of it.
        guard let end, end > start else { return start }
        return Timestamp(milliseconds: end.milliseconds - 1)
    }
}
