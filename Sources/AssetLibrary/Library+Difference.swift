import AssetCatalog
public import AssetModel

extension Library {
    /// In what the making of two pictures or runs differs. A word is an id, or `@last`; a picture that runs made stands for the first of
    /// them, one that was imported for the recipe that another generator left in it.
    ///
    /// Errors: those of `designation`, and a picture of which nothing is known.
    public func difference(_ left: String, _ right: String) async throws(LibraryError) -> RecipeDifference {
        RecipeDifference(try await side(left), try await side(right))
    }

    private func side(_ word: String) async throws(LibraryError) -> RecipeDifference.Side {
        let designation = try await designation(word)
        if let (run, number) = Run.ID.splitPicture(word.lowercased()) {
            // The picture may have come from other runs as well; this one was named.
            guard case .run(let id) = try await self.designation(run), let run = try await self.run(id) else {
                throw Self.unknownMaking(word)
            }
            return .run(run, image: number - 1)
        }
        switch designation {
        case .run(let id):
            guard let run = try await run(id) else { throw Self.unknownMaking(word) }
            return .run(run, image: nil)
        case .asset(let digest):
            guard let asset = try await asset(digest) else { throw Self.unknownMaking(word) }
            for case .generated(let id, let position, _) in asset.origins {
                if let run = try await run(id) { return .run(run, image: position) }
            }
            guard let recipe = asset.recipe else { throw Self.unknownMaking(word) }
            return .recipe(recipe, asset: digest)
        }
    }

    private static func unknownMaking(_ word: String) -> LibraryError {
        LibraryError(
            .notFound, code: "no_recipe",
            "\(word): nothing is known about how this image was made: no run made it, and it carries no recipe")
    }
}
