import ArgumentParser
import AssetLibrary
import AssetModel
import LibraryJSON

struct SetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Manage reference sets and smart sets.",
        discussion: """
            A set is an ordered, named list of images, written @name wherever an image can be. A smart set is a saved search: it holds what its query finds at the moment it is used.

            Examples:
              atelier set add mugs front.jpg side.jpg
              atelier set move mugs side.jpg --first
              atelier set create best --query 'mug rating:>=4'
              atelier edit "on marble" --ref @mugs
            """,
        subcommands: [
            List.self, Show.self, Create.self, Edit.self, Add.self, Remove.self, Move.self, Order.self, Sort.self,
            Rename.self, Duplicate.self, Union.self, Intersection.self, Difference.self, Freeze.self, Role.self,
            Cover.self, Delete.self,
        ], defaultSubcommand: List.self)
}
