public import AssetModel

/// What a person can do about an error or a warning. The library names no command, flag or environment variable: whoever shows
/// the remedy words it.
public enum Remedy: Hashable, Sendable {
    /// Make a library here first.
    case initialize(path: String)
    /// Fold the journal into a new catalog.
    case rebuild
    /// Put the lost part of the journal back from a backup, or rebuild without it.
    case acceptLoss
    /// Set a fal key, or use a sandbox.
    case setKey
    /// Continue this run: submit what was never sent, collect what fal has.
    case resume(Run.ID)
    /// Look at fal's dashboard, then submit this run again, which can cost a second time, or discard it.
    case resubmitOrDiscard(Run.ID)
    /// Fetch the missing outputs of this run again, or give them up.
    case fetchOrDiscard(Run.ID)
    /// Discard this run without asking fal.
    case discard(Run.ID)
    /// Run the same request again, as a new run.
    case rerun(Run.ID)
    /// Pay for another run of the same request.
    case runAgain
    /// Send the pictures exactly as they are.
    case sendAsIs
    /// Send no more pixels than the model uses.
    case shrink
    /// Keep the only reference's aspect ratio.
    case keepAspect
    /// Add a reference.
    case addReference
    /// Put the other tag in this one's place.
    case mergeTags(String, into: String)
    /// Import the folder into a set, and name that.
    case importFolder
    /// Run the endpoint with an input of one's own, since nothing is known about it.
    case runWithInput
    /// Name each picture in the field of the input that takes it.
    case setPictureField
    /// Look at the list of actions that can be undone.
    case listActions
    /// Do an action again that is undone.
    case redo(ActionID)
    /// Put an image, or the images of a run, in the trash.
    case trash(String)
    /// Cancel a run that has not ended.
    case cancel(Run.ID)
    /// Change what this smart set looks for.
    case editSet(String)
    /// Turn this smart set into an ordinary one of what it holds now.
    case freezeSet(String)
}
