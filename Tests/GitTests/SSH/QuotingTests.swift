import Core
import Foundation
import Testing

@testable import SSH

/// Texts that a shell would take apart.
let hostile = [
    "", " ", "a b", "'", "''", "a'b'c", "\"", "$HOME", "$(reboot)", "`id`", "\\", "\\'", "*", "?", "[a]", "~", "!",
    "#", "a;b", "a&b", "a|b", "a>b", "{a,b}", "-n", "a\nb", "a\tb", "a\r\nb", "=x", "ä", "\u{1F600}", "'\u{301}",
    "%s", "\u{7f}", "a\u{85}b",
]

@Suite struct QuotingTests {
    @Test(arguments: hostile)
    func aShellReadsBackTheSameText(_ text: String) async throws {
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        for shell in ["sh", "bash"] where runner.find(shell) != nil {
            let line = "printf '%s\\0' " + ShellQuoting.line([text, "end"])
            let result = try await runner.run(Command(shell, ["-c", line]))
            #expect(Array(result.stdout.utf8) == Array("\(text)\0end\0".utf8))
        }
    }

    @Test func harmlessTextStaysReadable() {
        #expect(ShellQuoting.line(["systemctl", "start", "app@blue"]) == "systemctl start app@blue")
        #expect(ShellQuoting.quote("it's") == #"'it'\''s'"#)
        #expect(ShellQuoting.quote("a\0b") == "'ab'")
    }

    static let server = "/usr/lib/openssh/sftp-server"

    @Test(.enabled(if: FileManager.default.fileExists(atPath: server), "needs openssh-sftp-server"))
    func sftpPutsFilesWithHostileNames() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/nante-sftp-\(SystemRandom().hex(bytes: 4))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = DiskFileSystem()
        let runner = SystemProcessRunner(environment: ProcessInfo.processInfo.environment)
        for name in hostile where !name.isEmpty && !name.contains(where: \.isNewline) {
            try files.write("text of \(name)", to: folder + "/from/" + name)
            try files.write("old", to: folder + "/to/" + name)
            let lines = SSHCommands.upload(folder + "/from/" + name, to: folder + "/to/" + name, mode: 0o640, mark: "1")
            let batch = try #require(lines).map { $0 + "\n" }.joined()
            let result = try await runner.run(
                Command("sftp", ["-q", "-b", "-", "-D", QuotingTests.server], input: batch))
            #expect(result.succeeded, "\(name): \(result.stderr)")
            #expect(try files.readText(folder + "/to/" + name) == "text of \(name)")
            #expect(try files.mode(folder + "/to/" + name) == 0o640)
        }
    }
}
