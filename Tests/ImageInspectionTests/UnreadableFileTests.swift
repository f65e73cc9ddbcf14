import AssetModel
import Fixtures
import Foundation
import ImageInspection
import Testing

struct UnreadableFileTests {
    @Test func `a missing file says that there is none`() throws {
        let folder = try TemporaryFolder()
        let outcome = Outcome(path: folder.path("nowhere.png"))
        #expect(outcome == .failure(.unreadable(.system(ENOENT))))
        #expect(outcome.error?.code == "unreadable")
        #expect(outcome.error?.description == "no such file or folder")
        #expect(Outcome(path: "") == .failure(.unreadable(.system(ENOENT))))
    }

    @Test func `a folder is named as one`() throws {
        let folder = try TemporaryFolder()
        #expect(Outcome(path: folder.path("")) == .failure(.unreadable(.folder)))
    }

    @Test func `a pipe without a writer is refused and not waited for`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("pipe.jpg")
        try #require(mkfifo(path, 0o600) == 0)
        #expect(Outcome(path: path) == .failure(.unreadable(.notAFile)))
    }

    @Test func `a device is refused`() {
        #expect(Outcome(path: "/dev/null") == .failure(.unreadable(.notAFile)))
        #expect(Outcome(path: "/dev/zero") == .failure(.unreadable(.notAFile)))
    }

    @Test(.enabled("the user root may read everything") { getuid() != 0 })
    func `a file without permission says so`() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([1, 2, 3], as: "secret.png")
        try #require(chmod(path, 0) == 0)
        #expect(Outcome(path: path).error?.description == "permission denied")
    }

    @Test func `a link that leads to itself ends`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("round.png")
        try #require(symlink("round.png", path) == 0)
        #expect(Outcome(path: path) == .failure(.unreadable(.system(ELOOP))))
    }

    @Test func `a link to a picture is the picture`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path("link.txt")
        try #require(symlink(Fixtures.path("images/png/rgb8.png"), path) == 0)
        #expect(Outcome(path: path).facts?.format == .png)
    }

    @Test func `a path with a zero byte names no file`() {
        let path = Fixtures.path("images/png/rgb8.png") + "\0.txt"
        #expect(Outcome(path: path) == .failure(.unreadable(.invalidPath)))
    }

    /// A path is text in Swift and text is Unicode, so such a name cannot be given; its open file can.
    @Test func `a file whose name is not UTF-8 is read through its descriptor`() throws {
        let folder = try TemporaryFolder()
        let picture = try Array(Fixtures.data("images/png/rgb8.png"))
        let name: [CChar] =
            folder.path("").utf8.map(CChar.init(bitPattern:)) + [0x61, CChar(bitPattern: 0xFF), 0x62, 0]
        let descriptor = open(name, O_RDWR | O_CREAT | O_EXCL, 0o600)
        // Some file systems, as that of macOS, allow no such name.
        guard descriptor >= 0 else {
            #expect(errno == EILSEQ)
            return
        }
        defer { close(descriptor) }
        try #require(write(descriptor, picture, picture.count) == picture.count)
        let offset = lseek(descriptor, 0, SEEK_CUR)
        let facts = try ImageInspector().inspect(descriptor: descriptor)
        #expect(facts.storedSize == PixelSize(width: 23, height: 17))
        #expect(lseek(descriptor, 0, SEEK_CUR) == offset)
    }

    @Test func `a descriptor that is closed or a pipe is refused`() throws {
        let pipe = Pipe()
        #expect(throws: InspectionError.unreadable(.notAFile)) {
            try ImageInspector().inspect(descriptor: pipe.fileHandleForReading.fileDescriptor)
        }
        #expect(throws: InspectionError.unreadable(.system(EBADF))) { try ImageInspector().inspect(descriptor: -1) }
    }
}
