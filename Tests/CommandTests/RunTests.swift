import Core
import Foundation
import Testing

/// `nante run` and `nante runs` as a user runs them.
@Suite struct RunCommandTests {
    static let workflow = """
        name: Demo
        on: [push, workflow_dispatch]
        jobs:
          a:
            runs-on: ubuntu-latest
            steps:
              - run: "echo hello; exit ${{ vars.CODE || 0 }}"
              - if: always()
                run: nante --version
        """

    private func write(_ text: String, _ name: String, in folder: String) throws {
        try DiskFileSystem().write(text, to: folder.appending(path: ".github/workflows/\(name)"))
    }

    @Test func aRunFromStartToLogs() async throws {
        try await Binary.inFolder { folder in
            try write(Self.workflow, "demo.yml", in: folder)
            let run = try await Binary.run(["run"], in: folder)
            #expect(run.ending == .exited(0))
            let total = run.lines.first { $0.hasPrefix("total") }
            #expect(total?.contains("success") == true)
            #expect(run.stderr.contains("a › Run echo hello; exit 0 done"))
            let failed = try await Binary.run(["run", "demo", "--var", "CODE=3"], in: folder)
            #expect(failed.ending == .exited(1))
            for part in ["failed in a", "exit code 3", "hello", "nante runs show"] {
                #expect(failed.stderr.contains(part), "\(part)")
            }
            let list = try JSONValue.parse(try await Binary.run(["runs", "list", "-o", "json"], in: folder).stdout)
            #expect(list.array?.compactMap { $0["result"]?.string } == ["failure", "success"])
            let show = try await Binary.run(["runs", "show"], in: folder)
            #expect(show.stdout.contains("failure  1 Run echo hello; exit 3"))
            let logs = try await Binary.run(["runs", "logs", "last", "--failed"], in: folder)
            #expect(logs.stdout.contains("hello"))
        }
    }

    @Test func eventsAsJSON() async throws {
        try await Binary.inFolder { folder in
            try write(Self.workflow, "demo.yml", in: folder)
            let run = try await Binary.run(["run", "--output", "json"], in: folder)
            let events = try run.lines.map { try JSONValue.parse($0) }
            #expect(events.first?["event"]?.string == "run.started")
            #expect(events.last?["event"]?.string == "run.finished")
            #expect(events.contains { $0["event"]?.string == "log" && $0["text"]?.string == "hello" })
        }
    }

    @Test func wrongUsage() async throws {
        try await Binary.inFolder { folder in
            try write("on: push\njobs:\n  a:\n    steps: []\n    colour: red\n", "bad.yml", in: folder)
            let bad = try await Binary.run(["run", "bad"], in: folder)
            #expect(bad.ending == .exited(2))
            #expect(bad.stderr.contains("bad.yml:5:5"))
            try write(Self.workflow, "demo.yml", in: folder)
            for arguments in [
                ["run"], ["run", "none"], ["run", "demo", "--input", "x"], ["run", "demo", "--secret", "NOT_SET_1"],
                ["run", "demo", "--event", "release"], ["run", "demo", "--event-path", "none.json"],
                ["run", "demo", "--job", "a; id"], ["runs", "show", "../x"], ["run", "$(id)"],
            ] {
                let result = try await Binary.run(arguments, in: folder)
                #expect(result.ending == .exited(2), "\(arguments): \(result.stderr)")
            }
        }
    }

    @Test func aSecretComesFromTheEnvironmentAndIsNeverSeen() async throws {
        try await Binary.inFolder { folder in
            let text = """
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps: [{run: 'echo "<$S> <$HIDDEN>"', env: {S: "${{ secrets.MINE }}"}}]
                """
            try write(text, "s.yml", in: folder)
            let run = try await Binary.run(
                ["run", "--verbose", "--secret", "MINE"], in: folder,
                environment: ["MINE": "swordfish-1", "HIDDEN": "not for steps"])
            #expect(run.ending == .exited(0))
            #expect(run.stderr.contains("<***> <>"))
            #expect(!(run.stderr + run.stdout).contains("swordfish-1"))
        }
    }

    @Test func anInterruptEndsTheRunWith130() async throws {
        try await Binary.inFolder { folder in
            let text = """
                on: push
                jobs:
                  a:
                    runs-on: x
                    steps:
                      - run: echo $$ > "$HOME/pid"; sleep 60
                      - if: always()
                        run: touch "$HOME/cleaned"
                """
            try write(text, "slow.yml", in: folder)
            async let run = Binary.run(["run", "--output", "json"], in: folder)
            let files = DiskFileSystem()
            let pid = folder.appending(path: "pid")
            try await Wait.until("the step", within: .seconds(120), context: .live()) { files.exists(pid) ? true : nil }
            let journals = folder.appending(path: ".nante/runs")
            #expect(try files.list(journals).count == 1)
            // The step's parent is nante itself.
            let shell = try files.readText(pid).trimmingCharacters(in: .whitespacesAndNewlines)
            let status = try files.readText("/proc/\(shell)/status")
            let parent = status.split(separator: "\n").first { $0.hasPrefix("PPid:") }?.split(separator: "\t").last
            kill(try #require(parent.flatMap { pid_t(String($0)) }), SIGINT)
            let result = try await run
            #expect(result.ending == .exited(130))
            #expect(files.exists(folder.appending(path: "cleaned")))
            #expect(result.stdout.contains("\"event\":\"cancelled\""))
        }
    }
}
