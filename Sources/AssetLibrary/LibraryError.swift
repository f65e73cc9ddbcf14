package import AssetCatalog
public import AssetModel
package import AssetStore
package import FalAPI
import Files
package import ImageInspection
package import ImageRendering
package import SizePlanning

/// Every room's error as one kind: what doors show, and what they choose an exit code by.
public struct LibraryError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What a door needs to know to react.
    public enum Category: String, Hashable, Sendable, CaseIterable {
        /// What was asked for cannot be: a size of 0, a seed that is no number.
        case invalidInput
        /// There is no such file, asset, set or run.
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
        /// fal understood the request and refused it, or the run ended in an error.
        case refused
        /// fal cannot be reached or has trouble; trying again can help.
        case unavailable
        /// A request may have been submitted, and its outcome is unknown.
        case outcomeUnknown
        /// What it concerns is not in a state for this: a run that has ended, a folder that is not empty, a port in use.
        case conflict
        /// Someone stopped it.
        case cancelled
    }

    /// The room whose error this was, as that room told it.
    package enum Cause: Hashable, Sendable {
        case store(StoreError)
        case catalog(CatalogError)
        case fal(FalError)
        case inspection(InspectionError)
        case rendering(RenderingError)
        case sizes(SizePlanningError)

        /// Whether the catalog is too damaged to be opened or written.
        var isDamagedCatalog: Bool { if case .catalog(.damaged) = self { true } else { false } }
    }

    /// What a door needs to know to react.
    public let category: Category
    /// A stable name for machines, such as `store.disk_full`. To be shown only: code decides by the category or the questions
    /// below.
    public let code: String
    /// One sentence: what happened, with the thing and the reason.
    public let message: String
    /// What can be done about it; nil when there is nothing in particular.
    public let remedy: Remedy?
    /// fal's name for the request concerned.
    public let requestID: String?
    /// The run concerned, when there is one to come back to.
    public let run: Run.ID?
    /// Whether a part of what was asked for is in the library all the same.
    public let isPartial: Bool
    package let cause: Cause?

    /// An error in a door's own words, such as an option that cannot be read.
    public init(
        _ category: Category, code: String, _ message: String, remedy: Remedy? = nil, requestID: String? = nil,
        run: Run.ID? = nil
    ) {
        self.init(category, code, message, remedy, cause: nil, requestID: requestID, run: run)
    }

    init(
        _ category: Category, _ code: String, _ message: String, _ remedy: Remedy? = nil, cause: Cause?,
        requestID: String? = nil, run: Run.ID? = nil, isPartial: Bool = false
    ) {
        self.category = category
        self.code = code
        self.message = message
        self.remedy = remedy
        self.requestID = requestID
        self.run = run
        self.isPartial = isPartial
        self.cause = cause
    }

    /// The message.
    public var description: String { message }

    /// The same error, concerning this run.
    func concerning(_ run: Run.ID) -> LibraryError {
        LibraryError(
            category, code, message, remedy, cause: cause, requestID: requestID, run: run, isPartial: isPartial)
    }

    /// The same error with the place in front of its sentence.
    func prefixed(_ place: String) -> LibraryError {
        LibraryError(
            category, code, "\(place): \(message)", remedy, cause: cause, requestID: requestID, run: run,
            isPartial: isPartial)
    }
}

extension LibraryError {
    /// Whether every other upload of a batch would meet the same: no key or one that is not accepted, no way to fal or one that
    /// stayed broken over all repeats, a disk that takes nothing.
    public var stopsUploads: Bool {
        switch cause {
        case .fal(let error):
            switch error {
            case .throttled, .unavailable, .timedOut, .interrupted: true
            default: error.stopsEveryCall
            }
        case .store(let error): error.stopsEveryWrite
        case .catalog(let error): error.stopsEveryWrite
        default: category == .credential
        }
    }

    /// Whether every other run of a batch would meet the same: no key or one that is not accepted, no way to fal, a disk that
    /// takes nothing, so that what is paid for could not be kept.
    public var stopsRuns: Bool {
        switch cause {
        case .fal(let error): error.stopsEveryCall
        case .store(let error): error.stopsEveryWrite
        case .catalog(let error): error.stopsEveryWrite
        default: category == .credential
        }
    }
}

extension LibraryError {
    /// Whether a plan that met this before it was submitted can be submitted later as it is: the trouble is the account's, the line's,
    /// fal's or the disk's, and not the run's own.
    var leavesPlan: Bool { stopsRuns || [.cancelled, .unavailable, .busy, .credential].contains(category) }
}

extension FalError {
    fileprivate var stopsEveryCall: Bool {
        switch self {
        case .unauthorized, .forbidden, .unreachable, .missingCredential, .malformedCredential: true
        default: false
        }
    }
}

extension StoreError {
    fileprivate var stopsEveryWrite: Bool {
        guard case .file(let error) = self else { return false }
        return switch error {
        case .diskFull, .readOnly: true
        default: false
        }
    }
}

extension CatalogError {
    fileprivate var stopsEveryWrite: Bool { self == .full || self == .readOnly }
}
