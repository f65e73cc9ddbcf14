/// What looking for embedded texts may cost, decided before any memory is taken.
package struct RecipeLimits: Hashable, Sendable {
    /// The most bytes one text may have, stored or decompressed; 4 MiB by default. A longer one is left out.
    ///
    /// The longest texts met in the wild are ComfyUI workflows with some hundred nodes: below 1 MiB.
    package var maximumTextLength: Int

    /// The most bytes all texts of one picture may have together; 8 MiB by default. What does not fit is left out.
    package var maximumTotalLength: Int

    /// The most texts taken from one picture; 256 by default.
    package var maximumTextCount: Int

    /// The most values that the JSON texts of one picture may have together; 100,000 by default. A text with more is
    /// left alone, like one that is not JSON.
    package var maximumValueCount: Int

    /// How deep JSON may be nested; 96 by default.
    package var maximumDepth: Int

    /// The most steps that walks through one graph of nodes may take together; 100,000 by default. What the walks have found
    /// by then counts, as `likely`. A real graph of 200 nodes needs a few thousand.
    package var maximumStepCount: Int

    /// Negative limits count as zero.
    package init(
        maximumTextLength: Int = 4 << 20, maximumTotalLength: Int = 8 << 20, maximumTextCount: Int = 256,
        maximumValueCount: Int = 100_000, maximumDepth: Int = 96, maximumStepCount: Int = 100_000
    ) {
        self.maximumTextLength = maximumTextLength
        self.maximumTotalLength = maximumTotalLength
        self.maximumTextCount = maximumTextCount
        self.maximumValueCount = maximumValueCount
        self.maximumDepth = maximumDepth
        self.maximumStepCount = maximumStepCount
    }
}
