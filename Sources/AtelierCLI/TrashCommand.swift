import ArgumentParser
import AssetLibrary

struct TrashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trash", abstract: "Move images to the trash.",
        discussion: """
            Searches, sets and counts leave out what is in the trash. Nothing is deleted: its files stay on disk. `atelier restore` and `atelier undo` bring images back.

            Examples:
              atelier trash g7k2/2 g7k2/4
              atelier trash --query 'rating:1' -n
              atelier search is:trashed
            """)
    @OptionGroup var mark: MarkOptions

    func run() async throws {
        try await mark.run(
            { "\($0) would be moved to the trash" }, { "moved \($0) to the trash" }, importing: false
        ) { library, assets in try await library.trash(assets) }
    }
}

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring images back from the trash.",
        discussion: """
            Examples:
              atelier restore g7k2/2
              atelier restore @mugs
              atelier restore --query 'is:trashed mug'
            """)
    @OptionGroup var mark: MarkOptions

    func run() async throws {
        try await mark.run({ "\($0) would be restored" }, { "restored \($0)" }, importing: false, ofTrash: true) {
            library, assets in try await library.restore(assets)
        }
    }
}
