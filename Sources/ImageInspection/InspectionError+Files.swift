import Files

extension InspectionError {
    /// What the system said about a file, in the words of inspection, which names no path.
    init(_ error: FileError) {
        self =
            switch error {
            case .isFolder: .unreadable(.folder)
            case .notAFile: .unreadable(.notAFile)
            default: .unreadable(.system(error.errno))
            }
    }

    /// Opens a regular file; never waits on a pipe or a device.
    static func opening(_ path: String) throws(InspectionError) -> OpenFile {
        // The system would silently stop at the zero and open another file.
        guard !path.utf8.contains(0) else { throw .unreadable(.invalidPath) }
        do throws(FileError) { return try OpenFile(reading: path) } catch { throw InspectionError(error) }
    }

    /// The length of a file that someone else has opened, or the reason why it is none.
    static func byteCount(ofDescriptor descriptor: Int32) throws(InspectionError) -> Int64 {
        do throws(FileError) {
            let status = try FileStatus(ofDescriptor: descriptor, path: "")
            try status.requireFile(path: "")
            return status.byteCount
        } catch {
            throw InspectionError(error)
        }
    }
}
