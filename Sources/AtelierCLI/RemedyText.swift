import AssetLibrary
import AssetModel

/// What the library's remedies and warnings are on a command line: here, and nowhere else, they become commands and options.
enum RemedyText {
    /// What to do, to stand after a sentence and a semicolon.
    static func sentence(_ remedy: Remedy) -> String {
        switch remedy {
        case .initialize(let path): "create one with `atelier init \(shown(path))`"
        case .rebuild: "run `atelier rebuild`"
        case .acceptLoss: "put it back from a backup, or go on without it with `atelier rebuild --accept-loss`"
        case .setKey: "set FAL_KEY to your key (fal.ai/dashboard/keys), or add --sandbox to try it without one"
        case .resume(let id): "`atelier resume \(id)` continues it"
        case .resubmitOrDiscard(let id):
            "`atelier resume \(id)` looks it up in fal's request history; failing that, check fal's dashboard, then close it with `atelier resume \(id) --discard`, or pay again with --resubmit"
        case .fetchOrDiscard(let id):
            "`atelier resume \(id)` tries again, `atelier resume \(id) --discard` gives it up"
        case .discard(let id): "close it with `atelier resume \(id) --discard`"
        case .rerun(let id): "`atelier rerun \(id)` runs it again"
        case .runAgain: "--again runs and pays again"
        case .sendAsIs: "--as-is uploads it as it is"
        case .shrink: "--shrink uploads a smaller copy"
        case .keepAspect: "--keep-aspect keeps it"
        case .addReference: "add one with --ref"
        case .mergeTags(let tag, let other): "`atelier tag merge \"\(tag)\" --into \"\(other)\"` makes them one"
        case .importFolder: "name image files, or import it with --set NAME and use @NAME"
        case .runWithInput: "use `atelier run` for any other endpoint"
        case .editSet(let name): "change its query with `atelier set edit \(shown(name)) --query ...`"
        case .freezeSet(let name): "`atelier set freeze \(shown(name))` makes an ordinary set of what it holds now"
        case .setPictureField: "set its field instead, such as --set image_url=cat.jpg"
        case .listActions: "`atelier undo --list` lists your changes"
        case .redo(let action): "`atelier redo \(action.short)` does it again"
        case .trash(let id): "`atelier trash \(id)` puts it in the trash"
        case .cancel(let id): "`atelier cancel \(id)` stops it"
        }
    }

    /// A name as it is typed in a shell.
    private static func shown(_ name: String) -> String {
        name.allSatisfy { $0.isLetter || $0.isNumber || "-_./".contains($0) } ? name : "'\(name)'"
    }

    /// An error with what can be done about it.
    static func sentence(_ error: LibraryError) -> String { joined(error.message, error.remedy) }

    /// A warning with what can be done about it; `again` says that a run of earlier does not count.
    static func sentence(_ warning: PlanWarning, again: Bool = false) -> String {
        switch warning {
        case .earlier(.finished(let run)):
            "already in the library, from \(run.id); "
                + (again ? "running again, at full price" : "this would cost nothing. --again runs and pays again")
        case .size(let reason): sentence(reason)
        case .aspectNotKept(let output, let kept):
            "the result will be \(output); with --keep-aspect it would be \(kept)"
        case .earlier(.unfinished(let run)) where run.nextStep == .submit:
            "the same was planned as \(run.id) and never submitted; `edit` submits that one"
        default: joined(warning.description, warning.remedy)
        }
    }

    /// A reason of a size, with the option where the library names fal's field.
    static func sentence(_ reason: SizePlan.Reason) -> String {
        switch reason {
        case .keepAspectIgnored(0): "--keep-aspect does nothing without a reference"
        case .keepAspectIgnored(let count):
            "--keep-aspect does nothing with \(count) references: it needs exactly one"
        default: reason.description
        }
    }

    /// A problem with what can be done about it.
    static func sentence(_ problem: IntegrityProblem) -> String { joined(problem.description, problem.remedy) }

    private static func joined(_ sentence: String, _ remedy: Remedy?) -> String {
        remedy.map { "\(sentence); \(self.sentence($0))" } ?? sentence
    }
}
