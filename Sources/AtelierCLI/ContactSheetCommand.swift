import ArgumentParser
import AssetLibrary
import AssetModel
import Foundation
import LibraryJSON

struct ContactSheetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contactsheet", abstract: "Make a PNG with a grid of pictures and captions.",
        discussion: """
            QUERY is what `atelier search` takes. Each picture is captioned with its seed and size, and the first words of its prompt.

            Examples:
              atelier contactsheet 'mug rating:>=4' mugs.png
              atelier contactsheet @winter winter.png --width 2400 --row-height 320
            """)

    @Argument(help: "What to show, as in a search; an empty one is everything.")
    var query: String

    @Argument(help: "The file to write, a PNG.")
    var file: String

    @Option(help: ArgumentHelp("Maximum pictures, up to 1000.", valueName: "n"))
    var limit = 200

    @Option(help: ArgumentHelp("The width of the sheet, 320 to 8000.", valueName: "pixels"))
    var width = 1600

    @Option(help: ArgumentHelp("Approximate row height, 60 to 2000.", valueName: "pixels"))
    var rowHeight = 240

    @Flag(help: "Replace a file that is there.")
    var force = false

    @OptionGroup var libraryOptions: LibraryOptions
    @OptionGroup var outputs: OutputOptions

    func validate() throws {
        if !(1...Library.mostOnSheet ~= limit) {
            throw ValidationError("--limit must be from 1 to \(Library.mostOnSheet)")
        }
        if !(320...8000 ~= width) { throw ValidationError("--width must be from 320 to 8000") }
        if !(60...2000 ~= rowHeight) { throw ValidationError("--row-height must be from 60 to 2000") }
        if !file.lowercased().hasSuffix(".png") {
            throw ValidationError("\(file): the sheet is a PNG; its name must end with .png")
        }
    }

    func run() async throws {
        let output = outputs.output
        if !force, FileManager.default.fileExists(atPath: file) {
            throw LibraryError(
                .invalidInput, code: "file_exists", "\(file): file exists; --force overwrites it")
        }
        try await libraryOptions.withLibrary { library in
            try Self.refuseInside(library.root, file)
            try Self.expectFolder(of: file)
            let reading = library.reading(of: query)
            SearchText.note(reading.remarks)
            let hits = try await library.search(reading.query, limit: min(limit, reading.query.limit ?? limit))
            for name in try await library.missingSets(in: reading.query) { Console.note("note: @\(name): no such set") }
            let count = hits.count == limit ? try await library.count(reading.query, within: .seconds(1)) : hits.count
            let title = query.isEmpty ? "All pictures" : query
            let sheet = try await library.contactSheet(of: hits, title: title, width: width, rowHeight: rowHeight)
            do {
                try Data(sheet).write(to: URL(fileURLWithPath: file), options: .atomic)
            } catch {
                throw LibraryError(
                    .storage, code: "not_written", "\(file): cannot be written: \(Self.reason(error))")
            }
            if let count, count > hits.count {
                output.remark("the sheet shows \(hits.count) of \(count); --limit shows more")
            }
            try output.item(
                ["path": JSONValue(file), "pictures": JSONValue(hits.count), "byte_count": JSONValue(sheet.count)],
                "\(file)  \(Phrase.count(hits.count, "picture")), \(Phrase.bytes(Int64(sheet.count)))")
        }
    }

    /// A sheet among a library's own files could take the place of one of them.
    private static func refuseInside(_ root: String, _ file: String) throws(LibraryError) {
        func real(_ path: String) -> String {
            let url = URL(fileURLWithPath: path)
            return url.deletingLastPathComponent().resolvingSymlinksInPath().path + "/"
        }
        let folder = URL(fileURLWithPath: root).resolvingSymlinksInPath().path + "/"
        guard real(file).hasPrefix(folder) else { return }
        throw LibraryError(
            .invalidInput, code: "inside_library", "\(file): is inside the library, where no other files belong")
    }

    /// Told before pictures are decoded for minutes.
    private static func expectFolder(of file: String) throws(LibraryError) {
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
        var isFolder: ObjCBool = false
        if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) {
            throw LibraryError(.notFound, code: "no_such_folder", "\(file): there is no folder \(folder)")
        }
        if !isFolder.boolValue {
            throw LibraryError(.invalidInput, code: "not_a_folder", "\(file): \(folder) is not a folder")
        }
    }

    private static func reason(_ error: any Error) -> String {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError ?? error as NSError
        return cause.domain == NSPOSIXErrorDomain ? Phrase.systemError(Int32(cause.code)) : cause.localizedDescription
    }
}
