package import AssetModel

extension SizePlanner {
    /// For each reference of a plan the smallest size, in its own ratio, at which nothing changes: the same output, and the same
    /// pixels seen of it. Its own size where there is none smaller.
    ///
    /// `references` are those that `plan` was made for, to the same `request` and `keepAspect`.
    package func smallestEqual(
        _ references: [PixelSize], to plan: SizePlan, _ request: SizeRequest, keepAspect: Bool
    ) -> [PixelSize] {
        references.enumerated().map { index, reference in
            guard plan.references.indices.contains(index) else { return reference }
            let seen = plan.references[index].seen
            let longer = max(reference.width, reference.height)
            // Below this the model would enlarge.
            let scale = max(
                Double(seen.width) / Double(reference.width), Double(seen.height) / Double(reference.height))
            guard scale < 1 else { return reference }
            let least = Int((Double(longer) * scale).rounded(.up))
            // Rounding the sides changes the ratio a little, and the model rounds by the ratio; some pixels more settle it.
            for side in least..<max(least, min(longer, least + Self.patience)) {
                let smaller = reference.fitted(within: side)
                guard smaller.width >= seen.width, smaller.height >= seen.height else { continue }
                var others = references
                others[index] = smaller
                let changed = try? self.plan(request, references: others, keepAspect: keepAspect)
                if let changed, changed.output == plan.output, changed.references[index].seen == seen { return smaller }
            }
            return reference
        }
    }

    /// How many lengths are tried before a reference is left as it is.
    private static let patience = 64
}
