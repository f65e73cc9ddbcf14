package import AssetLibrary

/// What a gallery shows, and what may be done through it.
package struct Gallery: Sendable {
    /// The library, open for as long as the server runs. It takes ids only: no request makes it read another file of this machine.
    package let library: Library
    /// The session on the person's account; nil without a key: then nothing can be run or uploaded, and everything else works.
    package let fal: FalSession?
    /// A session on a local sandbox, where runs cost nothing; nil when there is none.
    package let sandbox: FalSession?
    /// Nothing may be changed through it, whatever the library itself allows.
    package let isReadOnly: Bool

    /// The program's version.
    package let version: String

    package init(
        library: Library, fal: FalSession?, sandbox: FalSession? = nil, isReadOnly: Bool = false, version: String = ""
    ) {
        self.version = version
        self.library = library.takingIdsOnly
        self.fal = fal
        self.sandbox = sandbox
        self.isReadOnly = isReadOnly
    }
}
