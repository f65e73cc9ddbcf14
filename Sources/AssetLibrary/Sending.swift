public import AssetModel
import ImageRendering

/// How references are to be sent: in what form, for whom, and for how long.
///
/// One rule decides, on facts alone and before anything is written down: what is sent is upright, in a format that the endpoint reads,
/// of at most 8 bits a channel, and of no more pixels than a model opens. Alpha is kept for a model that uses it, flattened for one that
/// does not, and kept where that is not known. Facts tell that a picture has alpha, not that any of it is transparent.
public struct Sending: Hashable, Sendable {
    /// Send every picture exactly as it is: not upright, not converted, not shrunk.
    public var asIs: Bool
    /// Send no more pixels than the model will use.
    public var shrink: Bool
    /// The colour to flatten transparency on, whatever the model; nil for white where the model ignores alpha.
    public var background: PlainColour?
    /// Who may read what is sent.
    public var access: UploadAccess
    /// How long it is to live; an upload of any lifetime serves who asks for none in particular.
    public var lifetime: UploadLifetime
    /// Leave depth and alpha as they are stored, as earlier versions did, in runs of whose references that is on record.
    var keepsPixels = false

    /// Without arguments: upright, in a format the endpoint reads, for everybody who has the link, for the account's own time.
    public init(
        asIs: Bool = false, shrink: Bool = false, background: PlainColour? = nil, access: UploadAccess = .publicLink,
        lifetime: UploadLifetime = .accountDefault
    ) {
        self.asIs = asIs
        self.shrink = shrink
        self.background = background
        self.access = access
        self.lifetime = lifetime
    }

    /// How what is sent of a picture must differ from it, for a described model, or for an endpoint that is not (nil); nil when it
    /// can go as it is.
    ///
    /// Errors name the picture as `name`: a kind that can neither be read there nor be made into another here, or more pixels than can
    /// be decoded. An animation that the endpoint reads goes as it is.
    func copy(
        of facts: ImageFacts, for model: EditModel?, _ name: String, shrunkTo size: PixelSize? = nil
    ) throws(LibraryError) -> UploadCopy? {
        guard !asIs else { return nil }
        let isRead = EditModels.readableFormats.contains(facts.format)
        guard !isRead || facts.frameCount == 1 else { return nil }
        let ground = background ?? (model?.usesAlpha == false ? .white : nil)
        guard
            let copy = UploadCopy(
                isTurned: facts.orientation != .upright, format: isRead ? nil : .png,
                size: size == facts.displaySize ? nil : size,
                is8Bit: isRead && facts.bitDepth > 8 && !keepsPixels,
                background: facts.hasAlpha && !keepsPixels ? ground : nil)
        else { return nil }
        guard CopyRenderer.canRead(facts) else {
            let depth = facts.format == .jpeg ? " of \(facts.bitDepth) bits" : ""
            throw LibraryError(
                .invalidInput, code: "unsendable_format",
                "\(name) is \(facts.format.rawValue)\(depth), which the endpoint does not read and Atelier cannot convert; "
                    + "save it as PNG or JPEG", remedy: .sendAsIs)
        }
        let limit = CopyRenderer.defaultPixelLimit
        guard facts.storedSize.pixelCount <= limit || CopyRenderer.rowFormats.contains(facts.format) else {
            throw LibraryError(
                .invalidInput, code: "too_many_pixels",
                "\(name) is \(facts.format.rawValue) of \(facts.storedSize) pixels, and Atelier converts at most \(limit) "
                    + "of that format; save it smaller, or as PNG or JPEG")
        }
        return copy
    }

    /// Refuses a picture of more pixels than a model opens, as it would be sent. Of endpoints that are not described no limit is
    /// known, so there the picture itself can go as it is.
    func checkPixels(
        of facts: ImageFacts, as copy: UploadCopy?, for model: EditModel?, _ name: String
    ) throws(LibraryError) {
        let size = copy?.size(of: facts) ?? facts.storedSize
        guard size.pixelCount > CopyRenderer.defaultPixelLimit, model != nil || !asIs else { return }
        let canShrink = CopyRenderer.rowFormats.contains(facts.format) && facts.frameCount == 1 && copy?.size == nil
        throw LibraryError(
            .invalidInput, code: "too_many_pixels",
            "\(name) has \(size) pixels, more than the \(CopyRenderer.defaultPixelLimit) that a model opens",
            remedy: model == nil ? .sendAsIs : canShrink ? .shrink : nil)
    }
}

extension Sending {
    /// How a run's references were sent, as the rule that sends them so again.
    ///
    /// `pictures` are its references, `model` its endpoint id. As they are means that none was copied, and one would have been.
    init(_ sending: ReferenceSending, of pictures: [ReferencePicture], to model: String) {
        self.init(access: sending.access, lifetime: sending.lifetime)
        let model = EditModels.entry(model)
        let copies = pictures.indices.map { sending.copy(at: $0) }
        shrink = copies.contains { $0?.size != nil }
        let ground = copies.lazy.compactMap { $0?.background }.first
        // White follows from such a model by itself.
        background = model?.usesAlpha == false && ground == .white ? nil : ground
        guard !wouldMake(copies, of: pictures, for: model) else { return }
        guard copies.contains(where: { $0 != nil }) else {
            asIs = true
            return
        }
        keepsPixels = copies.allSatisfy { $0?.is8Bit != true && $0?.background == nil }
    }

    /// Whether this rule gives these copies, sizes aside. It gives none to what cannot be copied at all.
    private func wouldMake(_ copies: [UploadCopy?], of pictures: [ReferencePicture], for model: EditModel?) -> Bool {
        zip(copies, pictures).allSatisfy { copy, picture in
            do {
                return try self.copy(of: picture.facts, for: model, "", shrunkTo: copy?.size) == copy
            } catch {
                return false
            }
        }
    }
}
