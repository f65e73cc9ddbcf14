import ArgumentParser
import AssetLibrary

struct RateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate", abstract: "Rate images from 1 to 5 stars; 0 removes the stars.",
        discussion: """
            Examples:
              atelier rate 5 g7k2/3
              atelier rate 3 --query 'mug after:7d'
              atelier search 'rating:>=4 sort:-rating'
            """)
    @Argument(help: "The stars, 0 to 5.")
    var stars: String
    @OptionGroup var mark: MarkOptions

    func validate() throws {
        guard Int(stars).map({ (0...5).contains($0) }) == true, stars.count == 1 else {
            throw ValidationError(
                "\(stars): a rating is from 0 to 5 and comes first, as in `atelier rate 4 g7k2/3`")
        }
    }

    func run() async throws {
        let stars = Int(stars) ?? 0
        let words = stars == 0 ? "no stars" : Phrase.count(stars, "star")
        try await mark.run({ "\($0) would get \(words)" }, { "\(words) for \($0)" }) { library, assets in
            try await library.rate(assets, stars)
        }
    }
}

struct FavouriteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "favourite", abstract: "Make images favourites.",
        discussion: """
            Examples:
              atelier favourite g7k2/3
              atelier favourite --remove --query 'is:favourite before:2026'
            """, aliases: ["favorite", "fav"])
    @Flag(help: "Make them favourites no longer.")
    var remove = false
    @OptionGroup var mark: MarkOptions

    func run() async throws {
        try await mark.run(
            { "\($0) would \(remove ? "be favourites no longer" : "become favourites")" },
            { remove ? "removed \($0) from the favourites" : "added \($0) to the favourites" }
        ) { library, assets in try await library.favourite(assets, !remove) }
    }
}
