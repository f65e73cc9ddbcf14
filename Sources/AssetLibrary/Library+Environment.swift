public import AssetModel
package import Files
import Foundation

extension Library {
    /// The only two things that are not a function of the inputs.
    public struct Environment: Sendable {
        /// The time now.
        public var now: @Sendable () -> Timestamp
        /// 64 random bits, for names.
        public var random: @Sendable () -> UInt64
        /// How many bytes can still be written to the disk that holds a folder; nil when that cannot be said. Tests say another.
        package var availableBytes: @Sendable (String) -> Int64? = { try? Folder.availableBytes(at: $0) }
        /// Hears of every change to blobs and journal, in order; for tests.
        package var fileTrace: FileTrace?

        /// An environment of one's own: for tests that must repeat exactly.
        public init(now: @escaping @Sendable () -> Timestamp, random: @escaping @Sendable () -> UInt64) {
            self.now = now
            self.random = random
        }

        /// The system's clock and generator.
        public static let live = Environment(
            now: { Timestamp(secondsSince1970: Date().timeIntervalSince1970) },
            random: { UInt64.random(in: .min ... .max) })

        /// A name for a library or a replica.
        func newName() -> String { EntryID(after: nil, at: now(), random: random()).text }
    }
}
