/// One run of a remote model, from plan to outputs.
public struct Run: Identifiable, Hashable, Sendable {
    /// A generation's name: `g` and 15 random digits of the alphabet 0–9 a–z without i, l, o, u.
    ///
    /// It starts with a letter that no digest has, so a prefix of one is never taken for a prefix of the other.
    public struct ID: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
        /// The text form.
        public let text: String

        /// Reads a full id; nil for anything else.
        public init?(parsing text: String) {
            guard text.utf8.count == 16, Self.looksLikePrefix(text) else { return nil }
            self.text = text
        }

        /// Makes an id from 75 of the 128 random bits.
        package init(random: (UInt64, UInt64)) {
            let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
            var text = "g"
            var (high, low) = random
            for _ in 0..<15 {
                text.append(alphabet[Int(low & 31)])
                low = low >> 5 | high << 59
                high >>= 5
            }
            self.text = text
        }

        /// Whether a text can be the beginning of a generation id.
        public static func looksLikePrefix(_ text: some StringProtocol) -> Bool {
            guard text.first == "g", text.utf8.count <= 16 else { return false }
            return text.dropFirst().utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): true
                case UInt8(ascii: "a")...UInt8(ascii: "z"): !"ilou".utf8.contains(byte)
                default: false
                }
            }
        }

        /// `RUN/3` taken apart: the id, or the beginning of one, and which of its pictures, counted from 1. Nil for anything else.
        public static func splitPicture(_ text: String) -> (run: String, number: Int)? {
            guard let slash = text.lastIndex(of: "/") else { return nil }
            let (run, digits) = (text[..<slash], text[text.index(after: slash)...])
            guard looksLikePrefix(run), digits.count <= 6, digits.allSatisfy({ $0.isASCII && $0.isNumber }),
                let number = Int(digits), number >= 1
            else { return nil }
            return (String(run), number)
        }

        /// The text form.
        public var description: String { text }

        /// Sorts by text; not by time.
        public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

        /// Reads the text form.
        public init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            guard let id = try Self(parsing: container.decode(String.self)) else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a generation id")
            }
            self = id
        }

        /// Writes the text form.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    /// How far a generation has come. Raw values are what the catalog and JSON say.
    public enum State: String, Hashable, Sendable, Codable, CaseIterable {
        /// Written down, nothing sent.
        case planned
        /// About to be sent, or sent without an answer: until the answer comes its outcome is unknown.
        case sending
        /// fal has it and gave a request id.
        case submitted
        /// Its outputs are in the library.
        case finished
        /// It ended without outputs.
        case failed
        /// It was stopped on request.
        case cancelled

        /// Whether nothing more will happen to it.
        public var isFinal: Bool { self == .finished || self == .failed || self == .cancelled }
    }

    /// What has to happen next to bring a generation to its end: the whole of crash recovery.
    public enum NextStep: Hashable, Sendable {
        /// Never sent: send it.
        case submit
        /// It may have been submitted: a person has to decide, since sending it again can cost twice.
        case confirm
        /// Sent: collect the result, never submit again.
        case collect(RemoteRequest)
        /// It has ended.
        case nothing
    }

    /// Its name.
    public let id: ID
    /// The remote model that runs, such as `fal-ai/hidream-o1-image/edit`.
    public let model: String
    /// The prompt, byte for byte.
    public let prompt: String
    /// Everything else that is sent, without prompt and reference URLs. A reference that stands at a place of its own in the
    /// input stands here as `asset:` and its digest (`PictureField`); the others go where the typed endpoints want them.
    public let parameters: JSONValue
    /// The references, in order.
    public let references: ReferenceSet
    /// The size that the plan expects back; nil when it is not known how the endpoint chooses it.
    public let plannedSize: PixelSize?
    /// How its references are sent.
    public let sending: ReferenceSending
    /// How the request is handed to fal's queue.
    public let terms: SubmitTerms
    /// How far it has come.
    public let state: State
    /// fal's name for it, once there is one.
    public let request: RemoteRequest?
    /// Where its uploads live and its request goes.
    public let host: RemoteHost
    /// The seed that made it: the answer's, else the one asked for.
    public let seed: UInt64?
    /// Why it failed, as one sentence.
    public let reason: String?
    /// Its outputs, in order. A run that has not ended may have some already, when others could not be fetched.
    public let outputs: [Output]
    /// What came beside pictures, in the order of the answer: its bytes are kept.
    public let files: [KeptFile]
    /// In what its answer differs from what was asked for; empty while there is no answer.
    public let drift: [Drift]
    /// What fal billed; nil while there is no answer, and when fal did not say.
    public let billing: Billing?
    /// When it was written down; of a run that was brought home from fal's request history, when fal took it.
    public let plannedAt: Timestamp
    /// When its state last changed; of a run that was brought home, when fal took it.
    public let changedAt: Timestamp
    /// Whether it was made elsewhere and brought home from fal's request history. Such a run is never sent.
    public let isBroughtHome: Bool
    /// What a person said of it: a title and a note. Its pictures have marks of their own.
    public let marks: Marks
    /// Where its pictures go when they are here.
    public let filing: Filing

    package init(
        id: ID, model: String, prompt: String, parameters: JSONValue, references: ReferenceSet, plannedSize: PixelSize?,
        sending: ReferenceSending = ReferenceSending(), terms: SubmitTerms = SubmitTerms(), state: State,
        request: RemoteRequest?, host: RemoteHost, seed: UInt64?,
        reason: String?, outputs: [Output], files: [KeptFile] = [], drift: [Drift] = [], billing: Billing? = nil,
        plannedAt: Timestamp,
        changedAt: Timestamp, isBroughtHome: Bool = false, marks: Marks = Marks(), filing: Filing = Filing()
    ) {
        self.id = id
        self.model = model
        self.prompt = prompt
        self.parameters = parameters
        self.references = references
        self.plannedSize = plannedSize
        self.sending = sending
        self.terms = terms
        self.state = state
        self.request = request
        self.host = host
        self.seed = seed
        self.reason = reason
        self.outputs = outputs
        self.files = files
        self.drift = drift
        self.billing = billing
        self.plannedAt = plannedAt
        self.changedAt = changedAt
        self.isBroughtHome = isBroughtHome
        self.marks = marks
        self.filing = filing
    }

    /// What makes it the same request as another: with the seed that the model drew once that is known.
    package var recipeIdentity: RecipeIdentity {
        RecipeIdentity(
            model: model, prompt: prompt, parameters: parameters, references: references.members,
            drawnSeed: state == .finished ? seed : nil)
    }

    /// What has to happen next.
    public var nextStep: NextStep {
        switch (state, request) {
        case (.planned, _) where isBroughtHome: .confirm
        case (.planned, _): .submit
        case (.submitted, let request?): .collect(request)
        case (.sending, _), (.submitted, nil): .confirm
        case (.finished, _), (.failed, _), (.cancelled, _): .nothing
        }
    }

    /// Something that a generation made and that is no picture: a film, a sound, a drawing of lines. Its bytes are kept as they
    /// came, beside the pictures' and under a name of the same kind.
    public struct KeptFile: Hashable, Sendable, Codable {
        /// The digest of its bytes.
        public let digest: ContentDigest
        /// What its name ends in, such as `mp4`: as the answer names it, else by its media type, else `bin`.
        public let fileExtension: String
        /// What the answer says it is; nil when it does not.
        public let mediaType: String?
        /// How many bytes.
        public let byteCount: Int64
        /// The URL it came from; nil when it came inside the answer.
        public let url: String?

        package init(
            digest: ContentDigest, fileExtension: String, mediaType: String?, byteCount: Int64, url: String?
        ) {
            self.digest = digest
            self.fileExtension = fileExtension
            self.mediaType = mediaType
            self.byteCount = byteCount
            self.url = url
        }

        private enum CodingKeys: String, CodingKey {
            case digest, url
            case fileExtension = "extension"
            case mediaType = "media_type"
            case byteCount = "byte_count"
        }
    }

    /// One picture that a generation made.
    public struct Output: Hashable, Sendable, Codable {
        /// The asset that it is.
        public let asset: ContentDigest
        /// What inspection measured.
        public let facts: ImageFacts
        /// Whether the safety checker flagged it; nil when the answer did not say.
        public let isFlagged: Bool?
        /// The URL it came from; nil when it came inside the answer.
        public let url: String?

        package init(asset: ContentDigest, facts: ImageFacts, isFlagged: Bool?, url: String?) {
            self.asset = asset
            self.facts = facts
            self.isFlagged = isFlagged
            self.url = url
        }

        private enum CodingKeys: String, CodingKey {
            case asset, facts, url
            case isFlagged = "flagged"
        }
    }
}

/// fal's name for a queued request, and the URLs it gave with it, kept exactly as they came.
public struct RemoteRequest: Hashable, Sendable, Codable {
    /// fal's request id.
    public let id: String
    /// Where its status is read.
    public let statusURL: String
    /// Where its result is read.
    public let responseURL: String
    /// Where it is cancelled.
    public let cancelURL: String

    package init(id: String, statusURL: String, responseURL: String, cancelURL: String) {
        self.id = id
        self.statusURL = statusURL
        self.responseURL = responseURL
        self.cancelURL = cancelURL
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case statusURL = "status_url"
        case responseURL = "response_url"
        case cancelURL = "cancel_url"
    }
}

/// The account and endpoint that an upload belongs to, as one opaque text.
///
/// It never holds a key: only a fingerprint of the key's public half.
public struct RemoteHost: Hashable, Sendable, Codable, CustomStringConvertible {
    /// The text form.
    public let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// The name.
    public var description: String { name }

    /// A sandbox that lives only as long as one command: what was sent there is gone with it.
    public static func ephemeralSandbox(_ name: String) -> RemoteHost { RemoteHost("sandbox \(name)") }

    /// What answers there, whoever asks: the endpoint without the key's fingerprint. An ephemeral sandbox is one of its own.
    public var service: String {
        guard !isEphemeral, let space = name.lastIndex(of: " ") else { return name }
        return String(name[..<space])
    }

    /// Whether it is such a sandbox.
    public var isEphemeral: Bool { name.hasPrefix("sandbox ") }

    /// Reads a single string.
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    /// Writes a single string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}
