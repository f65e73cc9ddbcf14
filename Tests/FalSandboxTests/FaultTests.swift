import AssetModel
import FalSandbox
import Foundation
import Testing

struct FaultTests {
    @Test(arguments: [
        ("storage:503:2", SandboxFault(.storageUnavailable, 2)), ("storage:503", SandboxFault(.storageUnavailable)),
        ("submit:422", SandboxFault(.submitRefused)), ("submit:422:1", SandboxFault(.submitRefused, 1)),
        ("submit:timeout:after-accept", SandboxFault(.submitTimeoutAfterAccept)),
        ("submit:timeout:after-accept:3", SandboxFault(.submitTimeoutAfterAccept, 3)),
        ("status:slow:5", SandboxFault(.statusSlow, 5)), ("result:error", SandboxFault(.resultError)),
        ("delay:20", SandboxFault(.delay, 20)), ("url:expire-early", SandboxFault(.urlExpiresEarly)),
    ])
    func `a fault is read from its text and written as it`(text: String, fault: SandboxFault) throws {
        #expect(try SandboxFault(parsing: text) == fault)
        #expect(fault.description == text)
    }

    @Test(arguments: SandboxFault.Kind.allCases)
    func `every kind has a form in the list and can be read with a number`(kind: SandboxFault.Kind) throws {
        #expect(try SandboxFault(parsing: "\(kind.rawValue):7") == SandboxFault(kind, 7))
        let forms = SandboxFault.forms.filter { $0.hasPrefix(kind.rawValue + ":") || $0.hasPrefix(kind.rawValue + "[") }
        #expect(forms.count == 1)
    }

    @Test(arguments: [
        "", "storage", "storage:503:0", "storage:503:x", "storage:503:1:2", "storage:504:1", "submit", "submit:422:",
        "submit:timeout", "submit:timeout:before", "submit:timeout:after-accept:-1", "status:slow", "delay",
        "delay:0", "result", "result:error:1:1", "Storage:503:1",
    ])
    func `an unknown fault is an error that names it and lists the known ones`(text: String) throws {
        let error = #expect(throws: SandboxError.self) { try SandboxScript(parsing: ["submit:422", text]) }
        #expect(error == .unknownFault(text))
        #expect(error?.description.contains("storage:503[:N]") == true)
    }

    @Test func `a refused submit is fal's 422 and queues nothing`() async throws {
        let script = try SandboxScript(parsing: ["submit:422:1"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let refused = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
            #expect(refused.status == 422)
            let problem = try #require(try refused.firstProblem)
            #expect(problem["type"]?.text == "content_policy_violation")
            #expect(problem["loc"] == .array(["body", "prompt"]))
            #expect(problem["url"]?.text == "https://docs.fal.ai/errors/#content_policy_violation")
            #expect(try refused.json["request_id"] == nil)
            #expect(try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).status == 200)
        }
    }

    @Test func `a submit that times out after being accepted was accepted all the same`() async throws {
        try await withFolder { folder in
            let log = folder + "/log.jsonl"
            let script = try SandboxScript(parsing: ["submit:timeout:after-accept:1"])
            try await SandboxCaller.with(SandboxConfiguration(log: log, script: script)) { caller in
                await #expect(throws: (any Error).self) {
                    try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
                }
                let second = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"])
                #expect(second.status == 200)
            }
            let lines = try LogLine.read(log).filter { $0.value["path"]?.text == "/" + Endpoint.create }
            #expect(lines.map { $0.value["status"] } == [nil, .integer(200)])
            #expect(lines.allSatisfy { $0.value["json"] == ["prompt": "p"] })
        }
    }

    @Test func `a result that is an error is COMPLETED with an error and 500`() async throws {
        let script = try SandboxScript(parsing: ["result:error:1"])
        try await SandboxCaller.with(SandboxConfiguration(script: script)) { caller in
            let submitted = try await caller.send(.POST, "/" + Endpoint.create, json: ["prompt": "p"]).json
            let last = try await caller.finish(submitted)
            #expect(last["error"]?.text == "Invalid status code: 500")
            #expect(last["error_type"]?.text == "internal_server_error")
            let result = try await caller.send(.GET, try #require(submitted["response_url"]?.text))
            #expect(result.status == 500)
            #expect(try result.firstProblem?["type"]?.text == "internal_server_error")
            #expect(result.header("x-fal-retryable") == "false")
            #expect(try await caller.complete(Endpoint.create, ["prompt": "p"]).status == 200)
        }
    }
}
