import Core
import Foundation
import Testing

@testable import Building

@Suite struct ArchiveTests {
    private let entries = [
        TarArchive.Entry("nante.json", Data("{}\n".utf8)),
        TarArchive.Entry("bin/app", Data(repeating: 7, count: 5000), isExecutable: true),
        TarArchive.Entry("app.env", Data()),
    ]

    @Test func theSameEntriesGiveTheSameBytes() {
        let one = TarArchive.bytes(entries, time: 1_767_323_045)
        #expect(one == TarArchive.bytes(entries.reversed(), time: 1_767_323_045))
        #expect(one != TarArchive.bytes(entries, time: 1_767_323_046))
        #expect(one.count % 10_240 == 0)
    }

    @Test func theRealTarReadsIt() async throws {
        let folder = try Folder()
        try DiskFileSystem().write(
            TarArchive.bytes(entries, time: 1_767_323_045), to: folder.path.appending(path: "a.tar"), mode: 0o644)
        let list = try await folder.run(
            "tar", ["--utc", "--numeric-owner", "-tvf", "a.tar"], environment: ["LC_ALL": "C"])
        let lines = list.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
        #expect(
            lines == [
                "-rw-r--r-- 0/0 0 2026-01-02 03:04 app.env", "drwxr-xr-x 0/0 0 2026-01-02 03:04 bin/",
                "-rwxr-xr-x 0/0 5000 2026-01-02 03:04 bin/app", "-rw-r--r-- 0/0 3 2026-01-02 03:04 nante.json",
            ])
        try await folder.run("tar", ["-xf", "a.tar"])
        #expect(try DiskFileSystem().read(folder.path.appending(path: "bin/app")) == entries[1].data)
        #expect(try folder.read("nante.json") == "{}\n")
    }

    @Test func theRealTarMakesTheSameOfIt() async throws {
        let folder = try Folder()
        try DiskFileSystem().write(
            TarArchive.bytes(entries, time: 1_767_323_045), to: folder.path.appending(path: "a.tar"), mode: 0o644)
        try await folder.run("tar", ["-xf", "a.tar"])
        try await folder.run(
            "tar",
            [
                "--format=ustar", "--sort=name", "--mtime=@1767323045", "--owner=root:0", "--group=root:0", "-cf",
                "b.tar", "app.env", "bin", "nante.json",
            ])
        let ours = try DiskFileSystem().read(folder.path.appending(path: "a.tar"))
        #expect(try DiskFileSystem().read(folder.path.appending(path: "b.tar")) == ours)
    }
}
