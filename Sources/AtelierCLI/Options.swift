import ArgumentParser
import AssetLibrary
import AssetModel
import FalSandbox
import Foundation
import Logging

/// What every verb takes.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON Lines: one object per item.")
    var json = false

    var output: Output { Output(isJSON: json) }
}

/// Where the library is.
struct LibraryOptions: ParsableArguments {
    @Option(
        name: [.customShort("L"), .long],
        help: ArgumentHelp(
            "The library (default: ATELIER_LIBRARY, else the nearest one at or above this folder, else ~/Atelier).",
            valueName: "path"))
    var library: String?

    @Flag(help: "Report progress every ten seconds where it cannot be drawn, such as in a pipe.")
    var progress = false

    /// The library's folder, absolute.
    var path: String { Self.path(library) }

    /// The folder of the library that is meant when this one is named, absolute.
    static func path(_ library: String?) -> String {
        if let library = library ?? Environment.value("ATELIER_LIBRARY") { return absolute(library) }
        return Library.enclosing(FileManager.default.currentDirectoryPath) ?? absolute("~/Atelier")
    }

    /// Opens the library, and shows a fold that takes its time.
    func withLibrary<R: Sendable>(_ body: (Library) async throws -> R) async throws -> R {
        try await ProgressLine.whileOpening(inPipe: progress) { onFold, opened in
            try await Library.withLibrary(at: path, logger: Console.logger, onFold: onFold) { library in
                opened()
                return try await body(library)
            }
        }
    }

    static func absolute(_ path: String) -> String {
        // HOME goes before the user database, as it does in a shell.
        let isHome = path == "~" || path.hasPrefix("~/")
        let expanded = isHome ? (Environment.value("HOME") ?? NSHomeDirectory()) + path.dropFirst() : path
        return URL(fileURLWithPath: expanded).standardizedFileURL.path
    }
}

/// Which fal a verb talks to.
struct RemoteOptions: ParsableArguments {
    @Flag(help: "Use a local sandbox for the length of this command: offline, free, and the images are test cards.")
    var sandbox = false

    /// Opens a library beside the remote that flags and environment name: the sandbox only when asked for by flag or
    /// `ATELIER_FAL_ENDPOINT`, fal with a key, else none.
    func withLibrary<R: Sendable>(
        _ library: LibraryOptions, _ body: @Sendable (Library, Remote?) async throws -> R
    ) async throws -> R {
        let path = library.path
        guard sandbox else {
            let remote = try Self.remoteFromEnvironment()
            return try await library.withLibrary { try await body($0, remote) }
        }
        // A missing library should be told before a server is started for it.
        if Library.enclosing(path) != path {
            _ = try await Library.withLibrary(at: path, logger: Console.logger) { _ in }
        }
        return try await SandboxServer.withRunning(logger: Console.logger) { address in
            let remote = try Remote.ephemeralSandbox(at: address.url, name: UUID().uuidString.lowercased())
            return try await library.withLibrary { try await body($0, remote) }
        }
    }

    /// The same for verbs that have no sandbox of their own.
    static func withLibraryAndEnvironment<R: Sendable>(
        _ library: LibraryOptions, _ body: (Library, Remote?) async throws -> R
    ) async throws -> R {
        let remote = try remoteFromEnvironment()
        do { return try await library.withLibrary { try await body($0, remote) } } catch let error as LibraryError
            where error.code == LibraryError.noKey.code
        {
            // Its remedy names the sandbox.
            throw LibraryError(
                error.category, code: error.code, "no fal key; set FAL_KEY to your key (fal.ai/dashboard/keys)")
        }
    }

    private static func remoteFromEnvironment() throws -> Remote? {
        if Environment.value("FAL_KEY") == nil,
            (Environment.value("FAL_KEY_ID") == nil) != (Environment.value("FAL_KEY_SECRET") == nil)
        {
            throw LibraryError(
                .credential, code: "half_a_key", "FAL_KEY_ID and FAL_KEY_SECRET must be set together; only one is")
        }
        if ProcessInfo.processInfo.environment["ATELIER_FAL_ENDPOINT"]?.isEmpty == true {
            // A script that means its sandbox may have lost the address: the real fal costs money.
            throw LibraryError(
                .invalidInput, code: "empty_endpoint",
                "ATELIER_FAL_ENDPOINT is set but empty; unset it to use fal itself")
        }
        var key = Environment.value("FAL_KEY")
        if key == nil, let id = Environment.value("FAL_KEY_ID"), let secret = Environment.value("FAL_KEY_SECRET") {
            key = "\(id):\(secret)"
        }
        if let base = Environment.value("ATELIER_FAL_ENDPOINT") {
            let isLoopback = ["127.0.0.1", "localhost", "[::1]", "::1"].contains(URL(string: base)?.host ?? "")
            // A sandbox wants some key as fal does, and no person should have to invent one.
            guard let key = key ?? (isLoopback ? Remote.sandboxKey : nil) else { return nil }
            return try Remote.server(at: base, key: key).trusting(certificatesIn: Environment.trustRoots)
        }
        return try key.map { try Remote.fal(key: $0).trusting(certificatesIn: Environment.trustRoots) }
    }
}

/// How names on standard input are told apart.
struct ListOptions: ParsableArguments {
    @Flag(
        name: [.customShort("0"), .long],
        help: "Names on standard input end with a null byte, as find -print0 writes them.")
    var null = false
}

/// What a verb that changes many things takes to choose them.
struct SelectionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Select everything this search finds.", valueName: "query"))
    var query: String?

    @Flag(name: [.customShort("n"), .long], help: "Show what would be done; change nothing.")
    var dryRun = false

    @OptionGroup var list: ListOptions

    /// The assets that ids (`-` reads them from standard input) and the query name, each once.
    ///
    /// Files are taken in first, unless nothing may change, or `importingFiles` is false.
    func assets(_ ids: [String], _ library: Library, importingFiles: Bool = true) async throws -> [ContentDigest] {
        var assets: [ContentDigest] = []
        if dryRun || !importingFiles {
            assets = try await library.pictures(named: try Self.expand(ids, areNullTerminated: list.null)).map(\.asset)
        } else {
            assets = try await library.assets(named: try Self.expand(ids, areNullTerminated: list.null))
        }
        if let query {
            // An empty variable in a script must not mean everything.
            let reading = library.reading(of: query)
            guard reading.query.condition != .everything || reading.query.limit != nil else {
                throw LibraryError(
                    .invalidInput, code: "empty_query", "--query is empty, which would select everything")
            }
            SearchText.note(reading.remarks)
            assets += try await Self.found(by: reading.query, library)
        }
        var seen: Set<ContentDigest> = []
        assets = assets.filter { seen.insert($0).inserted }
        guard !assets.isEmpty else {
            guard query != nil else {
                throw UsageError("no images given: name them by file, id, @set or @last, or use --query")
            }
            throw LibraryError(.notFound, code: "nothing_selected", "--query found none")
        }
        return assets
    }

    /// The same for a list of which a part may be unusable: those words come with the reason, and the others go on.
    ///
    /// Errors: a single word that names nothing, and an empty selection.
    func assetsEach(
        _ ids: [String], _ library: Library
    ) async throws -> (assets: [ContentDigest], failures: [(word: String, error: LibraryError)]) {
        let words = try Self.expand(ids, areNullTerminated: list.null)
        guard words.count > 1, query == nil else { return (try await assets(words, library), []) }
        var results: [Result<[ContentDigest], LibraryError>] = []
        if dryRun {
            for word in words {
                do { results.append(.success(try await library.pictures(named: [word]).map(\.asset))) } catch {
                    results.append(.failure(error))
                }
            }
        } else {
            results = try await library.assetsEach(named: words)
        }
        var (assets, failures): ([ContentDigest], [(String, LibraryError)]) = ([], [])
        var seen: Set<ContentDigest> = []
        for (word, result) in zip(words, results) {
            switch result {
            case .success(let found): assets += found.filter { seen.insert($0).inserted }
            case .failure(let error): failures.append((word, error))
            }
        }
        return (assets, failures)
    }

    /// Every asset that a search finds, each once, in the query's order.
    static func found(by query: SearchQuery, _ library: Library) async throws -> [ContentDigest] {
        var assets: [ContentDigest] = []
        var seen: Set<ContentDigest> = []
        var last: SearchCursor?
        var left = query.limit ?? .max
        repeat {
            let page = try await library.search(query, limit: min(500, left), after: last)
            assets += page.map(\.asset).filter { seen.insert($0).inserted }
            last = page.last?.cursor
            left -= page.count
        } while last != nil && left > 0
        return assets
    }

    /// Replaces `-` by the words on standard input.
    static func expand(_ words: [String], areNullTerminated: Bool = false) throws -> [String] {
        try words.flatMap { word in
            guard word == "-" else { return [word] }
            return try Console.inputNames(areNullTerminated: areNullTerminated)
        }
    }
}
