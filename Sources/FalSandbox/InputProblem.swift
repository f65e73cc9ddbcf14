import AssetModel

/// One entry of a 422's `detail` list, in fal's shape.
struct InputProblem: Sendable, Hashable {
    /// Where the wrong value is: `body`, then names and positions.
    var location: [JSONValue]
    var message: String
    /// What programs branch on.
    var type: String
    /// The limit that was broken, by its documented name.
    var context: [String: JSONValue]?
    var input: JSONValue?

    init(
        _ location: [JSONValue], _ message: String, type: String, context: [String: JSONValue]? = nil,
        input: JSONValue? = nil
    ) {
        self.location = [.string("body")] + location
        self.message = message
        self.type = type
        self.context = context
        self.input = input
    }

    /// The types that fal documents itself carry a link; those of the validation library do not.
    private static let documented: Set<String> = [
        "internal_server_error", "content_policy_violation", "image_load_error", "file_download_error",
        "file_too_large", "greater_than", "greater_than_equal", "less_than", "less_than_equal", "sequence_too_short",
        "one_of",
    ]

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "loc": .array(location), "msg": .string(message), "type": .string(type),
        ]
        if Self.documented.contains(type) { members["url"] = .string("https://docs.fal.ai/errors/#\(type)") }
        members["ctx"] = context.map(JSONValue.object)
        members["input"] = input
        return .object(members)
    }
}

/// Why a request did not give pictures: the status and the problems of its result.
struct ModelFailure: Error, Sendable, Hashable {
    var status: Int
    var problems: [InputProblem]

    /// The request is wrong.
    init(_ problems: [InputProblem]) {
        (status, self.problems) = (422, problems)
    }

    /// The model broke down.
    init(breakdown message: String) {
        (status, problems) = (500, [InputProblem([], message, type: "internal_server_error")])
    }

    var json: JSONValue { .object(["detail": .array(problems.map(\.json))]) }
}
