public import AssetModel
import SizePlanning

extension EditModel {
    /// What the model returns for a size: the rule that decides and the pixels.
    ///
    /// With `keepAspect` the size is that of the only reference; otherwise it is the size asked for. A model that needs
    /// no references is asked about a request without any. Errors: no ratio, or too thin to keep.
    public func output(width: Int, height: Int, keepAspect: Bool) throws(LibraryError) -> (
        rule: SizeRule, size: PixelSize
    ) {
        let planner = SizePlanner(policy: needsReferences || keepAspect ? sizesWithReferences : sizesWithoutReferences)
        let rule = keepAspect ? .keepAspect : planner.usualRule
        do {
            return (rule, try planner.output(rule, width: width, height: height))
        } catch {
            throw LibraryError(error)
        }
    }
}
