#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension LibraryLayout {
    /// Refuses a folder on a network mount. When the folder is not there yet, the nearest one above it is asked.
    static func refuseNetworkMount(_ path: String) throws(StoreError) {
        var folder = path
        while !Folder.exists(folder), let slash = folder.lastIndex(of: "/"), slash != folder.startIndex {
            folder = String(folder[..<slash])
        }
        #if canImport(Glibc)
        guard let resolved = realpath(folder, nil) else { return }
        defer { free(resolved) }
        // Without /proc nothing is known, and nothing is refused.
        guard let mounts = try? OpenFile(reading: "/proc/self/mountinfo").bytes(from: 0) else { return }
        let table = String(decoding: mounts, as: UTF8.self)
        if let kind = networkKind(of: String(cString: resolved), in: table) {
            throw StoreError.networkMount(path: path, kind: kind)
        }
        #else
        var status = statfs()
        if statfs(folder, &status) == 0, status.f_flags & UInt32(MNT_LOCAL) == 0 {
            throw StoreError.networkMount(path: path, kind: "not local")
        }
        #endif
    }

    /// The file system of the mount that holds a path, when it is one that reaches over a network; nil when not.
    ///
    /// The table is that of proc(5), `mountinfo`: the fifth field is the mount point, the type follows a lone hyphen.
    static func networkKind(of path: String, in mountinfo: String) -> String? {
        let kinds: Set<String> = [
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ceph", "9p", "fuse.sshfs", "fuse.rclone",
        ]
        var best: (length: Int, kind: String) = (-1, "")
        for line in mountinfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 5, let hyphen = fields.firstIndex(of: "-"), hyphen + 1 < fields.count else { continue }
            let point = fields[4].replacing("\\040", with: " ")
            let holds = point == "/" || path == point || path.hasPrefix(point + "/")
            if holds, point.utf8.count >= best.length { best = (point.utf8.count, String(fields[hyphen + 1])) }
        }
        return kinds.contains(best.kind) ? best.kind : nil
    }
}
