import AssetModel
import FalAPI

/// A run as it is written down before anything is sent: all that is needed to send it, and to make it again.
struct Intent: Hashable, Sendable {
    let model: String
    let prompt: String
    let parameters: JSONValue
    /// Nil when nobody knows how the endpoint chooses it.
    let size: PixelSize?
    /// The references, in order; those that are files still are taken in first.
    let pictures: [ReferencePicture]
    /// For each, how what is sent differs from it.
    let copies: [UploadCopy?]
    let sending: Sending
    let terms: SubmitTerms

    /// The journal's words for it, under a name and meant for one remote.
    func facts(_ id: Run.ID, _ remote: Remote) throws -> [JournalEntry.Fact] {
        let planned = JournalEntry.Planned(
            generation: id, model: model, prompt: prompt, parameters: parameters,
            references: try ReferenceSet(pictures.map(\.asset)), size: size, host: remote.host, terms: terms)
        let isUsual =
            copies.allSatisfy { $0 == nil } && sending.access == .publicLink && sending.lifetime == .accountDefault
        guard !isUsual, !copies.isEmpty else { return [.planned(planned)] }
        return [
            .planned(planned),
            .uploadsPlanned(
                .init(generation: id, copies: copies, access: sending.access, lifetime: sending.lifetime)),
        ]
    }
}

extension SubmitOptions {
    /// The terms of a run in fal's words.
    init(_ terms: SubmitTerms) {
        self.init(
            priority: terms.priority.map { $0 == .low ? .low : .normal }, runnerHint: terms.hint,
            startTimeoutSeconds: terms.startTimeoutSeconds, webhook: terms.webhook, isKept: terms.isStored)
    }
}
