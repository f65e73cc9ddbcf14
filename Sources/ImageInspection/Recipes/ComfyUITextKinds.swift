extension ComfyUIKinds {
    /// What a node that makes text does with the texts that come in.
    enum TextRule {
        /// Hands on the first of these inputs that has a text.
        case hands([String])
        /// Hands on one input at each output.
        case slots([String])
        /// Joins some inputs with the text at another one between them.
        case joins(Parts, separator: String, keepsEmpty: Bool)
        /// Puts a text in place of another one, in pairs.
        case replaces(in: String, pairs: [(find: String, by: String)])
        /// Cuts blanks off, by `mode`.
        case trims
        /// Changes the case of letters, by `mode`.
        case cases
        /// The string function of Custom-Scripts: joins or replaces, by `action`.
        case function
        /// Shows a text, and may keep what it showed when it ran before.
        case shows([String])
    }

    /// The inputs that a node joins.
    enum Parts {
        case named([String])
        /// Those whose names have this beginning, sorted by what follows it.
        case beginning(String)
    }

    static let texts: [String: TextRule] = [
        // ComfyUI
        "PrimitiveNode": .hands(["value"]), "PrimitiveString": .hands(["value"]),
        "PrimitiveStringMultiline": .hands(["value"]),
        "StringConcatenate": .joins(.named(["string_a", "string_b"]), separator: "delimiter", keepsEmpty: true),
        "StringReplace": .replaces(in: "string", pairs: [("find", "replace")]), "StringTrim": .trims,
        "CaseConverter": .cases, "PreviewAny": .shows(["source"]),
        // WAS Suite
        "Text Multiline": .hands(["text"]), "Text Multiline (Code Compatible)": .hands(["text"]),
        "Text String": .slots(["text", "text_b", "text_c", "text_d"]), "Text to Console": .hands(["text"]),
        "Text Concatenate": .joins(.beginning("text_"), separator: "delimiter", keepsEmpty: false),
        "Text Find and Replace": .replaces(in: "text", pairs: [("find", "replace")]),
        // Impact Pack
        "ImpactWildcardProcessor": .hands(["populated_text"]), "ImpactWildcardEncode": .hands(["populated_text"]),
        // Easy-Use and tinyterra
        "easy positive": .hands(["positive"]), "easy negative": .hands(["negative"]), "easy string": .hands(["value"]),
        "easy promptConcat": .joins(.named(["prompt1", "prompt2"]), separator: "separator", keepsEmpty: true),
        "easy promptReplace": .replaces(
            in: "prompt", pairs: [("find1", "replace1"), ("find2", "replace2"), ("find3", "replace3")]),
        "easy showAnything": .shows(["anything"]), "ttN text": .hands(["text"]), "ttN textDebug": .hands(["text"]),
        // KJNodes
        "StringConstant": .hands(["string"]), "StringConstantMultiline": .hands(["string"]),
        "JoinStrings": .joins(.named(["string1", "string2"]), separator: "delimiter", keepsEmpty: true),
        "JoinStringMulti": .joins(.beginning("string_"), separator: "delimiter", keepsEmpty: true),
        // Custom-Scripts
        "ShowText|pysssss": .shows(["text"]), "PresetText|pysssss": .hands(["text"]),
        "StringFunction|pysssss": .function,
        // Comfyroll
        "CR Text": .hands(["text"]), "CR Multiline Text": .hands(["text"]), "CR Prompt Text": .hands(["prompt"]),
        "CR Text Concatenate": .joins(.named(["text1", "text2"]), separator: "separator", keepsEmpty: true),
        "CR Combine Prompt": .joins(
            .named(["part1", "part2", "part3", "part4"]), separator: "separator", keepsEmpty: true),
        "CR Text Replace": .replaces(
            in: "text", pairs: [("find1", "replace1"), ("find2", "replace2"), ("find3", "replace3")]),
        // JPS, rgthree and others
        "Text Prompt (JPS)": .hands(["text"]),
        "Text Concatenate (JPS)": .joins(
            .named(["text1", "text2", "text3", "text4", "text5"]), separator: "delimiter", keepsEmpty: false),
        "Power Primitive (rgthree)": .hands(["value"]), "Display Any (rgthree)": .shows(["source"]),
        "String Literal": .hands(["string"]), "String": .hands(["String", "string"]), "Textbox": .hands(["text"]),
        "TextInput_": .hands(["text"]), "Text _O": .hands(["text"]), "Text box": .hands(["Text", "text"]),
        "Primitive string [Crystools]": .hands(["string"]),
        "Primitive string multiline [Crystools]": .hands(["string"]),
    ]

    /// The inputs of unknown nodes that are most likely to hold the text which comes out.
    static let likelyTexts = [
        "populated_text", "text", "string", "value", "prompt", "Text", "String", "STRING", "positive",
        "positive_prompt",
        "text_positive", "positive_text", "source", "anything", "any", "input", "text_0",
    ]

    /// The same for the second output of a node that makes both sides of a prompt.
    static let likelyAvoided = ["text_negative", "negative_text", "negative_prompt", "negative"]

    /// The words that a menu of separators stands for; JPS nodes have no others.
    static let separators = ["none": "", "space": " ", "comma": ", "]

    /// Whether an unknown node joins texts, by its name.
    static func joins(_ kind: String) -> Bool { kind.mentions(["concat", "join", "combine", "merge"]) }

    /// Whether a node writes its text itself, so that what comes in is an order and not the text.
    static func writes(_ kind: String) -> Bool {
        kind.mentions([
            "caption", "florence", "ollama", "llm", "gpt", "gemini", "interrogat", "tagger", "qwenvl", "claude", "chat",
        ])
    }

    /// The inputs in which nodes that encode text keep it; those of one group belong together.
    static let encoded: [[String]] = [
        ["text"], ["text_g", "text_l"], ["t5xxl"], ["clip_l"], ["clip_g"], ["mt5xl"], ["bert"], ["user_prompt"],
        ["prompt"],
        ["populated_text"],
    ]
}
