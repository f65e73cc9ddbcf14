internal import CSpawn
import Foundation

/// A program in a process of its own, started by the system's own calls.
///
/// Foundation's `Process` reads the list of open files before it starts one, and beyond the end of its memory when there
/// are more than a thousand, as here where hundreds of tests run at once.
enum ChildProcess {
    /// Starts a program in a folder, with exactly these variables and files, and nothing else that is open here.
    ///
    /// The stream gives its exit code once, or 128 and the signal that ended it.
    static func start(
        _ executable: String, _ arguments: [String], in folder: String, variables: [String: String],
        input: String, output: String, errors: String
    ) throws -> (id: Int32, ended: AsyncStream<Int32>) {
        var words = ([executable] + arguments).map { strdup($0) } + [nil]
        var environment = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + environment { free(word) } }
        var id = pid_t()
        let failure = spawn_program(&id, folder, &words, &environment, input, output, errors)
        guard failure == 0 else { throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOEXEC) }

        let (ended, end) = AsyncStream.makeStream(of: Int32.self)
        let child = id
        // A thread of its own, because waiting would hold one of the few that run tests.
        Thread.detachNewThread {
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0, errno == EINTR {}
            end.yield(status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F)
            end.finish()
        }
        return (id, ended)
    }
}
