internal import AssetModel
internal import Foundation
internal import Synchronization

/// A session of WebDriver BiDi (https://www.w3.org/TR/webdriver-bidi/): commands with their answers, and events between them.
final class BiDi: Sendable {
    /// How long a command or a condition may take before it fails, in seconds: tests share the machine with builds.
    /// `ATELIER_TEST_PATIENCE` says another number, for those who write a page and want to know sooner.
    static let patience = ProcessInfo.processInfo.environment["ATELIER_TEST_PATIENCE"].flatMap { Int64($0) } ?? 60

    private struct State {
        var socket: WebSocket?
        var lastID = 0
        var waiting: [Int: CheckedContinuation<JSONValue, any Error>] = [:]
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let onEvent: @Sendable (_ method: String, _ fields: JSONValue) -> Void

    /// Not connected yet. `onEvent` is called for each event, in order.
    init(onEvent: @escaping @Sendable (_ method: String, _ fields: JSONValue) -> Void) { self.onEvent = onEvent }

    /// Connects to a browser.
    func connect(_ address: String) async throws {
        let socket = try await WebSocket.open(
            address, onText: { [weak self] in self?.take($0) }, onEnd: { [weak self] in self?.end() })
        state.withLock { $0.socket = socket }
    }

    /// Sends a command and waits for its answer. An error of the browser is thrown with the command's name.
    @discardableResult
    func send(_ method: String, _ fields: JSONValue = [:], patience: Int64 = patience) async throws -> JSONValue {
        do {
            return try await withCheckedThrowingContinuation { continuation in
                let ready: (socket: WebSocket, id: Int)? = state.withLock {
                    guard let socket = $0.socket, !$0.hasEnded else { return nil }
                    $0.lastID += 1
                    $0.waiting[$0.lastID] = continuation
                    return (socket, $0.lastID)
                }
                guard let (socket, id) = ready else {
                    return continuation.resume(throwing: BrowserError("the browser has ended"))
                }
                let command: JSONValue = ["id": .integer(Int64(id)), "method": .string(method), "params": fields]
                socket.send(command.canonicalText)
                socket.after(patience) { [weak self] in
                    self?.resume(id, .failure(BrowserError("no answer in \(patience) s")))
                }
            }
        } catch let error as BrowserError {
            throw BrowserError("\(method): \(error.description)")
        }
    }

    /// Ends the connection; the browser may go on.
    func close() async { await state.withLock { $0.socket }?.close() }

    private func take(_ text: String) {
        guard let message = try? JSONValue(parsing: text) else { return }
        if message["type"]?.text == "event", let method = message["method"]?.text {
            onEvent(method, message["params"] ?? .null)
        } else if let id = message["id"]?.int {
            if let code = message["error"]?.text {
                resume(id, .failure(BrowserError("\(code): \(message["message"]?.text ?? "")")))
            } else {
                resume(id, .success(message["result"] ?? .null))
            }
        }
    }

    private func resume(_ id: Int, _ result: Result<JSONValue, any Error>) {
        state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(with: result)
    }

    private func end() {
        let waiting = state.withLock {
            $0.hasEnded = true
            let waiting = $0.waiting.values.map(\.self)
            $0.waiting = [:]
            return waiting
        }
        for continuation in waiting { continuation.resume(throwing: BrowserError("the browser has ended")) }
    }
}
