extension String {
    /// As a sentence repeats what a person or program gave: what is longer than an id, 64 characters, is cut.
    package var inSentence: String { count > 64 ? prefix(60) + "…" : self }
}
