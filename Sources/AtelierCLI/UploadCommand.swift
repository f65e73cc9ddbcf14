import ArgumentParser
import AssetLibrary
import AssetModel

struct UploadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upload", abstract: "URLs for pictures, reused where fal has them already.",
        discussion: "Example: atelier upload cat.jpg @mugs")

    @Argument(help: "Files, ids, @sets; - reads them from standard input.")
    var assets: [String] = []

    @OptionGroup var selection: SelectionOptions
    @OptionGroup var remote: RemoteOptions
    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await remote.withLibrary(libraryOptions) { library in
            let digests = try await selection.assets(assets, library)
            if selection.dryRun {
                let there = try await library.uploads(of: digests).count
                Console.note("\(Phrase.count(digests.count - there, "picture")) would be sent, \(there) used again")
                return
            }
            Console.note("\(Phrase.count(digests.count, "picture")) chosen")
            let results = try await library.upload(digests) {
                EditProgressText.show($0)
            }
            Console.clearStatus()
            for result in results {
                try outputs.output.item(
                    .object(Rendering.upload(result.upload).merging(["new": .bool(result.isNew)]) { $1 }),
                    "\(result.asset.short)  \(result.isNew ? "sent  " : "reused")  \(result.upload.url)")
            }
        }
    }
}

struct UploadsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "uploads", abstract: "The ledger: what of yours is where, and how often it was used.",
        discussion: "Example: atelier uploads --json")

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func run() async throws {
        try await libraryOptions.withLibrary { library in
            let uploads = try await library.uploads()
            for upload in uploads {
                let state = upload.lostAt == nil ? "used \(upload.useCount)×" : "gone"
                try outputs.output.item(
                    .object(Rendering.upload(upload)),
                    "\(upload.digest.short)  \(Phrase.bytes(upload.byteCount))  \(Phrase.time(upload.uploadedAt))  "
                        + "\(state)  \(upload.url)")
            }
            if uploads.isEmpty { try outputs.output.line("nothing was uploaded yet") }
        }
    }
}
