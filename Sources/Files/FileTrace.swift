/// Hears of every call that changes the disk, after it succeeded and in the order of the calls.
///
/// What survives a power cut depends on that order alone, so a test records it and compares. Programs pass none.
package struct FileTrace: Sendable {
    /// One call that succeeded.
    package enum Call: Hashable, Sendable {
        /// Bytes were handed to the system for this file.
        case write(String)
        /// A file's bytes are on the disk.
        case sync(String)
        /// A file was cut to a length.
        case truncate(String, Int64)
        /// A file or folder has a new name.
        case rename(String, to: String)
        /// A file is gone.
        case remove(String)
        /// A folder was made.
        case makeFolder(String)
        /// A folder's names are on the disk.
        case syncFolder(String)
    }

    private let onCall: @Sendable (Call) -> Void

    /// `onCall` runs on the thread that made the call, before the caller goes on.
    package init(_ onCall: @escaping @Sendable (Call) -> Void) {
        self.onCall = onCall
    }

    func note(_ call: Call) { onCall(call) }
}
