extension FalError {
    /// Whether this answer means that a submitted run will never have a result: it ran and failed, its input was refused, or it
    /// was cancelled. Anything else can pass, and the run was paid for.
    package var endsTheRun: Bool {
        switch self {
        case .failed, .rejected(422, _, _, _): true
        default: wasCancelled
        }
    }

    /// Whether fal could not read a file that the input names (protocol facts, section 5.3).
    package var isMissingFile: Bool { remoteType == "file_download_error" }

    /// Whether the run was cancelled before it made anything (protocol facts, section 5.4).
    package var wasCancelled: Bool { remoteType == "client_cancelled" }

    /// Whether fal does not know the request, or no longer.
    package var isUnknownRequest: Bool { if case .rejected(404, _, _, _) = self { true } else { false } }

    private var remoteType: String? {
        switch self {
        case .rejected(_, _, let type, _), .failed(_, let type, _): type
        default: nil
        }
    }
}
