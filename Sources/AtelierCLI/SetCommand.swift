import ArgumentParser
import AssetModel

struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Manage reference sets.",
        discussion: """
            A set is an ordered, named list of images, written @name wherever an image can be.

            Examples:
              atelier set add mugs front.jpg side.jpg
              atelier set order mugs side.jpg
              atelier edit "on marble" --ref @mugs
            """,
        subcommands: [List.self, Show.self, Create.self, Add.self, Remove.self, Order.self, Delete.self],
        defaultSubcommand: List.self)

    static func line(_ set: NamedSet) -> String { "@\(set.name)  \(Phrase.count(set.members.count, "image"))" }
}
