import AssetModel

/// The uploads that tasks of one session are sending: who comes second waits for the first task's end, instead of asking the
/// catalog again and again.
///
/// An actor because tasks meet in it.
actor UploadsInFlight {
    private var waiting: [UploadKey: [Int: CheckedContinuation<Void, Never>]] = [:]
    private var lastNumber = 0

    /// Takes a key; false when another task has it.
    func begin(_ key: UploadKey) -> Bool {
        guard waiting[key] == nil else { return false }
        waiting[key] = [:]
        return true
    }

    /// Gives a key back, and wakes those who wait for it.
    func end(_ key: UploadKey) {
        for continuation in (waiting.removeValue(forKey: key) ?? [:]).values { continuation.resume() }
    }

    /// Returns when a key is free, or when the caller was cancelled.
    func wait(for key: UploadKey) async {
        lastNumber += 1
        let number = lastNumber
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if waiting[key] == nil || Task.isCancelled { return continuation.resume() }
                waiting[key]?[number] = continuation
            }
        } onCancel: {
            Task { await wake(number, key) }
        }
    }

    private func wake(_ number: Int, _ key: UploadKey) {
        waiting[key]?.removeValue(forKey: number)?.resume()
    }
}
