/// The names of keys and the characters that stand for them (https://www.w3.org/TR/webdriver2/#keyboard-actions).
enum Keys {
    private static let values: [String: String] = [
        "Backspace": "\u{E003}", "Tab": "\u{E004}", "Enter": "\u{E007}", "Shift": "\u{E008}", "Control": "\u{E009}",
        "Alt": "\u{E00A}", "Escape": "\u{E00C}", "Space": " ", "PageUp": "\u{E00E}", "PageDown": "\u{E00F}",
        "End": "\u{E010}", "Home": "\u{E011}", "ArrowLeft": "\u{E012}", "ArrowUp": "\u{E013}",
        "ArrowRight": "\u{E014}", "ArrowDown": "\u{E015}", "Delete": "\u{E017}", "F1": "\u{E031}", "Meta": "\u{E03D}",
    ]

    /// The character for a key; a letter stands for itself.
    static func value(_ name: String) -> String { values[name] ?? name }
}
