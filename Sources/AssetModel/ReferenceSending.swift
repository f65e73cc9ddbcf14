/// How a run's references are sent: decided when it is planned, and part of the run, so that sending it later, or again, cannot
/// forget it.
public struct ReferenceSending: Hashable, Sendable {
    /// For each reference, in order, how what is sent differs from it; nil where nothing does. May be shorter than the
    /// references: those without an entry go as they are.
    public var copies: [UploadCopy?]
    /// Who may read what is sent.
    public var access: UploadAccess
    /// How long it is asked to live.
    public var lifetime: UploadLifetime

    /// Without arguments: every reference as it is, for everybody who has the link, for the account's own time.
    public init(
        copies: [UploadCopy?] = [], access: UploadAccess = .publicLink, lifetime: UploadLifetime = .accountDefault
    ) {
        self.copies = copies
        self.access = access
        self.lifetime = lifetime
    }

    /// Whether nothing is out of the ordinary; then nothing is written down about it.
    package var isUsual: Bool {
        copies.allSatisfy { $0 == nil } && access == .publicLink && lifetime == .accountDefault
    }

    /// How what is sent of the reference at this position differs from it.
    package func copy(at position: Int) -> UploadCopy? { copies.indices.contains(position) ? copies[position] : nil }
}
