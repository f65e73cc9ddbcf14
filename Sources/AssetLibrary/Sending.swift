public import AssetModel
import ImageRendering

/// How references are to be sent: in what form, for whom, and for how long.
public struct Sending: Hashable, Sendable {
    /// Send every picture exactly as it is: not upright, not converted, not shrunk.
    public var asIs: Bool
    /// Send no more pixels than the model will use.
    public var shrink: Bool
    /// Who may read what is sent.
    public var access: UploadAccess
    /// How long it is to live; an upload of any lifetime serves who asks for none in particular.
    public var lifetime: UploadLifetime

    /// Without arguments: upright, in a format the endpoint reads, for everybody who has the link, for the account's own time.
    public init(
        asIs: Bool = false, shrink: Bool = false, access: UploadAccess = .publicLink,
        lifetime: UploadLifetime = .accountDefault
    ) {
        self.asIs = asIs
        self.shrink = shrink
        self.access = access
        self.lifetime = lifetime
    }

    /// How what is sent of a picture must differ from it, for an endpoint that reads `formats`; nil when it can go as it is.
    ///
    /// Errors name the picture as `name`: a format that can neither be read there nor be made into another here, or more pixels
    /// than are decoded. An animation that the endpoint reads goes as it is.
    func copy(
        of facts: ImageFacts, readable formats: Set<ImageFormat>, _ name: String, shrunkTo size: PixelSize? = nil
    ) throws(LibraryError) -> UploadCopy? {
        guard !asIs else { return nil }
        let isRead = formats.contains(facts.format)
        let isFilm = isRead && facts.frameCount > 1
        guard
            let copy = UploadCopy(
                isTurned: facts.orientation != .upright && !isFilm, format: isRead ? nil : .png,
                size: isFilm || size == facts.displaySize ? nil : size)
        else { return nil }
        guard CopyRenderer.readableFormats.contains(facts.format) else {
            throw LibraryError(
                .invalidInput, code: "unsendable_format",
                "\(name) is \(facts.format.rawValue), which the endpoint does not read and Atelier cannot convert; save it as "
                    + "PNG or JPEG", remedy: .sendAsIs)
        }
        guard facts.storedSize.pixelCount <= CopyRenderer.defaultPixelLimit else {
            throw LibraryError(
                .invalidInput, code: "too_many_pixels",
                "\(name) has \(facts.storedSize) pixels, more than the \(CopyRenderer.defaultPixelLimit) that a model opens"
            )
        }
        return copy
    }
}

extension Sending {
    /// How a run's references were sent, as the rule that sends them so again.
    ///
    /// `pictures` are its references. As they are means that one that would have been copied was not.
    init(_ sending: ReferenceSending, of pictures: [ReferencePicture]) {
        self.init(access: sending.access, lifetime: sending.lifetime)
        let usual = self
        shrink = sending.copies.contains { $0?.size != nil }
        asIs = pictures.enumerated().contains { index, picture in
            guard sending.copy(at: index) == nil else { return false }
            // What cannot be copied at all was sent as it is, or not at all.
            let wanted = Result { try usual.copy(of: picture.facts, readable: EditModels.readableFormats, "") }
            if case .success(nil) = wanted { return false }
            return true
        }
    }
}
