import AssetModel
import Foundation
import TestSupport
import Testing

@testable import WebGallery

/// The API against requests that a program invents from its document, for half a minute. Runs where `schemathesis` is installed.
@Suite(.timeLimit(.minutes(5)), .enabled(if: Attacks.areAlone, Attacks.needsToBeAlone))
struct SchemathesisTests {
    private static func isInstalled() async -> Bool {
        let found = try? await TemporaryFolder.with { folder in
            try await Program(in: folder).shell("schemathesis --version").status
        }
        return found == 0
    }

    @Test(.enabled("schemathesis is not installed") { await isInstalled() })
    func `invented requests get the answers that the document promises, and never an error of the server`() async throws
    {
        try await GalleryStage.with { stage in
            for name in ["cat.jpg", "mug.png"] { try await stage.importPicture(name) }
            let document = stage.folder + "/openapi.json"
            try Data(GalleryAPI.document).write(to: URL(fileURLWithPath: document))
            let program = Program(in: stage.folder)
            let outcome = try await program.shell(
                "timeout 60 schemathesis run '\(document)' --url '\(stage.address.url)/api/v1'"
                    + " -H 'Authorization: Bearer \(stage.address.token)' --phases fuzzing --max-examples 8"
                    + " --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
                    + " --exclude-path /changes --exclude-method DELETE --exclude-path-regex 'runs/.*/(resume|resubmit)'"
                    + " --suppress-health-check all --generation-deterministic --no-color --max-time 25")
            #expect(
                outcome.status == 0 || outcome.status == 124,
                "\(outcome.output.suffix(6000))\n\(outcome.errors.suffix(1000))")
        }
    }
}
