/// Waits for what another process announces in a file: there is no other sign of it, so the file is read again and again.
package enum Waiting {
    /// Waits until `condition` holds and returns true, or until `isOver` does, which is asked first, and returns whether
    /// the condition holds then. An error of `condition` means not yet: a line may be half written.
    package static func until(
        _ condition: () throws -> Bool, orElse isOver: () -> Bool = { false }
    ) async throws -> Bool {
        while true {
            let over = isOver()
            if (try? condition()) == true { return true }
            if over { return false }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}
