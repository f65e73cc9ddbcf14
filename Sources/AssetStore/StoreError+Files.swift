import Files

/// Calls that the system may refuse: a refusal comes out as the store's error.
func onDisk<R: ~Copyable>(_ call: @autoclosure () throws(FileError) -> R) throws(StoreError) -> R {
    do throws(FileError) { return try call() } catch { throw .file(error) }
}

/// The same for several calls in a row.
func onDisk<R: ~Copyable>(_ calls: () throws(FileError) -> R) throws(StoreError) -> R {
    do throws(FileError) { return try calls() } catch { throw .file(error) }
}
