public import AssetModel
import ImageInspection

/// Facts about files that need not be in any library.
public enum FileInspection {
    /// What became of one file.
    public enum Outcome: Hashable, Sendable {
        /// Its facts, and what its file says in words.
        case facts(path: String, ImageFacts, EmbeddedFindings)
        /// Why it has none; the code is one of `not_an_image`, `unsupported`, `truncated`, `malformed`, `too_large`,
        /// `unreadable`.
        case failed(path: String, code: String, message: String)
        /// A file in a folder that does not look like a picture.
        case skipped(path: String)
    }

    /// Reads the headers of files, and of all pictures in folders, in the order given. Paths come back as they were given.
    public static func inspect(_ paths: [String], onOutcome: (Outcome) -> Void) {
        let (inspector, reader) = (ImageInspector(), RecipeReader())
        for path in paths {
            for found in FileWalk([path]) {
                switch found {
                case .unreadableFolder(let folder, let message):
                    onOutcome(.failed(path: folder, code: "unreadable", message: message))
                case .file(let file, let isExplicit):
                    let name = isExplicit ? path : file
                    do {
                        let facts = try inspector.inspect(fileAt: file)
                        onOutcome(.facts(path: name, facts, EmbeddedFindings(try reader.read(fileAt: file))))
                    } catch {
                        if !isExplicit, !FileWalk.looksLikePicture(file),
                            error.code == "not_an_image" || error == .unreadable(.notAFile)
                        {
                            onOutcome(.skipped(path: name))
                        } else {
                            let message = FileWalk.hasUnreadableName(file) ? FileWalk.unreadableName : error.description
                            onOutcome(.failed(path: name, code: error.code, message: message))
                        }
                    }
                }
            }
        }
    }
}
