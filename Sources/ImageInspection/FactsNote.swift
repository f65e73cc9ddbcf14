/// What is odd about a picture whose facts are fine: for a person to know, never a reason to refuse it.
package enum FactsNote: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The chain of a TIFF's pages leads out of the file, into itself, or to something that is no page.
    case pageChain = "page_chain"
    /// A strip of a TIFF claims bytes beyond the file; the pixels need fewer, and they are there.
    case stripLength = "strip_length"
    /// The same part of a JPEG's colour profile stands in it more than once.
    case repeatedProfile = "repeated_profile"
    /// The first picture of several in a JPEG is whole, and a later one is cut. Seen only when the whole file is read.
    case laterPictureCut = "later_picture_cut"

    /// One sentence without a full stop, in lower case.
    package var description: String {
        switch self {
        case .pageChain: "the list of its pages is damaged; only the pages before the damage are counted"
        case .stripLength: "its last strip claims more bytes than the file has; all pixels are there"
        case .repeatedProfile: "its color profile is stored more than once"
        case .laterPictureCut: "a further picture in the file is cut short; the first is whole"
        }
    }
}
