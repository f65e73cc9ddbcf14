package import AssetLibrary

extension UnknownReason {
    /// The published name: `not_asked not_listed several_requests several_runs not_permitted not_reachable not_stored`.
    package var code: String {
        switch self {
        case .notAsked: "not_asked"
        case .notListed: "not_listed"
        case .severalRequests: "several_requests"
        case .severalRuns: "several_runs"
        case .notPermitted: "not_permitted"
        case .notReachable: "not_reachable"
        case .notStored: "not_stored"
        }
    }

    /// What fal's request history said about the run, or why it could not be asked.
    package var sentence: String {
        switch self {
        case .notAsked: "fal's request history was not asked"
        case .notListed: "fal's request history does not list it, which can take a moment"
        case .severalRequests(let count): "fal's request history lists \(count) requests that could be it"
        case .severalRuns(let count):
            "fal's request history lists a request that could be any of \(count) runs of this library"
        case .notPermitted: "the key is not allowed to read fal's request history"
        case .notReachable(let reason): "fal's request history could not be read: \(reason)"
        case .notStored: "it was sent with payload storage off, so fal's request history does not list it"
        }
    }
}
