package import AssetModel

/// An entry with what the catalog derives from it alone: while a whole journal is folded, the thread that parses lines has the time
/// for it, and the one that writes rows has not.
package struct PreparedEntry: Sendable {
    package let entry: JournalEntry
    /// The replica in whose folder the entry stands; nil while it is not written down yet.
    let replica: String?
    /// The name of a planned run's recipe.
    let recipeKey: Int64?
    /// A planned run's parameters, or an end's answer, as canonical JSON; of what can be undone the whole line.
    let json: String?

    var isCurating: Bool { entry.fact.isCurating }

    package init(_ entry: JournalEntry, in replica: String?) {
        self.entry = entry
        self.replica = replica
        switch entry.fact {
        case .planned(let fact):
            let identity = RecipeIdentity(
                model: fact.model, prompt: fact.prompt, parameters: fact.parameters,
                references: fact.references.members)
            (recipeKey, json) = (identity.key, fact.parameters.canonicalText)
        case .finished(let fact): (recipeKey, json) = (nil, fact.response.canonicalText)
        case .failed(let fact): (recipeKey, json) = (nil, fact.response?.canonicalText)
        case let fact where fact.isCurating: (recipeKey, json) = (nil, entry.line)
        default: (recipeKey, json) = (nil, nil)
        }
    }
}
