/// What is told of a run, from its plan to its end.
extension JournalEntry {
    /// A generation was decided: what is needed to make it again.
    package struct Planned: Hashable, Sendable, Codable {
        /// Its name.
        package let generation: Run.ID
        /// The remote model.
        package let model: String
        /// The prompt, byte for byte.
        package let prompt: String
        /// Everything else that will be sent, without prompt and reference URLs; `asset:` and a digest where one will stand.
        package let parameters: JSONValue
        /// The references, in order.
        package let references: ReferenceSet
        /// The size that is expected back; absent when it is not known how the endpoint chooses it.
        package let size: PixelSize?
        /// The account and server that it is meant for: no other may ever be sent it.
        package let host: RemoteHost
        /// How it is to be handed to fal's queue; absent when nothing in particular was asked for.
        package let terms: SubmitTerms?
        /// When fal took its request, for a run that was made elsewhere and brought home from fal's request history: it happened
        /// then, and is never to be sent. Absent for a run of this library's own.
        package let sentAt: Timestamp?
        /// Where its pictures go when they are here; absent when nothing was said.
        package let filing: Run.Filing?

        /// Terms that ask for nothing and a filing without a place are left out.
        package init(
            generation: Run.ID, model: String, prompt: String, parameters: JSONValue, references: ReferenceSet,
            size: PixelSize?, host: RemoteHost, terms: SubmitTerms? = nil, sentAt: Timestamp? = nil,
            filing: Run.Filing? = nil
        ) {
            self.filing = filing?.isEmpty == true ? nil : filing
            self.sentAt = sentAt
            self.terms = terms?.isUsual == true ? nil : terms
            self.host = host
            self.generation = generation
            self.model = model
            self.prompt = prompt
            self.parameters = parameters
            self.references = references
            self.size = size
        }

        private enum CodingKeys: String, CodingKey {
            case generation, model, prompt, parameters, references, size, host, terms, filing
            case sentAt = "sent_at"
        }
    }

    /// A generation's request is about to leave.
    package struct Sending: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// The references' URLs, in order.
        package let urls: [String]

        package init(generation: Run.ID, urls: [String]) {
            self.generation = generation
            self.urls = urls
        }
    }

    /// fal took a request.
    package struct Submitted: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// fal's name for it, and its URLs.
        package let request: RemoteRequest

        package init(generation: Run.ID, request: RemoteRequest) {
            self.generation = generation
            self.request = request
        }
    }

    /// fal clearly refused a generation's request for a reason that is not its own (the account is locked, the key unknown), or was not
    /// reached: nothing was queued, and the plan stands again.
    package struct Refused: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// The `sending` lines that this takes back, by their ids; others of the same generation stand.
        package let attempts: [EntryID]

        package init(generation: Run.ID, attempts: [EntryID]) {
            self.generation = generation
            self.attempts = attempts
        }
    }

    /// Some of a generation's outputs are stored, and the answer that names the others. It has not ended.
    package struct Arrived: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// The outputs that came, in order.
        package let outputs: [Run.Output]
        /// The whole answer; pictures inside it are replaced by their digest.
        package let response: JSONValue
        /// What came that is no picture; absent when nothing of the kind did.
        package let files: [Run.KeptFile]?
        /// What fal billed; absent when it did not say.
        package let billing: Run.Billing?

        /// An empty list of files is left out.
        package init(
            generation: Run.ID, outputs: [Run.Output], response: JSONValue,
            files: [Run.KeptFile] = [], billing: Run.Billing? = nil
        ) {
            self.billing = billing
            self.generation = generation
            self.outputs = outputs
            self.response = response
            self.files = files.isEmpty ? nil : files
        }
    }

    /// A generation's outputs are stored.
    package struct Finished: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// Its outputs, in order.
        package let outputs: [Run.Output]
        /// The whole answer; pictures inside it are replaced by their digest.
        package let response: JSONValue
        /// In what the answer differs from what was asked for. Absent in lines of older programs: then it is what
        /// comparing the plan with the outputs says.
        package let drift: [Drift]?
        /// What came that is no picture; absent when nothing of the kind did.
        package let files: [Run.KeptFile]?
        /// What fal billed; absent when it did not say.
        package let billing: Run.Billing?

        /// An empty list of files is left out.
        package init(
            generation: Run.ID, outputs: [Run.Output], response: JSONValue, drift: [Drift]? = nil,
            files: [Run.KeptFile] = [], billing: Run.Billing? = nil
        ) {
            self.billing = billing
            self.generation = generation
            self.outputs = outputs
            self.response = response
            self.drift = drift
            self.files = files.isEmpty ? nil : files
        }
    }

    /// A generation ended without outputs.
    package struct Failed: Hashable, Sendable, Codable {
        /// Whose.
        package let generation: Run.ID
        /// A stable name for the failure.
        package let code: String
        /// One sentence.
        package let reason: String
        /// The whole answer, when there was one.
        package let response: JSONValue?
        /// What came instead of pictures, with the bytes that were kept; absent when nothing came.
        package let drift: [Drift]?

        package init(
            generation: Run.ID, code: String, reason: String, response: JSONValue? = nil, drift: [Drift]? = nil
        ) {
            self.generation = generation
            self.code = code
            self.reason = reason
            self.response = response
            self.drift = drift
        }
    }

    /// A generation was stopped on request.
    package struct Cancelled: Hashable, Sendable, Codable {
        /// Which.
        package let generation: Run.ID

        package init(generation: Run.ID) {
            self.generation = generation
        }
    }
}
