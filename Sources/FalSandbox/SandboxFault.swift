/// Something the sandbox does wrong on purpose: what, and how often.
package struct SandboxFault: Sendable, Hashable, CustomStringConvertible {
    /// The kinds of faults. The raw value is the text form without its number.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Every request to the API, the CDN's tokens included, gets 401: the key is not known.
        case unauthorized = "auth:401"
        /// Every request that needs a key gets 402: the account is locked for lack of balance.
        case locked = "auth:402"
        /// Every request that needs a key gets 403, and the detail says that the account is locked for lack of balance.
        case accountLocked = "account:locked"
        /// Every request that needs a key gets 403: it may not do this.
        case forbidden = "auth:403"
        /// Every answer is delayed by this many milliseconds.
        case delay
        /// Requests to storage, announcements and uploads alike, get 503.
        case storageUnavailable = "storage:503"
        /// The connection is closed in the middle of the bytes of an upload or a part.
        case storageReset = "storage:reset"
        /// The bytes of an upload are taken and then answered with 500.
        case putError = "put:500"
        /// The bytes of a part are taken and then answered with 500.
        case partError = "part:500"
        /// After this many parts, the bytes of a part are taken and not answered. This ends when such a part is sent
        /// again, which means that its client gave up or died.
        case partStalled = "part:stall"
        /// A submit is refused with 422, a content policy violation; nothing is queued.
        case submitRefused = "submit:422"
        /// A submit is refused with 422, because its first reference cannot be downloaded; nothing is queued.
        case submitFileGone = "submit:file-gone"
        /// A submit is refused with 429 and `Retry-After: 1`; nothing is queued.
        case submitThrottled = "submit:429"
        /// A submit gets 503 with `Retry-After: 1`; nothing is queued.
        case submitUnavailable = "submit:503"
        /// The connection is closed as soon as a submit has been read; nothing is queued.
        case submitReset = "submit:reset"
        /// A submit is accepted and queued, and the answer is not JSON.
        case submitGarbage = "submit:garbage"
        /// A submit is accepted and queued, but the connection is closed without an answer.
        case submitTimeoutAfterAccept = "submit:timeout:after-accept"
        /// A status gets 500.
        case statusError = "status:500"
        /// The connection is closed instead of answering a status.
        case statusReset = "status:reset"
        /// After this many statuses, a status is not answered. This ends when the same request's status is asked for
        /// again, which means that its client gave up or died.
        case statusStalled = "status:stall"
        /// A status is not JSON.
        case statusGarbage = "status:garbage"
        /// Each request is reported as waiting, then as running, for this many status polls.
        case statusSlow = "status:slow"
        /// A result is not found although its request was completed.
        case resultLost = "result:lost"
        /// A result gets 500 in the shape of the infrastructure, although its request was completed.
        case resultUnavailable = "result:500"
        /// A result is not JSON.
        case resultGarbage = "result:garbage"
        /// A finished request turns out to have failed: an error in the status, the model's 500 as the result.
        case resultError = "result:error"
        /// Prices may not be read with this key: 403.
        case pricingForbidden = "pricing:403"
        /// The price list gets 500.
        case pricingUnavailable = "pricing:500"
        /// The price list has no price of any endpoint.
        case pricingEmpty = "pricing:none"
        /// A result does not say what was billed.
        case billingSilent = "billing:none"
        /// A file is cut off in the middle: fewer bytes than were announced.
        case fileTruncated = "file:truncate"
        /// A file is not found when its bytes are asked for.
        case fileMissing = "file:404"
        /// A file's bytes are noise, as many as there should be.
        case fileGarbage = "file:garbage"
        /// A file's bytes are asked for and answered with 401, 403 or 410.
        case fileUnauthorized = "file:401"
        case fileForbidden = "file:403"
        case fileGone = "file:410"
        /// A page of HTML comes in place of a file's bytes, with status 200.
        case filePage = "file:html"
        /// No byte comes in place of a file's bytes, with status 200.
        case fileEmpty = "file:empty"
        /// A HEAD of a file gets 403, as where a URL is signed for GET alone.
        case headForbidden = "head:403"
        /// A result gives its pictures as data URIs that cannot be decoded.
        case uriUndecodable = "file:baduri"
        /// A result gives its pictures as data URIs: in lines, percent-encoded, in the URL-safe alphabet, without padding, in capitals, or
        /// not in base64.
        case uriInLines = "file:datauri:lines"
        case uriPercentEncoded = "file:datauri:percent"
        case uriSafe = "file:datauri:urlsafe"
        case uriUnpadded = "file:datauri:unpadded"
        case uriInCapitals = "file:datauri:capitals"
        case uriPlain = "file:datauri:plain"
        /// A result gives its pictures' URLs with a blank and a letter beyond ASCII, not encoded.
        case urlWithBlank = "file:blankurl"
        /// An uploaded file is gone as soon as its HEAD was answered or a model has read it.
        case urlExpiresEarly = "url:expire-early"
        /// A run gives one picture fewer than was asked for.
        case outputShort = "output:short"
        /// A run's pictures have half the planned width and height.
        case outputSize = "output:size"
        /// A result omits the size of its pictures.
        case outputWithoutSize = "output:nosize"
        /// A result has another seed than the one that was asked for.
        case outputSeed = "output:seed"
        /// The safety checker flags every picture of a run.
        case outputFlagged = "output:nsfw"
        /// A result announces a byte less than each of its pictures has.
        case outputBytes = "output:bytes"
        /// The last picture's URL serves a text that is said to be a picture.
        case outputUnreadable = "output:unreadable"
        /// The last picture's URL serves nothing.
        case outputGone = "output:gone"
        /// The request history does not have any request yet.
        case historyLate = "history:late"
        /// The request history shows every request twice: a twin has the same input and answer, and an id of its own.
        case historyTwice = "history:twice"
        /// The request history gets 403: the key may not read it.
        case historyForbidden = "history:403"
        /// The request history gets 500.
        case historyError = "history:500"
        /// The last picture's URL answers 400 once, and serves the picture afterwards.
        case outputWithheld = "output:withheld"

        /// Whether the number is a measure rather than a count, and so is required.
        var needsNumber: Bool { [.statusSlow, .delay, .partStalled, .statusStalled].contains(self) }

        /// The text form, for help texts.
        var form: String {
            switch self {
            case .delay: rawValue + ":MS"
            case .statusSlow: rawValue + ":POLLS"
            case .partStalled: rawValue + ":PARTS"
            case .statusStalled: rawValue + ":POLLS"
            default: rawValue + "[:N]"
            }
        }
    }

    /// The kind of fault.
    package var kind: Kind
    /// How often, at least 1, nil for ever; of `delay` the milliseconds, of `statusSlow` the polls, of the stalls
    /// what is answered before.
    package var number: Int?

    /// A fault of this kind; see `number`.
    package init(_ kind: Kind, _ number: Int? = nil) {
        self.kind = kind
        self.number = number
    }

    /// Reads the text form: `storage:503:2`, `submit:422`, `delay:50`. Numbers are at least 1.
    package init(parsing text: String) throws(SandboxError) {
        for kind in Kind.allCases {
            if text == kind.rawValue, !kind.needsNumber {
                self.init(kind)
                return
            }
            if text.hasPrefix(kind.rawValue + ":"), let number = Int(text.dropFirst(kind.rawValue.count + 1)) {
                guard number >= 1 else { break }
                self.init(kind, number)
                return
            }
        }
        throw .unknownFault(text)
    }

    /// The text form of every kind, for help texts.
    package static let forms = Kind.allCases.map(\.form)

    /// The text form.
    package var description: String { number.map { "\(kind.rawValue):\($0)" } ?? kind.rawValue }
}
