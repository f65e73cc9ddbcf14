/// What an inspection may cost and accept, decided before any memory is taken.
///
/// Memory has no setting: one inspection holds a buffer of 36 KiB and nothing that grows with the file.
package struct InspectionLimits: Hashable, Sendable {
    /// The most pixels a picture may declare, width times height; 2,000,000,000 by default.
    ///
    /// More is `InspectionError.tooLarge`, and so is a side above 2³¹ − 1, whatever this says.
    package var maximumPixelCount: Int

    /// The most times that one file is read from, each time 4 KiB, or 32 KiB in formats that must be walked through;
    /// 65,536 by default.
    ///
    /// A good photo needs one to four. The limit ends the walk through a file made of millions of tiny blocks, as
    /// `ImageFlaw.tooManyBlocks`. Bytes in memory are walked through freely: their number is the limit.
    package var maximumReadCount: Int

    /// Negative limits count as zero.
    package init(maximumPixelCount: Int = 2_000_000_000, maximumReadCount: Int = 65_536) {
        self.maximumPixelCount = maximumPixelCount
        self.maximumReadCount = maximumReadCount
    }
}
