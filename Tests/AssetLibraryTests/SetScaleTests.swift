import AssetModel
import AssetStore
import Foundation
import TestSupport
import Testing

@testable import AssetLibrary

/// Sets of more members than a line of the journal holds. The pictures are lines without bytes.
struct SetScaleTests {
    @Test func `a set of many lines is put in order and renamed in lines of at most 1,000`() async throws {
        let count = Attacks.count("members of a set", 1_500, full: 10_000)
        try await TemporaryFolder.with { folder in
            let folders = MergeFolders(folder: folder)
            try Library.create(at: folders.path("desk"))
            let assets = try (0..<count).map { number in
                try ContentDigest(bytes: [UInt8(number >> 8), UInt8(number & 255)] + [UInt8](repeating: 7, count: 30))
            }
            try await folders.with("desk") { library in
                let size = try #require(PixelSize(width: 64, height: 64))
                let facts = ImageFacts(
                    format: .png, storedSize: size, orientation: .upright, hasAlpha: false, bitDepth: 8, channels: 3,
                    colorProfile: nil, frameCount: 1, byteCount: 100)
                try await library.history.record(
                    "import",
                    assets.enumerated().map { number, asset in
                        .imported(.init(asset: asset, facts: facts, path: "/pictures/\(number).png"))
                    })
                #expect(try await library.addToSet("many", assets.reversed()).members.count == count)
                let sorted = try await library.sortSet("many", by: .name)
                #expect(sorted.members == assets)
                try await library.setRole("style", of: assets, in: "many")
                let renamed = try await library.renameSet("many", to: "all")
                #expect(renamed.members == assets && renamed.roles.count == count)
                let moved = try await library.moveInSet("all", [assets[count - 1]], to: .number(2))
                #expect(moved.members.prefix(3) == [assets[0], assets[count - 1], assets[1]])
                try library.history.journal.read(after: []) { entries, _ in
                    for entry in entries {
                        switch entry.fact {
                        case .setExtended(let change), .setArranged(let change), .setDeleted(let change):
                            #expect(change.assets.count <= 1000 && (change.was?.count ?? 0) <= 1000)
                        case .marked(let mark): #expect(mark.assets.count <= 1000)
                        default: break
                        }
                    }
                }
            }
            let before = try await folders.tables("desk")
            try await folders.with("desk") { _ = try await $0.rebuild() }
            #expect(try await folders.tables("desk") == before)
        }
    }
}
