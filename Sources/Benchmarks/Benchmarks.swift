import ArgumentParser

/// `atelier-bench`: what the README claims about speed, measured beside its peers in the same run. Build it for release.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "atelier-bench",
        abstract: "Measures atelier beside other tools in one run, as ratios: absolute times belong to one machine.",
        discussion: "Example: swift run -c release atelier-bench import",
        subcommands: [
            FoldBenchmark.self, GalleryBenchmark.self, ImportBenchmark.self, InspectBenchmark.self,
            SearchBenchmark.self, UploadBenchmark.self,
            RenditionsBenchmark.self, LoadPlainCommand.self, DrawThumbnailsCommand.self,
        ])
}
