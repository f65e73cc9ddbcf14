import AssetModel
import Foundation

/// A token for the CDN: whose it is and when it ends.
struct CDNToken: Sendable {
    var account: String
    var expires: Timestamp
}

/// What a signed address opens, and until when.
struct FileGrant: Sendable {
    var path: String
    var expires: Timestamp
}

/// Tokens, uploads and files.
extension SandboxState {
    // MARK: - Tokens

    func issueToken(to account: String, seconds: Int) -> (token: String, expires: Timestamp) {
        let token = Self.newID() + Self.newID()
        let expires = now.adding(seconds: Int64(seconds))
        tokens[token] = CDNToken(account: account, expires: expires)
        return (token, expires)
    }

    /// The account of a token; nil when it is unknown or has expired.
    func account(ofToken token: String) -> String? {
        guard let known = tokens[token], now < known.expires else { return nil }
        return known.account
    }

    /// A signature that opens a file to anyone, for a while.
    func grant(_ path: String, seconds: Int) -> String {
        let signature = Self.newID()
        grants[signature] = FileGrant(path: path, expires: now.adding(seconds: Int64(seconds)))
        return signature
    }

    // MARK: - Uploads

    /// What is announced with an upload.
    struct Announcement: Sendable {
        var name: String
        var contentType: String
        var account: String
        var lifecycle = ObjectLifecycle()
    }

    func announce(_ announcement: Announcement, _ way: SandboxUpload.Way) -> SandboxUpload {
        let upload = SandboxUpload(
            token: Self.newID(), signature: Self.newID(), way: way, servedAt: Self.newFilePath(announcement.name),
            contentType: announcement.contentType, account: announcement.account, lifecycle: announcement.lifecycle)
        uploads[upload.token] = upload
        return upload
    }

    func upload(_ token: String) -> SandboxUpload? { uploads[token] }

    /// Makes the bytes of a whole upload available; a repeated upload replaces the earlier one.
    func finish(_ upload: SandboxUpload, path: String, byteCount: Int, contentType: String) -> StoredFile {
        serve(upload, paths: [path], byteCount: byteCount, contentType: contentType)
    }

    /// Keeps a part; the same number again replaces the earlier one. Nil when the upload is over.
    func keep(_ number: Int, path: String, byteCount: Int, of token: String) -> SandboxUpload.Part? {
        guard let upload = uploads[token], upload.completed == nil else { return nil }
        let part = SandboxUpload.Part(path: path, byteCount: byteCount, entityTag: "\"\(Self.newID())\"")
        let earlier = uploads[token]?.parts.updateValue(part, forKey: number)
        if let earlier { try? FileManager.default.removeItem(atPath: earlier.path) }
        return part
    }

    /// Joins an upload's parts in the order of their numbers; returns what is wrong, or nil.
    func complete(_ token: String, _ list: [SandboxUpload.NamedPart]) -> String? {
        guard let upload = uploads[token] else { return "There is no such upload" }
        if let completed = upload.completed {
            return completed == Set(list) ? nil : "The upload was completed with other parts"
        }
        if let objection = upload.objection(to: list) { return objection }
        let parts = upload.parts.sorted { $0.key < $1.key }.map(\.value)
        _ = serve(
            upload, paths: parts.map(\.path), byteCount: parts.reduce(0) { $0 + $1.byteCount },
            contentType: upload.contentType)
        uploads[token]?.completed = Set(list)
        return nil
    }

    private func serve(_ upload: SandboxUpload, paths: [String], byteCount: Int, contentType: String) -> StoredFile {
        var file = StoredFile(
            paths: paths, contentType: contentType, byteCount: byteCount, entityTag: "\"\(Self.newID())\"",
            account: upload.account)
        apply(upload.lifecycle, to: &file)
        file.goesAfterUse = fails(.urlExpiresEarly)
        let earlier = files.updateValue(file, forKey: upload.servedAt)
        for path in earlier?.paths ?? [] { try? FileManager.default.removeItem(atPath: path) }
        return file
    }

    private func apply(_ lifecycle: ObjectLifecycle, to file: inout StoredFile) {
        file.access = lifecycle.access
        switch lifecycle.lifetime {
        case .accountDefault: file.expires = lifetime.map { now.adding(seconds: Int64($0)) }
        case .forever: file.expires = nil
        case .seconds(let seconds): file.expires = now.adding(seconds: Int64(seconds))
        }
    }

    // MARK: - Files

    /// A file that exists, whether or not the caller may read it; nil when it never was or its time is over.
    func file(at path: String) -> StoredFile? {
        guard let file = files[path] else { return nil }
        if let expires = file.expires, expires <= now {
            forget(path)
            return nil
        }
        return file
    }

    /// What a reader gets at a path.
    func look(at path: String, reader: String?, signature: String?) -> (file: StoredFile, AccessRules.Decision)? {
        guard let file = file(at: path) else { return nil }
        if let grant = signature.flatMap({ grants[$0] }), grant.path == path, now < grant.expires {
            return (file, .allow)
        }
        return (file, file.access.decision(for: reader, owner: file.account))
    }

    /// A file that was probed, or read by a model; a fault may remove it now.
    func used(_ path: String) {
        if files[path]?.goesAfterUse == true { forget(path) }
    }

    private func forget(_ path: String) {
        // Its bytes stay until the end: a client may be reading them.
        files[path] = nil
    }

    /// Makes a drawn picture available.
    func serve(_ file: StoredFile, at path: String, _ lifecycle: ObjectLifecycle) {
        var file = file
        apply(lifecycle, to: &file)
        files[path] = file
    }

    /// An unguessable path below `/cdn/`, ending in the file's name as far as it is plain ASCII.
    static func newFilePath(_ name: String) -> String {
        let plain = name.suffix(80).map { character in
            character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
                ? character : "_"
        }
        return "files/b/\(newID().prefix(8))/\(newID())_\(String(plain))"
    }
}
