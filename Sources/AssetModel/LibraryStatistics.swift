/// Counts and sums over a library.
public struct LibraryStatistics: Hashable, Sendable {
    /// Assets, each counted once however it came.
    public let assetCount: Int
    /// Bytes of all originals.
    public let byteCount: Int64
    /// Assets that were imported.
    public let referenceCount: Int
    /// Outputs of generations; equal pictures count each time.
    public let outputCount: Int
    /// Generations in any state.
    public let generationCount: Int
    /// Generations that have not ended.
    public let unfinishedCount: Int
    /// Uploads believed to be there.
    public let uploadCount: Int
    /// Sets.
    public let setCount: Int
    /// Different tags in use.
    public let tagCount: Int
    /// Assets by format.
    public let formats: [String: Int]

    package init(
        assetCount: Int, byteCount: Int64, referenceCount: Int, outputCount: Int, generationCount: Int,
        unfinishedCount: Int, uploadCount: Int, setCount: Int, tagCount: Int, formats: [String: Int]
    ) {
        self.assetCount = assetCount
        self.byteCount = byteCount
        self.referenceCount = referenceCount
        self.outputCount = outputCount
        self.generationCount = generationCount
        self.unfinishedCount = unfinishedCount
        self.uploadCount = uploadCount
        self.setCount = setCount
        self.tagCount = tagCount
        self.formats = formats
    }
}
