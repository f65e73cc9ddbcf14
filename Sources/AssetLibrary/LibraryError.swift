import AssetCatalog
public import AssetModel
import AssetStore
import FalAPI
import Files
import ImageInspection
import SizePlanning

/// Every room's error as one kind: what doors show, and what they choose an exit code by.
public struct LibraryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a door needs to know to react.
    public enum Category: String, Hashable, Sendable, CaseIterable {
        /// What was asked for cannot be: a size of 0, a seed that is no number.
        case invalidInput
        /// There is no such file, asset, set or generation.
        case notFound
        /// There is no library here.
        case noLibrary
        /// The library was made by a newer program.
        case newerFormat
        /// Another process holds the library's lock.
        case busy
        /// Bytes or entries are not what they should be.
        case damaged
        /// The disk or its rights do not let us.
        case storage
        /// No key, or one that cannot be a key.
        case credential
        /// fal understood the request and said no, or the run ended in an error.
        case refused
        /// fal cannot be reached or has trouble; trying again can help.
        case unavailable
        /// A request was sent and nobody knows what became of it.
        case outcomeUnknown
        /// Someone stopped it.
        case cancelled
    }

    /// What a door needs to know to react.
    public let category: Category
    /// A stable name for machines, such as `store.disk_full`.
    public let code: String
    /// One sentence: what happened, with the thing and the reason, and where it helps what can be done.
    public let message: String
    /// fal's name for the request concerned.
    public let requestID: String?
    /// The generation concerned, when there is one to come back to.
    public let generation: Run.ID?

    /// Takes the values as they are.
    public init(
        _ category: Category, code: String, _ message: String, requestID: String? = nil,
        generation: Run.ID? = nil
    ) {
        self.category = category
        self.code = code
        self.message = message
        self.requestID = requestID
        self.generation = generation
    }

    /// The sentence.
    public var description: String { message }

    /// The same error with the generation it concerns.
    func concerning(_ generation: Run.ID) -> LibraryError {
        LibraryError(category, code: code, message, requestID: requestID, generation: generation)
    }

    /// Any room's error in the library's words.
    init(_ error: any Error) {
        switch error {
        case let error as LibraryError: self = error
        case let error as StoreError: self.init(store: error)
        case let error as FileError: self.init(store: .file(error))
        case let error as CatalogError: self.init(catalog: error)
        case let error as FalError: self.init(fal: error)
        case let error as SizePlanningError:
            self.init(.invalidInput, code: "size.\(error.code)", error.description)
        case let error as InspectionError:
            self.init(.invalidInput, code: "image.\(error.code)", error.description)
        case ReferenceSetError.repeated(let digest):
            self.init(
                .invalidInput, code: "repeated_reference",
                "\(digest.short) is given twice as a reference; each picture can be used once")
        case is CancellationError:
            self.init(.cancelled, code: "cancelled", "interrupted")
        default:
            self.init(.storage, code: "unexpected", String(describing: error))
        }
    }

    /// Whether every other upload would meet the same: no key or one that is not accepted, no way to fal or one that stayed
    /// broken over all repeats, a disk that takes nothing.
    public var concernsEveryUpload: Bool {
        switch category {
        case .credential: true
        case .unavailable: !["fal.size_mismatch", "fal.unintelligible"].contains(code)
        default:
            [
                "fal.unauthorized", "fal.forbidden", "store.disk_full", "store.read_only", "catalog.full",
                "catalog.read_only",
            ].contains(code)
        }
    }

    private init(store error: StoreError) {
        let category: Category =
            switch error {
            case .notALibrary: .noLibrary
            case .alreadyALibrary, .folderNotEmpty, .networkMount: .invalidInput
            case .newerFormat: .newerFormat
            case .damagedHeader, .missing, .damaged, .badExtension, .journalDamaged, .journalLost, .foreignSegment,
                .misplacedSegment:
                .damaged
            case .journalGrew: .busy
            case .file(.noSuchFile): .notFound
            case .file: .storage
            }
        self.init(category, code: "store.\(error.code)", error.description)
    }

    private init(catalog error: CatalogError) {
        let category: Category =
            switch error {
            case .outdated: .storage
            case .busy: .busy
            case .damaged: .damaged
            case .readOnly, .full, .sqlite: .storage
            case .cancelled: .cancelled
            }
        self.init(category, code: "catalog.\(error.code)", error.description)
    }

    private init(fal error: FalError) {
        let category: Category =
            switch error {
            case .malformedCredential, .missingCredential: .credential
            case .malformedAddress, .malformedEndpoint, .malformedOption: .invalidInput
            case .unauthorized, .forbidden, .rejected, .failed, .foreignHost, .redirected, .gone,
                .untrustedWebhook:
                .refused
            // Nobody refused anything where the answer makes no sense: something between us and fal, or fal itself, is ill.
            case .throttled, .unavailable, .unreachable, .timedOut, .interrupted, .sizeMismatch, .unintelligible:
                .unavailable
            case .outcomeUnknown: .outcomeUnknown
            case .fileChanged, .unreadableFile: .storage
            case .cancelled: .cancelled
            }
        let message = error == .cancelled ? "interrupted" : error.description
        self.init(category, code: "fal.\(error.code)", message, requestID: error.requestID)
    }
}
