import AssetModel
import Foundation
import TestSupport
import Testing

/// Lists of names on standard input, as other programs write them, through the built program.
struct ListTests {
    /// Two good files, one of them with a name in Latin-1, and three bad ones; `list` names them all.
    private static func with(_ body: (Program, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let program = Program(in: folder, environment: ["ATELIER_LIBRARY": folder + "/library"])
            _ = try await program.run("init")
            try Copies.references(folder)
            let made = try await program.shell(
                #"mv b.png "$(printf 'caf\351.png')" && : > empty.png && head -c 2000 a.jpg > cut.jpg && "#
                    + #"printf 'a.jpg\ncaf\351.png\nmissing.png\nempty.png\ncut.jpg\n' > list"#)
            #expect(made.status == 0, "\(made.errors)")
            try await body(program, folder)
            try await TestLibrary.expectSound(folder + "/library")
        }
    }

    @Test(arguments: ["inspect --json -", "import --json -", "import -n --json -", "upload --sandbox --json -"])
    func `one bad file does not stop the others, and a name that is not UTF-8 is a name`(verb: String) async throws {
        try await Self.with { program, _ in
            let outcome = try await program.shell("'$ATELIER' \(verb) < list")
            #expect(outcome.status == 3, "\(outcome.errors)")
            let objects = try outcome.objects()
            #expect(objects.count { $0["error"] != nil } == 3, "\(outcome.output)")
            #expect(objects.count { $0["error"] == nil } == 2, "\(outcome.output)")
        }
    }

    @Test func `the bytes of a name are kept beside its text`() async throws {
        try await Self.with { program, folder in
            let found = try await program.shell("'$ATELIER' inspect --json .")
            let object = try #require(
                try found.objects().first { $0["path"]?.text?.hasSuffix("/caf\u{FFFD}.png") == true })
            #expect(object["path_encoded"]?.text?.hasSuffix("/caf%E9.png") == true)
            let taken = try await program.shell(#"'$ATELIER' import "$(printf 'caf\351.png')""#)
            #expect(taken.status == 0, "\(taken.errors)")
            // Seen once under this name, however often, and found by what of it is text.
            _ = try await program.shell("'$ATELIER' import .")
            let hit = try #require(try await program.run("search", "caf", "--json").objects().first)
            let asset = try #require(try await program.run("show", hit["id"]?.text ?? "", "--json").objects().first)
            #expect(asset["origins"]?.elements?.count == 1)
            let lines = try await program.shell("grep -h path_encoded library/journal/*/*.jsonl")
            #expect(lines.output.contains(#"/caf%E9.png""#))
        }
    }

    @Test func `a folder whose name is not UTF-8 is walked`() async throws {
        try await Self.with { program, _ in
            let outcome = try await program.shell(
                #"mkdir "$(printf 'd\351')" && cp a.jpg "$(printf 'd\351')" && '$ATELIER' inspect --json "$(printf 'd\351')""#
            )
            #expect(try outcome.objects().count == 1, "\(outcome.errors)")
            #expect(outcome.status == 0)
        }
    }

    @Test func `a library is not made in a folder whose name is not UTF-8`() async throws {
        try await Self.with { program, _ in
            let outcome = try await program.shell(
                #"mkdir "$(printf 'd\351')" && '$ATELIER' init "$(printf 'd\351')"; status=$?; ls "$(printf 'd\351')"; exit $status"#
            )
            #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome.errors)")
            #expect(outcome.errors.contains("not UTF-8"))
        }
    }

    @Test(arguments: [
        #"printf '\357\273\277a.jpg\r\nwith space.jpg\r\n' | '$ATELIER' import -"#,
        #"printf 'a.jpg\nwith space.jpg\r\n\r\n' | '$ATELIER' import -"#,
        #"printf 'a.jpg\0with space.jpg\0' | '$ATELIER' import -0 -"#,
        #"printf 'a.jpg\0with space.jpg' | '$ATELIER' import --null -"#,
    ])
    func `lists from Windows and lists with null bytes are read`(line: String) async throws {
        try await Self.with { program, _ in
            _ = try await program.shell("cp a.jpg 'with space.jpg'")
            let outcome = try await program.shell(line)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.contains("1 new image, 1 already in library"), "\(outcome.errors)")
        }
    }

    @Test func `a list with null bytes is refused without -0, and no file is touched`() async throws {
        try await Self.with { program, folder in
            let outcome = try await program.shell(#"printf 'a.jpg\0b.png\n' | '$ATELIER' import --move -"#)
            #expect(outcome.status == 64 && outcome.errors.contains("-0"), "\(outcome.errors)")
            #expect(FileManager.default.fileExists(atPath: folder + "/a.jpg"))
        }
    }

    @Test func `a name that ends in a carriage return is that file where there is one`() async throws {
        try await Self.with { program, _ in
            let outcome = try await program.shell(
                #"cp a.jpg "$(printf 'odd.jpg\r')" && printf 'odd.jpg\r\n' | '$ATELIER' inspect --json -"#)
            #expect(try outcome.objects().first?["path"] == .string("odd.jpg\r"), "\(outcome.errors)")
        }
    }
}
