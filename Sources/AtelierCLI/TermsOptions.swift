import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation

/// How a request is handed to fal's queue.
struct TermsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Queue priority: normal or low.", valueName: "queue"))
    var priority: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Give up if fal has not started the run within this many seconds (more than 1).",
            valueName: "seconds"))
    var startTimeout: Double?

    @Option(help: ArgumentHelp("A URL that fal posts the result to as well, http or https.", valueName: "url"))
    var webhook: String?

    @Flag(help: "Ask fal not to store input and output for its dashboard; the result must then be fetched soon.")
    var noStoreIo = false

    @Option(help: ArgumentHelp("Prefer a fal machine that has served this hint before.", valueName: "word"))
    var hint: String?

    /// Changes the terms that are given here, and leaves the others; what fal would not accept is refused when the run is planned.
    func apply(to terms: inout SubmitTerms) throws(LibraryError) {
        if let hint { terms.hint = hint }
        if let startTimeout {
            guard startTimeout > 1 else {
                throw LibraryError(
                    .invalidInput, code: "bad_start_timeout", "--start-timeout must be more than 1 second")
            }
            terms.startTimeoutSeconds = startTimeout
        }
        if let webhook {
            let url = URL(string: webhook)
            guard ["http", "https"].contains(url?.scheme?.lowercased()), url?.host?.isEmpty == false else {
                throw LibraryError(.invalidInput, code: "bad_webhook", "--webhook must be an http or https URL")
            }
            terms.webhook = webhook
        }
        if noStoreIo { terms.isStored = false }
        if let priority {
            guard let known = SubmitTerms.Priority(rawValue: priority) else {
                throw LibraryError(
                    .invalidInput, code: "bad_priority", "invalid priority “\(priority)”: use low or normal")
            }
            terms.priority = known
        }
    }
}
