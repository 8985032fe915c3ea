import Core
import Foundation
import Testing

@Suite struct BasicsTests {
    @Test func tellsVersionAndCommit() async throws {
        let result = try await Binary.run(["--version"])
        #expect(result.succeeded)
        #expect(result.stdout.contains(/^nante \d+\.\d+\.\d+ \([0-9a-f]{12}(, changed)?\)\n$|unknown/))
    }

    @Test func answersUnderItsOldNameToo() async throws {
        try await Binary.inFolder { folder in
            try FileManager.default.createSymbolicLink(
                atPath: folder.appending(path: "nante-cli"), withDestinationPath: Binary.path)
            let runner = SystemProcessRunner(environment: ["PATH": "/usr/bin:/bin"])
            let result = try await runner.run(Command(folder.appending(path: "nante-cli"), ["--version"]))
            #expect(result.stdout.hasPrefix("nante "))
        }
    }

    @Test(arguments: [["nonsense"], ["--nonsense"], ["lab", "nonsense"], ["lab", "up", "extra"]])
    func wrongUsageEndsWithTwo(arguments: [String]) async throws {
        let result = try await Binary.run(arguments)
        #expect(result.ending == .exited(2))
        #expect(result.stdout.isEmpty)
        #expect(result.stderr.contains("Usage: nante"))
    }

    @Test func helpIsDataForPeopleAndEndsWithZero() async throws {
        let result = try await Binary.run(["--help"])
        #expect(result.succeeded)
        #expect(result.stdout.contains("SUBCOMMANDS"))
    }

    @Test func theReferenceIsThatOfTheCommands() async throws {
        let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/CLI.md")
        let result = try await Binary.run(["reference"])
        #expect(result.stdout == (try String(contentsOf: page, encoding: .utf8)), "run make reference")
    }
}
