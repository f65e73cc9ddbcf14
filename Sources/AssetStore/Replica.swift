import AssetModel
import Crypto
import Files
import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The place of a replica: one folder on one machine. A copy of the folder, or the same folder seen from another machine, is
/// another place.
package struct ReplicaPlace: Hashable, Sendable, Codable {
    /// The machine: a digest of its id, which itself should not leave the machine.
    package let machine: String
    /// The disk that the library's folder is on.
    package let device: UInt64
    /// The folder's number on that disk.
    package let inode: UInt64

    /// A place made up for a test.
    package init(machine: String, device: UInt64, inode: UInt64) {
        (self.machine, self.device, self.inode) = (machine, device, inode)
    }

    /// The place that a library's folder is, seen from this machine.
    init(of folder: String) throws(StoreError) {
        guard let identity = try onDisk(FileStatus(ofPath: folder))?.identity else {
            throw .file(.noSuchFile(path: folder))
        }
        (device, inode) = (identity.device, identity.inode)
        let digest = try ContentDigest(hashing: "atelier replica\n\(Self.machineName())".utf8)
        machine = String(digest.hex.prefix(32))
    }

    /// What tells this machine from others: the id that was made when its system was installed, else its host name.
    private static func machineName() -> String {
        #if canImport(Darwin)
        var (bytes, patience) = (
            uuid_t(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), timespec(tv_sec: 1, tv_nsec: 0)
        )
        if withUnsafeMutableBytes(
            of: &bytes,
            { buffer in
                guard let start = buffer.baseAddress else { return false }
                return gethostuuid(start.assumingMemoryBound(to: UInt8.self), &patience) == 0
            })
        {
            return UUID(uuid: bytes).uuidString
        }
        #else
        // A system that is not fully installed has an empty file, or "uninitialized" in it.
        if let bytes = try? OpenFile(reading: "/etc/machine-id").bytes(limit: 64),
            let id = String(validating: bytes, as: UTF8.self)?.split(separator: "\n").first, id.utf8.count == 32
        {
            return String(id)
        }
        #endif
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// `replica.json`: what a replica's folder says about whose it is.
struct ReplicaRecord: Codable {
    static let fileName = "replica.json"

    /// The place that appends to this replica.
    var place: ReplicaPlace
    /// When the replica's folder was made: one that was put back from a backup, in the same place, is another. Nil where the file
    /// system does not say.
    var born: Int64?
    /// Whether the place appends to another replica now, because part of this one was lost.
    var hasEnded: Bool

    private enum CodingKeys: String, CodingKey { case machine, device, inode, born, ended }

    init(place: ReplicaPlace, born: Int64?, hasEnded: Bool = false) {
        (self.place, self.born, self.hasEnded) = (place, born, hasEnded)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        place = ReplicaPlace(
            machine: try container.decode(String.self, forKey: .machine),
            device: try container.decode(UInt64.self, forKey: .device),
            inode: try container.decode(UInt64.self, forKey: .inode))
        born = try container.decodeIfPresent(String.self, forKey: .born).flatMap { Int64($0) }
        hasEnded = try container.decodeIfPresent(Bool.self, forKey: .ended) ?? false
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(place.machine, forKey: .machine)
        try container.encode(place.device, forKey: .device)
        try container.encode(place.inode, forKey: .inode)
        // As text: not every reader of JSON keeps 64 bits of a number.
        try container.encodeIfPresent(born.map(String.init), forKey: .born)
        if hasEnded { try container.encode(true, forKey: .ended) }
    }

    /// Reads a replica's record; nil when it is missing or unreadable: then it is not this place's.
    static func read(in folder: String) -> ReplicaRecord? {
        guard let bytes = try? OpenFile(reading: folder + "/" + fileName).bytes(limit: 65_536) else { return nil }
        return try? JSONDecoder().decode(ReplicaRecord.self, from: Data(bytes))
    }

    /// The bytes of the file.
    func text(path: String) throws(StoreError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        guard let bytes = try? encoder.encode(self) else { throw .file(.failed(path: path, errno: EINVAL)) }
        return Array(bytes) + [UInt8(ascii: "\n")]
    }
}
