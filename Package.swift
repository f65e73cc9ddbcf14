// swift-tools-version: 6.2
import PackageDescription

#if canImport(Glibc)
import Glibc
#endif

/// The settings of every Swift target of ours. A warning is an error here and nowhere else: dependencies keep theirs.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

/// glibc reads packed relocations from 2.36 on; a program with them does not start where it is older.
let knowsPackedRelocations: Bool = {
    #if canImport(Glibc)
    var text = [CChar](repeating: 0, count: 64)
    // "glibc 2.36"
    guard confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count) > 0 else { return false }
    let version = String(cString: text).drop { !$0.isNumber }.split(separator: ".").compactMap { Int($0) }
    return version.count >= 2 && (version[0], version[1]) >= (2, 36)
    #else
    return false
    #endif
}()

/// A release program that is smaller and starts with less: no table of names for others to call, equal functions folded into one
/// (generics make thousands), and relocations packed (8 bytes of 9 saved, and none read at the start). The names of the
/// functions are kept apart by `.ci/release`, which the build id ties to the program.
/// The toolchain's own linker knows all of this; the system's default does not.
let lean: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "--exclude-libs=ALL", "-Xlinker", "--no-export-dynamic", "-Xlinker", "--icf=all",
            "-Xlinker", "--build-id",
        ]
            + (knowsPackedRelocations ? ["-Xlinker", "-z", "-Xlinker", "pack-relative-relocs"] : []),
        .when(platforms: [.linux], configuration: .release))
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let sqlite: Target.Dependency = .product(name: "GRDBSQLite", package: "GRDB.swift")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")

let package = Package(
    name: "atelier",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "AssetLibrary", targets: ["AssetLibrary", "AssetModel"]),
        .executable(name: "atelier", targets: ["AtelierCLI"]),
        .executable(name: "atelier-bench", targets: ["Benchmarks"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Without its reader of configuration files: ours come from the command line.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Layer 0: words and materials.

        // The system's calls on files and folders, once. No domain.
        // When a folder was made, which glibc does not show to Swift.
        .target(name: "CFileBirth"),
        .target(name: "Files", dependencies: ["CFileBirth"], swiftSettings: strict),
        // The words: digest, facts, reference set, size plan, generation, journal entry, query. Values only, no I/O.
        .target(name: "AssetModel", exclude: ["Query/folding.py"], swiftSettings: strict),
        // The SQL of the catalog, of the leases and of the appearance, embedded in the binary.
        .target(
            name: "Schema", path: "Schema", exclude: ["README.md"],
            resources: [.embedInCode("schema.sql"), .embedInCode("leases.sql"), .embedInCode("appearance.sql")],
            swiftSettings: strict),
        // System libraries and their pkg-config names.
        .systemLibrary(
            name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
        .systemLibrary(
            name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CWebP", pkgConfig: "libwebp", providers: [.apt(["libwebp-dev"]), .brew(["webp"])]),
        .systemLibrary(
            name: "CTurboJPEG", pkgConfig: "libturbojpeg",
            providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
        .systemLibrary(
            name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
        .systemLibrary(
            name: "CGIF", pkgConfig: "libgif", providers: [.apt(["libgif-dev"]), .brew(["giflib"])]),
        // Its declarations only: the library is loaded when it is needed, and may be missing then.
        .systemLibrary(name: "CHEIF", providers: [.apt(["libheif-dev"]), .brew(["libheif"])]),
        // The same.
        .systemLibrary(name: "CJXL", providers: [.apt(["libjxl-dev"]), .brew(["jpeg-xl"])]),
        .systemLibrary(
            name: "CLCMS", pkgConfig: "lcms2", providers: [.apt(["liblcms2-dev"]), .brew(["little-cms2"])]),
        // Inflates piece by piece, in less than half of zlib's time.
        .systemLibrary(
            name: "CIgzip", pkgConfig: "libisal", providers: [.apt(["libisal-dev"]), .brew(["isa-l"])]),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        // The C fence around the picture libraries: no longjmp ever crosses Swift.
        .target(
            name: "CImageCodec",
            dependencies: [
                "CPNG", "CJPEG", "CWebP", "CTurboJPEG", "CTIFF", "CGIF", "CHEIF", "CJXL", "CLCMS", "CIgzip",
            ]),

        // Layer 1: rooms that do not know each other.

        // Bytes in, digest out; digest in, bytes out; and the append-only journal.
        .target(name: "AssetStore", dependencies: ["AssetModel", "Files", crypto], swiftSettings: strict),
        // Bytes to facts: format, size, orientation, colour, frames, embedded texts and recipes. Pure Swift over header
        // bytes; zlib opens packed texts.
        .target(name: "ImageInspection", dependencies: ["AssetModel", "Files", "CZlib"], swiftSettings: strict),
        // Bytes to pixels and back: decode in rows, turn upright, scale, encode.
        .target(name: "ImageRendering", dependencies: ["AssetModel", "CImageCodec"], swiftSettings: strict),
        // Facts and a model's rules to a size, with reasons. Pure arithmetic.
        .target(name: "SizePlanning", dependencies: ["AssetModel"], swiftSettings: strict),
        // Journal to SQLite; SQLite to answers: search, sets, the upload ledger.
        .target(
            name: "AssetCatalog", dependencies: ["AssetModel", "Files", "Schema", grdb, sqlite, crypto],
            swiftSettings: strict),
        // fal's storage and queue over HTTP. Has never heard of an asset. Crypto checks the signatures of webhooks, NIOSSL
        // takes a private certificate for a server of one's own.
        .target(
            name: "FalAPI", dependencies: ["Files", httpClient, nioCore, nioHTTP1, nioSSL, crypto, logging],
            swiftSettings: strict),

        // Layer 2: the main job, the only place where rooms meet.
        .target(
            name: "AssetLibrary",
            dependencies: [
                "AssetModel", "Files", "AssetStore", "ImageInspection", "ImageRendering", "SizePlanning",
                "AssetCatalog", "FalAPI", logging,
            ],
            swiftSettings: strict),

        // The published JSON of what the library gives, one place for every door.
        .target(name: "LibraryJSON", dependencies: ["AssetModel", "AssetLibrary"], swiftSettings: strict),

        // Layer 3: the doors.

        // The gallery's page, embedded: HTML, style sheets and modules without a build step.
        .target(name: "CGalleryPage", exclude: ["page"]),
        .target(name: "GalleryPage", dependencies: ["CGalleryPage", "CZlib"], swiftSettings: strict),
        // The library on a port of this machine: the page, its API, pictures, and fal's webhooks.
        .target(
            name: "WebGallery",
            dependencies: [
                "AssetModel", "AssetLibrary", "LibraryJSON", "GalleryPage", "CZlib", hummingbird, lifecycle, logging,
                nioCore, nioHTTP1,
            ],
            resources: [.embedInCode("openapi.json")], swiftSettings: strict),
        // Parse, call the library, render, choose an exit code.
        .executableTarget(
            name: "AtelierCLI",
            dependencies: [
                "AssetModel", "AssetLibrary", "LibraryJSON", "WebGallery", "FalSandbox", "DemoPictures", argumentParser,
                logging, unixSignals,
            ],
            swiftSettings: strict, linkerSettings: lean),

        // A loop that only opens, reads and closes files: what the system itself costs, for the bench to stand beside.
        .target(name: "CHeaderLoop"),
        // The system's SQLite without a wrapper, for the bench to stand beside.
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .brew(["sqlite"])]),
        // Each claim about speed, beside the peers that are installed, in one run.
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "AssetLibrary", "AssetModel", "CHeaderLoop", "CSQLite", "CTurboJPEG", "DemoPictures", "ImageInspection",
                "ImageRendering", argumentParser, logging,
            ],
            swiftSettings: strict),
        // The sample pictures of `atelier demo`, embedded in the binary: the fixtures that a person may see.
        .target(
            name: "DemoPictures", path: "fixtures/images/demo",
            resources: [.embedInCode("mug.png"), .embedInCode("cat.jpg"), .embedInCode("marble.webp")],
            swiftSettings: strict),

        // Beside: the other side of the wire, a local server that speaks fal's protocol. Never imports FalAPI.
        .target(
            name: "FalSandbox",
            dependencies: [
                "AssetModel", "SizePlanning", "ImageInspection", "ImageRendering", hummingbird, hummingbirdTLS,
                lifecycle,
                logging, nioCore, nioHTTP1, nioSSL, crypto, httpClient,
            ],
            swiftSettings: strict),

        // Tests and what only they use.

        // Finds fixture files and their expected facts.
        .target(
            name: "Fixtures", dependencies: ["AssetModel"], path: "fixtures",
            exclude: [
                "README.md", "draw.py", "draw_alpha.py", "draw_bmp.py", "draw_heif.py", "draw_jxl.py",
                "draw_texts.py", "draw_tiff.py", "fal", "images", "libraries", "recipes", "recall.py", "recipes.py",
                "recipes_comfyui.py", "vectors",
            ], swiftSettings: strict),
        // Starts programs for tests, since Foundation's way fails where very many files are open.
        .target(name: "CSpawn", path: "Tests/CSpawn"),
        // Temporary folders and libraries, fixed clocks, a sandbox for the length of a closure, the built program.
        .target(
            name: "TestSupport", dependencies: ["AssetModel", "AssetLibrary", "FalSandbox", "CSpawn", logging],
            path: "Tests/TestSupport", swiftSettings: strict),

        // Headless Chromium and Firefox, driven over WebDriver BiDi: pages, input, screenshots, complaints.
        .target(
            name: "BrowserDriver",
            dependencies: [
                "AssetModel", "TestSupport", httpClient, nioCore, nioHTTP1,
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOWebSocket", package: "swift-nio"),
            ], path: "Tests/BrowserDriver", swiftSettings: strict),

        // The rules of the house itself: who imports whom, frozen schema, true fixtures.
        .testTarget(
            name: "ArchitectureTests", dependencies: ["AssetModel", "Schema", "AssetCatalog", "Fixtures", crypto],
            swiftSettings: strict),
        .testTarget(name: "AssetModelTests", dependencies: ["AssetModel"], swiftSettings: strict),
        .testTarget(name: "FilesTests", dependencies: ["Files", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "AssetStoreTests", dependencies: ["AssetStore", "Files", "TestSupport"], swiftSettings: strict),
        .testTarget(
            name: "ImageInspectionTests", dependencies: ["AssetModel", "ImageInspection", "Fixtures", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "ImageRenderingTests",
            dependencies: ["AssetModel", "ImageRendering", "ImageInspection", "CImageCodec", "Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "SizePlanningTests", dependencies: ["AssetModel", "SizePlanning", "Fixtures"], swiftSettings: strict),
        .testTarget(
            name: "AssetCatalogTests", dependencies: ["AssetModel", "AssetCatalog", "Schema", grdb],
            swiftSettings: strict),
        .testTarget(
            name: "FalAPITests",
            dependencies: [
                "FalAPI", nioCore, nioHTTP1, nioSSL, .product(name: "NIOPosix", package: "swift-nio"), crypto, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "FalSandboxTests",
            dependencies: [
                "AssetModel", "FalSandbox", "ImageInspection", "ImageRendering", "Fixtures", httpClient, hummingbird,
                crypto, nioCore, nioHTTP1, nioSSL, logging,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "AssetLibraryTests",
            dependencies: [
                "AssetCatalog", "AssetLibrary", "AssetModel", "AssetStore", "CSQLite", "FalAPI", "FalSandbox", "Files",
                "Fixtures", "ImageRendering", "TestSupport", logging,
            ],
            swiftSettings: strict),
        // The gallery's API and its safety, over real connections.
        .testTarget(
            name: "WebGalleryTests",
            dependencies: [
                "AssetLibrary", "AssetModel", "FalSandbox", "Fixtures", "LibraryJSON", "TestSupport", "WebGallery",
                httpClient, nioCore, nioHTTP1, .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // The built program, as people and scripts use it, against the sandbox.
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "AtelierCLI", "AssetLibrary", "FalSandbox", "Fixtures", "TestSupport", httpClient, nioCore, nioHTTP1,
            ],
            exclude: ["official_client.py"], swiftSettings: strict),
        // The gallery in real browsers: its contracts, what is accessible, and how it looks.
        .testTarget(
            name: "BrowserTests",
            dependencies: [
                "AssetLibrary", "AssetModel", "AtelierCLI", "BrowserDriver", "Fixtures", "ImageRendering",
                "TestSupport", hummingbird,
                nioCore, logging,
            ], swiftSettings: strict),
    ]
)
