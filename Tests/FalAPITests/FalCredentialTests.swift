import Testing

@testable import FalAPI

/// The key never prints, and only well-formed keys and hosts exist.
@Suite struct FalCredentialTests {
    @Test func `a key never prints in any textual form`() async throws {
        let credential = try FalCredential(key: sampleKey)
        var dumped = ""
        dump(credential, to: &dumped)
        dump([credential], to: &dumped)
        let nested: [String: FalCredential?] = ["credential": credential]
        var forms = [
            "\(credential)", String(reflecting: credential), String(describing: credential),
            credential.debugDescription,
            dumped, "\(nested)", String(reflecting: nested),
            "\(Mirror(reflecting: credential).children.map { "\($0)" })",
        ]
        forms += try await withTransport(to: "http://127.0.0.1:1") { transport in
            var dumped = ""
            dump(transport, to: &dumped)
            dump(FalQueue(transport), to: &dumped)
            dump(FalStorage(transport), to: &dumped)
            return ["\(transport)", String(reflecting: transport), dumped]
        }
        for form in forms { #expect(!form.contains("ksecret")) }
        #expect("\(credential)" == "FalCredential(redacted)")
    }

    @Test func `a key is trimmed and sent verbatim after the word Key`() throws {
        let credential = try FalCredential(key: " \tkid:ks:ecret\r\n")
        #expect(credential.keyID == "kid")
        #expect(credential.authorization == "Key kid:ks:ecret")
    }

    @Test(arguments: [
        ("", FalCredential.Flaw.empty), (" \n", .empty), ("abc", .notIDAndSecret), (":abc", .notIDAndSecret),
        ("abc:", .notIDAndSecret), ("a:b c", .forbiddenCharacter), ("a:b\nc", .forbiddenCharacter),
        ("a:b\u{0}", .forbiddenCharacter), ("a:ключ", .forbiddenCharacter),
    ])
    func `a malformed key is refused without repeating it`(key: String, flaw: FalCredential.Flaw) async {
        let error = await falError { _ = try FalCredential(key: key) }
        #expect(error == .malformedCredential(flaw))
    }

    @Test func `one base URL stands for all hosts`() throws {
        let endpoints = try FalEndpoints(replacingAllHostsWith: "http://127.0.0.1:8080/")
        #expect(endpoints.queue == "http://127.0.0.1:8080")
        #expect(endpoints.rest == "http://127.0.0.1:8080")
        #expect(endpoints.platform == "http://127.0.0.1:8080/v1")
        #expect(endpoints.run == "http://127.0.0.1:8080/run")
        #expect(FalEndpoints.production.queue == "https://queue.fal.run")
    }

    @Test(arguments: [
        "", "127.0.0.1:80", "ftp://a.example", "file:///etc/passwd", "https://", "http+unix://a",
        "https://user:pw@a.example",
        "https://a.example?x=1", "https://a.example#x", "https://a example", "https://a.example:99999",
        "https://a\\b.example",
    ])
    func `what is no plain http URL is no base URL`(base: String) async {
        let error = await falError { _ = try FalEndpoints(replacingAllHostsWith: base) }
        #expect(error?.code == "malformed_address")
    }

    @Test(arguments: [
        ("https://queue.fal.run/a", true), ("https://rest.fal.ai/a", true), ("https://api.fal.ai/v1/a", true),
        ("http://api.fal.ai/v1/a", false), ("https://api.fal.ai.evil.example/v1/a", false), ("https://fal.ai/a", false),
        ("https://QUEUE.fal.run:443/a", true),
        ("http://queue.fal.run/a", false), ("https://queue.fal.run:8443/a", false), ("https://fal.run/a", false),
        ("https://queue.fal.run.evil.example/a", false), ("https://evil.example/queue.fal.run", false),
        ("https://evil.example#https://queue.fal.run", false), ("https://v3b.fal.media/a", false),
    ])
    func `the key may go to the three API hosts and nowhere else`(url: String, expected: Bool) throws {
        #expect(FalEndpoints.production.mayReceiveCredential(try WebAddress(url)) == expected)
    }

    @Test func `a host in disguise is no address at all`() async {
        for url in [
            "https://queue.fal.run@evil.example/a", "https://queue.fal.run\\@evil.example/", "https://evil\u{2024}run/",
        ] {
            let error = await falError { _ = try WebAddress(url) }
            #expect(error == .malformedAddress(url))
        }
    }

    @Test(arguments: [
        ("fal-ai/hidream-o1-image/edit", "fal-ai/hidream-o1-image/edit", "fal-ai/hidream-o1-image"),
        ("fal-ai/hidream-o1-image", "fal-ai/hidream-o1-image", "fal-ai/hidream-o1-image"),
        ("workflows/o/w/x", "workflows/o/w/x", "workflows/o/w"), ("123456-name", "123456/name", "123456/name"),
    ])
    func `an endpoint's application leaves the sub-path out`(text: String, path: String, application: String) throws {
        let id = try EndpointID(text)
        #expect(id.path == path)
        #expect(id.application == application)
    }

    @Test(arguments: [
        "", "fal-ai", "/fal-ai/x", "fal-ai/x/", "fal-ai/../x", "fal-ai/x?y", "fal-ai/x y", "fal-ai//x", "фал/x",
    ])
    func `what is no endpoint is refused before sending`(text: String) async {
        let error = await falError { _ = try EndpointID(text) }
        #expect(error == .malformedEndpoint(text))
    }
}
