import Files

#if canImport(Darwin)
import Darwin
#endif

extension LibraryLayout {
    /// Refuses a folder on a network mount. When the folder is not there yet, the nearest one above it is asked.
    static func refuseNetworkMount(_ path: String) throws(StoreError) {
        var folder = path
        while !Path.exists(folder), let parent = Path.parent(of: folder) { folder = parent }
        #if canImport(Darwin)
        var status = statfs()
        if statfs(folder, &status) == 0, status.f_flags & UInt32(MNT_LOCAL) == 0 {
            throw StoreError.networkMount(path: path, kind: "not local")
        }
        #else
        // Without /proc nothing is known, and nothing is refused.
        guard let resolved = try? Path.real(folder),
            let mounts = try? OpenFile(reading: "/proc/self/mountinfo").bytes()
        else { return }
        if let kind = networkKind(of: resolved, in: String(decoding: mounts, as: UTF8.self)) {
            throw StoreError.networkMount(path: path, kind: kind)
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
