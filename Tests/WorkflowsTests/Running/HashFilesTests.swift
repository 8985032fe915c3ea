import Core
import Crypto
import Foundation
import Testing

@testable import Workflows

@Suite struct HashFilesTests {
    @Test(arguments: [
        ("**/go.sum", "a/b/go.sum", true), ("**/go.sum", "go.sum", true), ("*.go", "a/x.go", false),
        ("src", "src/a/b", true), ("src/**", "src/a", true), ("src/*/x?.[a-c]", "src/m/x1.b", true),
        ("src/*/x?.[!a-c]", "src/m/x1.b", false), (".*", ".env", true), ("*", ".env", true), ("a/../b", "b", true),
    ])
    func patterns(pattern: String, path: String, matches: Bool) {
        let parsed = FilePattern(pattern, workspace: "/w")
        #expect(parsed?.matches(path.split(separator: "/").map(String.init)) == matches)
    }

    @Test func digestsOfDigests() throws {
        let folder = try TemporaryFolder()
        let files = DiskFileSystem()
        try files.write("1", to: folder.path.appending(path: "b/x.txt"))
        try files.write("2", to: folder.path.appending(path: "a/x.txt"))
        try files.write("3", to: folder.path.appending(path: "a/y.md"))
        let hash = HashFiles(files: files, workspace: folder.path)
        func digest(_ texts: String...) -> String {
            var whole = SHA256()
            for text in texts { whole.update(data: Data(SHA256.hash(data: Data(text.utf8)))) }
            return Array(whole.finalize()).hex
        }
        #expect(try hash(["**/x.txt"]) == digest("2", "1"))
        #expect(try hash(["b/x.txt", "a/x.txt"]) == digest("1", "2"))
        #expect(try hash(["**", "!**/*.md"]) == digest("2", "1"))
        #expect(try hash(["none"]) == "")
        #expect(try hash(["/etc/passwd", "../x"]) == "")
    }
}
