import AssetModel
import Foundation
import Testing

extension RecipeTests {
    /// A recipe through its JSON and back.
    static func copy(_ recipe: EmbeddedRecipe) throws -> EmbeddedRecipe {
        let data = try JSONEncoder().encode(recipe)
        if let seed = recipe.recipe.seed {
            #expect(String(decoding: data, as: UTF8.self).contains(#""seed":"\#(seed)""#))
        }
        return try JSONDecoder().decode(EmbeddedRecipe.self, from: data)
    }
}
