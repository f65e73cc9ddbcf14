extension FalQueue {
    /// A request whose id is known from elsewhere, with the addresses that the protocol documents for it: below the endpoint's
    /// application, without its sub-path (protocol facts, section 3). Sends nothing; throws `malformedEndpoint`.
    package func request(_ id: String, of endpoint: String) throws(FalError) -> QueuedRequest {
        let requests = "\(transport.endpoints.queue)/\(try EndpointID(endpoint).application)/requests"
        return QueuedRequest(
            requestID: id, statusURL: "\(requests)/\(id)/status", responseURL: "\(requests)/\(id)",
            cancelURL: "\(requests)/\(id)/cancel")
    }
}
