import AssetModel

/// What a run has of its answer already, found again in the answer as it is asked for later.
struct ArrivedOutputs: Sendable {
    let pictures: [Run.Output]
    let files: [Run.KeptFile]
    /// The answer that came with them; nil when none did.
    let answer: JSONValue?

    /// Nothing yet.
    static let none = ArrivedOutputs(pictures: [], files: [], answer: nil)

    /// The picture that is this file of an answer.
    ///
    /// By its URL, or by its place: fal signs URLs again with every answer, so when the later answer names as many files as the earlier
    /// one, the file at one place is the same file.
    func picture(_ url: String, at place: Int, of count: Int) -> Run.Output? {
        func find(_ url: String) -> Run.Output? {
            pictures.first { ($0.url ?? "sha256:\($0.asset.hex)") == url }
        }
        return find(url) ?? earlierURL(at: place, of: count).flatMap(find)
    }

    /// The same for what is no picture.
    func file(_ url: String, at place: Int, of count: Int) -> Run.KeptFile? {
        func find(_ url: String) -> Run.KeptFile? {
            files.first { ($0.url ?? "sha256:\($0.digest.hex)") == url }
        }
        return find(url) ?? earlierURL(at: place, of: count).flatMap(find)
    }

    private func earlierURL(at place: Int, of count: Int) -> String? {
        guard let earlier = answer?.answerFiles, earlier.count == count else { return nil }
        return earlier[place].url
    }
}
