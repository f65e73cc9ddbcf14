import ArgumentParser
import AssetLibrary
import AssetModel

/// How a request is handed to fal's queue.
struct TermsOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("fal's queue: normal, or low, which is served after everybody else.", valueName: "queue"))
    var priority: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Give up when no machine has begun within so many seconds, more than 1; a run that began goes on.",
            valueName: "seconds"))
    var startTimeout: Double?

    @Option(help: ArgumentHelp("Where fal posts the outcome too, http or https.", valueName: "url"))
    var webhook: String?

    @Flag(help: "Have fal keep no input and answer for its dashboard; it forgets the answer itself sooner then.")
    var noStoreIo = false

    @Option(help: ArgumentHelp("Prefer a machine that served the same word before.", valueName: "word"))
    var hint: String?

    /// The values; what fal would not take is refused when the run is planned.
    func terms() throws(LibraryError) -> SubmitTerms {
        var terms = SubmitTerms(
            hint: hint, startTimeoutSeconds: startTimeout, webhook: webhook, isStored: !noStoreIo)
        if let priority {
            guard let known = SubmitTerms.Priority(rawValue: priority) else {
                throw LibraryError(
                    .invalidInput, code: "bad_priority", "“\(priority)” is no priority: give low or normal")
            }
            terms.priority = known
        }
        return terms
    }
}
