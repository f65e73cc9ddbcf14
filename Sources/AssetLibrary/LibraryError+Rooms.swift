import AssetCatalog
import AssetModel
import AssetStore
import FalAPI
import Files
import ImageInspection
import ImageRendering
import SizePlanning

extension LibraryError {
    /// Any room's error in the library's words; the room's own is kept as the cause.
    init(_ error: any Error) {
        switch error {
        case let error as LibraryError: self = error
        case let error as StoreError: self.init(store: error)
        case let error as FileError: self.init(store: .file(error))
        case let error as CatalogError: self.init(catalog: error)
        case let error as FalError: self.init(fal: error)
        case let error as SizePlanningError:
            self.init(.invalidInput, "size.\(error.code)", error.description, cause: .sizes(error))
        case let error as InspectionError:
            self.init(.invalidInput, "image.\(error.code)", error.description, cause: .inspection(error))
        case let error as RenderingError:
            self.init(.invalidInput, "image.\(error.code)", error.description, cause: .rendering(error))
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

    /// A picture that cannot be used, with the room's reason.
    static func unusable(_ error: InspectionError, _ sentence: String) -> LibraryError {
        LibraryError(.invalidInput, "image.\(error.code)", sentence, cause: .inspection(error))
    }

    static func unknownAsset(_ digest: ContentDigest) -> LibraryError {
        LibraryError(.notFound, code: "unknown_asset", "\(digest.short): no such asset in the library")
    }

    static func alreadyEnded(_ id: Run.ID) -> LibraryError {
        LibraryError(.conflict, code: "already_ended", "\(id) has already ended", remedy: .rerun(id), run: id)
    }

    static func elsewhere(_ run: Run) -> LibraryError {
        LibraryError(
            .invalidInput, code: "elsewhere",
            "\(run.id): belongs to \(run.host), and another account or server is set", run: run.id)
    }

    /// There is no remote where one is needed.
    public static let noKey = LibraryError(.credential, code: "no_key", "no fal key", remedy: .setKey)

    private init(store error: StoreError) {
        let category: Category =
            switch error {
            case .notALibrary: .noLibrary
            case .alreadyALibrary, .folderNotEmpty: .conflict
            case .nameNotText: .invalidInput
            case .networkMount: .invalidInput
            case .newerFormat: .newerFormat
            case .damagedHeader, .missing, .damaged, .badExtension, .journalDamaged, .journalLost, .foreignSegment,
                .misplacedSegment:
                .damaged
            case .journalGrew: .busy
            case .file(.noSuchFile): .notFound
            case .file: .storage
            }
        let remedy: Remedy? =
            switch error {
            case .notALibrary(let path): .initialize(path: path)
            case .journalLost: .acceptLoss
            default: nil
            }
        self.init(category, "store.\(error.code)", error.description, remedy, cause: .store(error))
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
        let remedy: Remedy? =
            switch error {
            case .damaged, .outdated: .rebuild
            default: nil
            }
        self.init(category, "catalog.\(error.code)", error.description, remedy, cause: .catalog(error))
    }

    private init(fal error: FalError) {
        let category: Category =
            switch error {
            case .malformedCredential, .missingCredential: .credential
            case .malformedAddress, .malformedEndpoint, .malformedOption: .invalidInput
            case .unauthorized, .forbidden, .rejected, .failed, .foreignHost, .redirected, .gone,
                .untrustedWebhook:
                .refused
            // Nothing was refused where the answer makes no sense: something between us and fal, or fal itself, is ill.
            case .throttled, .unavailable, .unreachable, .timedOut, .interrupted, .sizeMismatch, .unintelligible:
                .unavailable
            case .outcomeUnknown: .outcomeUnknown
            case .fileChanged, .unreadableFile: .storage
            case .cancelled: .cancelled
            }
        let message = error == .cancelled ? "interrupted" : error.description
        self.init(category, "fal.\(error.code)", message, cause: .fal(error), requestID: error.requestID)
    }
}

/// Does something whose errors may be any room's, and tells them as the library's.
func inLibraryWords<R>(_ body: () async throws -> R) async throws(LibraryError) -> R {
    do { return try await body() } catch { throw LibraryError(error) }
}
